import { commandOf } from '../aliases.js';
import { CliError, type CliErrorOptions } from './errors.js';
import { ExitCode, exitCodeForStatus } from './exit-codes.js';

/** What of a request and its answer an error message needs. */
export interface FailedAnswer {
  method: string;
  path: string;
  server: string;
  status: number;
  contentType: string;
  requestId?: string;
  retryAfter?: string;
  location?: string;
  keySource?: string;
  body: Buffer;
}

const STATUS_TEXT: Record<number, string> = {
  400: 'the server refused the request as invalid',
  401: 'the server asks for a valid key',
  403: 'this key is not allowed to do that',
  404: 'not found',
  409: 'this conflicts with the present state',
  412: 'it was changed by someone else meanwhile',
  413: 'this is larger than the server takes',
  415: 'the server does not read this kind of content',
  422: 'understood, but not possible',
  429: 'too many requests',
  503: 'the server is not ready',
};

const MAX_TEXT = 500;
const KINDS = [
  ['services', 'service'],
  ['engines', 'engine'],
  ['components', 'component'],
  ['registries', 'registry'],
  ['plugins', 'plugin'],
  ['features', 'feature-flag'],
  ['config', 'config'],
  ['grid/nodes', 'grid'],
  ['mesh/routes', 'mesh'],
] as const;

/** A problem document (RFC 9457), or whatever else stood in the answer, as an error with the right exit code. */
export function errorFromAnswer(answer: FailedAnswer, program: string): CliError {
  if (answer.status < 400) return redirected(answer, program);
  const problem = parseProblem(answer.body);
  const fallback = STATUS_TEXT[answer.status] ?? `the server answered ${answer.status}`;
  const detail = asFlags(text(problem?.detail) ?? text(problem?.title) ?? fallback);
  const details = problem ? withoutStandardMembers(problem) : undefined;
  const options: CliErrorOptions = {
    exitCode: exitCodeForStatus(answer.status),
    status: answer.status,
    requestId: text(problem?.request_id) ?? answer.requestId,
    details: details && Object.keys(details).length > 0 ? details : undefined,
    reason: reasonFor(answer, problem),
    next: nextFor(answer, program),
  };
  return new CliError(text(problem?.code) ?? `http.${answer.status}`, detail, options);
}

/** What the API calls a parameter is a flag here. */
function asFlags(detail: string): string {
  return detail.replace(/\b(cascade|force)=true\b/g, '--$1');
}

/** Most often http where it should be https. */
function redirected({ method, path, server, status, requestId, location }: FailedAnswer, program: string): CliError {
  const to = location !== undefined && URL.canParse(location, server) ? new URL(location, server) : undefined;
  const root = to?.pathname.endsWith(path) ? to.origin + to.pathname.slice(0, -path.length) : '<url>';
  return new CliError('cli.redirected', `${server} sends elsewhere, where the key does not follow`, {
    exitCode: ExitCode.failure,
    status,
    requestId,
    reason: `${method} ${path} ${to === undefined ? `answered ${status}` : `is redirected to ${to.href}`}`,
    next: `${program} health --server ${root}`,
  });
}

/** A success whose body is not what a registry answers: most often the address of something else. */
export function notARegistry(answer: Omit<FailedAnswer, 'retryAfter'>, program: string): CliError {
  return new CliError('cli.unexpected_answer', `${answer.server} did not answer ${answer.path} like a registry`, {
    exitCode: ExitCode.failure,
    status: answer.status,
    requestId: answer.requestId,
    reason: `expected JSON, got ${answer.contentType || 'no content type'}`,
    next: `${program} health --server <url>`,
  });
}

function reasonFor(answer: FailedAnswer, problem: Record<string, unknown> | undefined): string | undefined {
  if (answer.status === 401 && answer.keySource !== undefined)
    return answer.keySource === 'none' ? 'no key was sent' : `the key from ${answer.keySource} does not hold there`;
  if (answer.status === 403) return missingPermission(problem);
  if (answer.status >= 500) return `${answer.method} ${answer.path} answered ${answer.status}`;
  if (answer.status === 429 && answer.retryAfter) return `the server says: retry after ${answer.retryAfter} s`;
  return undefined;
}

/** Said once: most details name it already. */
function missingPermission(problem: Record<string, unknown> | undefined): string | undefined {
  const missing = Array.isArray(problem?.missing) ? problem.missing : [problem?.missing];
  const names = missing.filter((name) => typeof name === 'string' && !text(problem?.detail)?.includes(name));
  return names.length > 0 ? `missing: ${names.join(', ').slice(0, MAX_TEXT)}` : undefined;
}

function nextFor(answer: FailedAnswer, program: string): string | undefined {
  switch (answer.status) {
    case 401:
      return `${program} login --server ${answer.server}   (or set UREG_TOKEN)`;
    case 403:
      return `${program} whoami   (what this key may do)`;
    case 404:
      if (answer.path.includes('/gateway/keys/')) return `${program} key list`;
      if (answer.path.includes('/gateway/roles/')) return `${program} role list`;
      if (answer.path.includes('/relationships/')) return `${program} relationship list`;
      if (answer.path.includes('/feature-categories/')) return `${program} features`;
      if (answer.path.includes('/classification/rules/')) return `${program} classification rules list`;
      for (const [path, kind] of KINDS) {
        if (answer.path.includes(`/api/v1/${path}/`)) return `${commandOf(program, kind)} list`;
      }
      return /\/entities\/|\/graph/.test(answer.path) ? `${program} search "<part of the name>"` : undefined;
    case 412:
      return `${program} get <id> --fields key,revision`;
    case 413:
      return answer.path.endsWith('/import')
        ? 'write it as NDJSON (export -o jsonl), which is sent in pieces'
        : undefined;
    case 503:
      return `${program} health`;
    default:
      return undefined;
  }
}

function parseProblem(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return value && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const STANDARD = new Set(['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id']);

function withoutStandardMembers(problem: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(problem).filter(([name]) => !STANDARD.has(name)));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT) : undefined;
}
