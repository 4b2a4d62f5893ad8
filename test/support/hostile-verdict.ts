import type { HostileCase } from './openapi-cases.js';
import type { WireAnswer } from './wire-client.js';

/** Who sends a case: with everything, with nothing, or with a key that may only read. */
export type Sender = 'admin' | 'nobody' | 'reader';

/** What no refusal may tell of the inside. The hostile texts themselves, which answers may repeat, hold none of it. */
const INSIDE = [
  /\bat \S+ \(|\bat \S+:\d+:\d+|\.[jt]s:\d+|node_modules|file:\/\/\/(?!etc)/,
  /typeorm|QueryFailed|\bpg_(?!sleep)\w|(?<!resource_)postgres(?!ql, mongodb|(ql)?:\/\/)|pglite|sqlstate|syntax error|invalid input syntax|duplicate key|violates/i,
  /out of range for type|json_to_recordset|entry_document|entry_kind_name_key|relationship_type\b|classification_rule_/,
  /\bE(CONN|PIPE|NOENT)|TypeError|RangeError|SyntaxError|Maximum call stack|Cannot read prop|is not a function/,
];

/** Routes that answer in OFREP's own words where OFREP has words for a status. */
const OFREP = /^\/ofrep\/v1\/evaluate\/flags(\/\{key\})?$/;
const OFREP_STATUSES = [400, 404];
const OFREP_CODES = ['PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL', 'FLAG_NOT_FOUND'];

/** Routes that answer in Consul's manner: errors are lines of text, and what it does not know is passed over. */
const CONSUL = /^\/v1\/(agent|catalog|health|kv|status)(\/|$)/;
/** Routes that answer every error as OTLP does. */
const OTLP = /^\/v1\/traces$/;
/** What a newer client says beside is passed over, by the protocols that these speak. */
const FORGIVING = [OFREP, OTLP, CONSUL, /^\/v3\/discovery:/];

const CODE = /^[a-z_]+(\.[a-z0-9_]+)+$/;

/** What is wrong with an answer, in words; nothing when all is well. */
export function complaints(
  one: HostileCase,
  sender: Sender,
  answer: WireAnswer,
  { secrets, paths }: { secrets: readonly string[]; paths: readonly string[] },
): string[] {
  const { status, text } = answer;
  const wrong: string[] = [];
  if (status >= 500 || status < 200 || (status >= 300 && status < 400 && status !== 304))
    wrong.push(`status ${status}`);
  const inside =
    (status >= 400 && INSIDE.map((words) => words.exec(text)?.[0]).find(Boolean)) ||
    paths.find((path) => text.includes(path));
  if (inside) wrong.push(`tells of the inside: ${inside}`);
  if (secrets.some((secret) => text.includes(secret))) wrong.push('tells a secret');
  if (answer.headers['x-powered-by']) wrong.push('tells what it is made of');
  if (status >= 400 && one.request.method !== 'HEAD') wrong.push(...bodyComplaints(one, answer));
  if (!allowed(one, sender, status)) wrong.push(`status ${status} for ${sender}`);
  const refused = one.refused && !FORGIVING.some((path) => path.test(one.operation.path));
  if (refused && sender === 'admin' && !one.credential && ![400, 413].includes(status))
    wrong.push(`not refused: ${status}`);
  return wrong;
}

function bodyComplaints(one: HostileCase, answer: WireAnswer): string[] {
  if (speaksConsul(one, answer)) return [];
  if (speaksOtlp(one, answer)) return otlpComplaints(answer);
  return speaksOfrep(one, answer) ? ofrepComplaints(one, answer) : problemComplaints(one, answer);
}

/** Nobody gets past the gateway, and a reader not to what changes something; before that only the address is read. */
function allowed({ operation, early, otherRoute, credential }: HostileCase, sender: Sender, status: number): boolean {
  if (operation.permission === 'public' || (otherRoute && sender !== 'nobody')) return true;
  // Several long things may be too long together for anything to be read.
  if (status === 431 || (early && [400, 404, 405].includes(status))) return true;
  if (credential) return status === 401 || status === 400;
  if (sender === 'nobody') return status === 401;
  return sender === 'admin' || !/^(write|admin):/.test(operation.permission) || status === 403;
}

/** Of a key that is not there Consul says nothing but that. */
const speaksConsul = ({ operation }: HostileCase, { status, headers, text }: WireAnswer): boolean =>
  CONSUL.test(operation.path) &&
  (text === '' ? status === 404 : headers['content-type']?.startsWith('text/plain') === true);

function problemComplaints({ title, field, credential }: HostileCase, { status, headers, text }: WireAnswer): string[] {
  if (!headers['content-type']?.startsWith('application/problem+json'))
    return [`no problem but ${headers['content-type']}`];
  const problem = parsed(text);
  if (!problem) return ['a problem that is no JSON'];
  const wrong: string[] = [];
  if (problem.status !== status) wrong.push('another status inside');
  if (typeof problem.code !== 'string' || !CODE.test(problem.code)) wrong.push(`code ${String(problem.code)}`);
  if (!problem.request_id || problem.request_id !== headers['x-request-id']) wrong.push('another request id inside');
  if (status === 400 && !credential && / · (body|query)\b/.test(title))
    wrong.push(...fieldComplaints(problem.errors, field));
  return wrong;
}

/** An address that is broken is refused before it is anybody's, and what asks another route is answered by that. */
const speaksOfrep = ({ operation, early, otherRoute }: HostileCase, { status, headers }: WireAnswer): boolean =>
  OFREP.test(operation.path) &&
  OFREP_STATUSES.includes(status) &&
  !((early || otherRoute) && headers['content-type']?.startsWith('application/problem+json'));

const speaksOtlp = ({ operation, early, otherRoute }: HostileCase, { headers }: WireAnswer): boolean =>
  OTLP.test(operation.path) &&
  !((early || otherRoute) && headers['content-type']?.startsWith('application/problem+json'));

function otlpComplaints({ headers, text }: WireAnswer): string[] {
  if (headers['content-type'] === 'application/x-protobuf') return [];
  if (!headers['content-type']?.startsWith('application/json')) return [`no OTLP but ${headers['content-type']}`];
  const { code, message } = parsed(text) ?? {};
  return typeof code === 'number' && typeof message === 'string' ? [] : ['a status without code or message'];
}

function ofrepComplaints({ operation }: HostileCase, { headers, text }: WireAnswer): string[] {
  if (!headers['content-type']?.startsWith('application/json')) return [`no OFREP but ${headers['content-type']}`];
  const failure = parsed(text);
  if (!failure) return ['a failure that is no JSON'];
  const wrong: string[] = [];
  if (!OFREP_CODES.includes(String(failure.errorCode))) wrong.push(`errorCode ${String(failure.errorCode)}`);
  if (typeof failure.errorDetails !== 'string') wrong.push('no errorDetails');
  if ((typeof failure.key === 'string') !== operation.path.endsWith('{key}')) wrong.push('a key too many or too few');
  return wrong;
}

function fieldComplaints(errors: unknown, field: string | undefined): string[] {
  if (!Array.isArray(errors) || errors.length === 0) return ['a 400 that names no field'];
  const named = errors as { field?: unknown; message?: unknown }[];
  if (named.some((one) => typeof one.field !== 'string' || one.field === '' || !one.message))
    return ['a field without a name'];
  const fits = (name: string): boolean => field === undefined || name === field || name.startsWith(`${field}.`);
  return named.some((one) => fits(String(one.field)) || ['query', 'body'].includes(String(one.field)))
    ? []
    : [`names ${named.map((one) => String(one.field)).join(', ')} instead of ${field}`];
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
