import { column, type View } from '../output/view.js';

/** What becomes of a request, as the API tells it. */
export interface Explanation extends Record<string, unknown> {
  outcome: 'sent' | 'no_route' | 'not_proxied' | 'rate_limited' | 'no_destination' | 'circuit_open';
  status: number | null;
  request_id: string;
  route: string | null;
  considered: { route: string; takes_it: boolean; mismatch: string | null }[];
  split: { branch: string; by: string; rule: number | null; sets_cookie: string | null } | null;
  target: {
    destination: string;
    url: string | null;
    service: string | null;
    load_balancer: string | null;
    candidates: number;
    path: string;
  } | null;
  circuit_breaker: { state: string; verdict: 'pass' | 'probe' | 'refuse'; retry_after_seconds: number } | null;
  retries: number;
  timeout_ms: number;
  version: number;
  /** Of a resolution: to be given back in the report. */
  probe?: number | null;
}

const FIELDS = [
  'outcome',
  'status',
  'request_id',
  'route',
  'route_id',
  'considered',
  'split',
  'target',
  'circuit_breaker',
  'retries',
  'timeout_ms',
  'version',
];

export const explanationView: View<Explanation> = {
  fields: FIELDS,
  columns: [],
  name: ({ outcome }) => outcome,
};

export const resolutionView: View<Explanation> = {
  fields: [...FIELDS, 'probe'],
  columns: [
    column('OUTCOME', 'outcome'),
    column('ROUTE', 'route'),
    column('DESTINATION', 'target.destination'),
    column('ADDRESS', 'target.url'),
    column('PATH', 'target.path'),
    column('BRANCH', 'split.branch', { wide: true }),
    column('BREAKER', 'circuit_breaker.state'),
    column('PROBE', 'probe', { right: true }),
  ],
  name: ({ target }) => target?.url ?? '-',
};

/** One step of an explanation, for people. */
export interface Step {
  what: string;
  says: string;
  because: string;
}

export const stepView: View<Step> = {
  fields: ['what', 'says', 'because'],
  columns: [column('STEP', 'what'), column('SAYS', 'says'), column('BECAUSE', 'because')],
  name: ({ what }) => what,
};

const MISMATCHES: Record<string, string> = {
  host: 'it is for other hosts',
  path: 'it is for other paths',
  method: 'it is for other methods',
  header: 'a header is not as it wants',
  disabled: 'it is disabled',
};
const DRAWS: Record<string, string> = {
  header: 'a header says so',
  cookie: 'a cookie says so',
  sticky: 'it was sent there before, says its cookie',
  percentage: 'drawn by percentage',
  weight: 'drawn by weight',
};

/** Which route, which branch of its split, where to, and what the circuit breaker says, in this order. */
export function* stepsOf(explanation: Explanation): Generator<Step> {
  const { considered, split, target, circuit_breaker: breaker, outcome, retries, timeout_ms: timeout } = explanation;
  for (const { route, takes_it: takes, mismatch } of considered) {
    const why = takes ? 'all it asks for is there' : (MISMATCHES[mismatch ?? ''] ?? mismatch ?? '');
    yield { what: `route ${route}`, says: takes ? 'takes it' : 'no', because: why };
  }
  if (split) {
    const rule = split.rule === null ? '' : `, rule ${split.rule + 1}`;
    const cookie = split.sets_cookie === null ? '' : `; the answer sets ${split.sets_cookie}`;
    yield { what: 'split', says: split.branch, because: `${DRAWS[split.by] ?? split.by}${rule}${cookie}` };
  }
  if (target) {
    const how = target.candidates === 1 ? 'the only address' : `${target.load_balancer ?? '?'} of ${target.candidates}`;
    const of = target.service === null ? '' : ` of ${target.service}`;
    yield target.url === null
      ? { what: 'destination', says: 'none', because: `no address${of} of ${target.destination} is well` }
      : { what: 'destination', says: target.url, because: `${how}${of}` };
  }
  if (outcome === 'rate_limited') yield { what: 'rate limit', says: 'refuses', because: 'too many requests just now' };
  if (breaker) yield { what: 'breaker', says: breaker.state.replace('_', ' '), because: breakerText(breaker) };
  if (outcome === 'sent') {
    const time = timeout === 0 ? 'however long it takes' : `within ${timeout} ms`;
    yield { what: 'sent', says: target?.path ?? '', because: `${time}${retries === 0 ? '' : `, ${retries} retries`}` };
  }
}

function breakerText({ verdict, retry_after_seconds: seconds }: NonNullable<Explanation['circuit_breaker']>): string {
  if (verdict === 'refuse') return `lets nothing through for ${Math.ceil(seconds)} s`;
  return verdict === 'probe' ? 'lets this one through to try' : 'lets it through';
}

/** What it comes to, in a sentence. */
export function sentenceOf({ outcome, route, target, split, status }: Explanation): string {
  const answered = status === null ? '' : `: the proxy answers ${status}`;
  switch (outcome) {
    case 'sent':
      return `${route} sends it to ${target?.url ?? '?'}${split ? ` (${split.branch})` : ''}`;
    case 'no_route':
      return `no route takes it${answered}`;
    case 'not_proxied':
      return `${route} takes it, and is of no type that the proxy speaks${answered}`;
    case 'rate_limited':
      return `${route} takes it, and has had too many requests${answered}`;
    case 'circuit_open':
      return `${route} takes it, and its circuit breaker lets nothing through${answered}`;
    default:
      return `${route} takes it, and has no destination that is well${answered}`;
  }
}
