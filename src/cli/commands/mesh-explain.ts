import { given, idArgument, numberOf, pathOf } from '../kinds/kind-request.js';
import { meshWords } from '../kinds/mesh.words.js';
import { usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { column, type View } from '../output/view.js';
import { HTTP_METHODS } from '../spec/http-methods.js';
import type { ArgumentSpec, LeafSpec, OptionSpec } from '../spec/types.js';
import {
  explanationView,
  resolutionView,
  sentenceOf,
  stepsOf,
  stepView,
  type Explanation,
} from '../views/mesh-view.js';

const URL_ARGUMENT: ArgumentSpec = {
  name: 'url',
  summary: 'orders.example.com/orders/42, a whole URL, or a path alone',
  asked: { question: 'Which request? (host/path)' },
};

/** A request as it would be sent. */
const REQUEST_OPTIONS: readonly OptionSpec[] = [
  { flags: '-X, --method <method>', summary: 'GET when left out', completes: HTTP_METHODS, common: true },
  { flags: '-H, --header <name:value>', summary: 'a header of it', repeatable: true, common: true },
  { flags: '--client-ip <address>', summary: 'whose it is, for ip_hash (default your own)' },
  {
    flags: '--request-id <id>',
    summary: 'draws are made by it: sent as X-Request-Id, the same happens',
    common: true,
  },
  { flags: '--exit-code', summary: 'end with 10 when it would not be sent', common: true },
];

function requestBody(url: string | undefined, options: Record<string, unknown>): Record<string, unknown> {
  const headers = ((options.header as string[] | undefined) ?? []).map(headerOf);
  return given({
    ...placeOf(url),
    method: options.method,
    headers: headers.length > 0 ? Object.fromEntries(headers) : undefined,
    client_ip: options.clientIp,
    request_id: options.requestId,
  });
}

/** `http://a.example/x`, `a.example/x`, `a.example` or `/x`. */
function placeOf(url: string | undefined): Record<string, unknown> {
  if (url === undefined) return {};
  const [, host = '', path = ''] = /^(?:[a-z]+:\/\/)?([^/?#\s]*)([^#\s]*)(?:#.*)?$/i.exec(url) ?? [];
  if (host === '' && path === '') {
    throw usageError(`${JSON.stringify(url)} is no URL`, {
      reason: 'write orders.example.com/orders/42 or /orders/42',
    });
  }
  return given({ host: host || undefined, path: path.startsWith('/') ? path : path === '' ? undefined : `/${path}` });
}

function headerOf(text: string): [string, string] {
  const at = text.indexOf(':');
  if (at < 1) throw usageError(`--header ${JSON.stringify(text)} is not 'name: value'`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

export const meshExplainLeaf: LeafSpec = {
  name: 'explain',
  summary: 'Say what becomes of a request: which route, split branch, destination and breaker verdict',
  description: 'Nothing is sent, taken or counted. Without --route the first one that takes it.',
  arguments: [URL_ARGUMENT],
  options: [
    ...REQUEST_OPTIONS,
    { flags: '--route <route>', summary: 'by this route, whatever others take', completes: 'mesh', common: true },
  ],
  examples: [
    { cmd: 'mesh explain orders.example.com/orders/42 --request-id sample-1' },
    { cmd: 'mesh explain orders.example.com/orders -X POST --request-id sample-2 -o json' },
  ],
  effect: 'reads',
  view: explanationView,
  operations: ['POST /api/v1/mesh/explain'],
  async run(context, { args, options }) {
    const body = { ...requestBody(args[0] as string | undefined, options), ...given({ route: options.route }) };
    const client = await context.client();
    const request = { method: 'POST', path: '/api/v1/mesh/explain', body, repeatable: true } as const;
    const explanation = await client.json<Explanation>(request);
    const speaks = !context.quiet && ['table', 'wide'].includes(context.format.name);
    if (speaks && context.flags.fields === undefined) {
      await context.writeRaw(`${sentenceOf(explanation)}\n`);
      await context.list([...stepsOf(explanation)], stepView);
    } else await context.one(explanation, explanationView);
    if (options.exitCode === true && explanation.outcome !== 'sent') context.exit(ExitCode.no);
  },
};

const ROUTE = idArgument(meshWords);

export const meshResolveLeaf: LeafSpec = {
  name: 'resolve',
  summary: 'Choose where a request of a route goes, to send it yourself',
  description:
    'As the proxy would: the next address is in turn then, and of a half-open breaker a probe is taken. How it went,\n' +
    'mesh report tells. -o name prints the address. Exit code 10 when it is not to be sent.',
  arguments: [ROUTE, { ...URL_ARGUMENT, asked: undefined }],
  options: REQUEST_OPTIONS.filter(({ flags }) => flags !== '--exit-code'),
  examples: [
    { cmd: 'mesh resolve route_orders orders.example.com/orders/42 --request-id sample-1' },
    { cmd: 'mesh resolve orders orders.example.com/orders --request-id sample-1 -o name' },
  ],
  effect: 'writes',
  view: resolutionView,
  operations: ['POST /api/v1/mesh/routes/{id}/resolve'],
  async run(context, { args, options }) {
    const [id, url] = args as [string, string | undefined];
    const body = requestBody(url, options);
    const answer = await context.send({ method: 'POST', path: pathOf(meshWords, id, 'resolve'), body, once: true });
    if (!answer) return;
    const resolution = answer.json<Explanation>();
    await context.list([resolution], resolutionView);
    if (resolution.outcome === 'sent') return;
    context.notice(sentenceOf(resolution));
    context.exit(ExitCode.no);
  },
};

interface Reported extends Record<string, unknown> {
  circuit_breaker: { state: string };
}

const reportedView: View<Reported> = {
  fields: ['accepted', 'circuit_breaker'],
  columns: [column('ACCEPTED', 'accepted'), column('BREAKER', 'circuit_breaker.state')],
  name: ({ circuit_breaker: { state } }) => state,
};

const RESULTS = ['succeeded', 'failed'] as const;

export const meshReportLeaf: LeafSpec = {
  name: 'report',
  summary: 'Report how a request went that was not sent through the proxy',
  description: 'It counts as one that was: for the circuit breaker and in the figures.',
  arguments: [
    ROUTE,
    { name: 'result', summary: RESULTS.join(' or '), asked: { question: 'How did it go?' }, completes: RESULTS },
  ],
  options: [
    { flags: '--destination <name>', summary: 'where it went', common: true },
    { flags: '--http-status <code>', summary: 'what it was answered; 0 without an answer', common: true },
    { flags: '--latency-ms <n>', summary: 'how long it took', common: true },
    { flags: '--probe <n>', summary: 'as mesh resolve told it' },
  ],
  examples: [
    { cmd: 'mesh report route_orders succeeded --destination stable --http-status 200 --latency-ms 12.5' },
    { cmd: 'mesh report route_orders failed --destination canary --http-status 503' },
  ],
  effect: 'writes',
  view: reportedView,
  operations: ['POST /api/v1/mesh/routes/{id}/report'],
  async run(context, { args, options }) {
    const [id, result] = args as [string, string];
    if (!RESULTS.some((one) => one === result)) {
      throw usageError(`result ${JSON.stringify(result)} is neither ${RESULTS.join(' nor ')}`);
    }
    const number = (name: string, flag: string): number | undefined =>
      options[name] === undefined ? undefined : numberOf(String(options[name]), flag);
    const body = given({
      destination: options.destination,
      success: result === 'succeeded',
      status: number('httpStatus', '--http-status'),
      latency_ms: number('latencyMs', '--latency-ms'),
      probe: number('probe', '--probe'),
    });
    const answer = await context.send({ method: 'POST', path: pathOf(meshWords, id, 'report'), body });
    if (!answer) return;
    const reported = answer.json<Reported>();
    const state = reported.circuit_breaker.state.replace('_', ' ');
    await context.changed(`a request of ${id} ${result}; its circuit breaker is ${state}`, reported, reportedView);
  },
};
