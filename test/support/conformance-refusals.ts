import { randomUUID } from 'node:crypto';
import type { Answer, ApiClient } from './api-client.js';
import { INFLIGHT_ONLY, MISSING, conflictsOf, impossibleOf } from './conformance-conflicts.js';
import { states, takes } from './conformance-document.js';
import type { Endpoint } from './conformance-document.js';
import type { Call, Stage } from './conformance-stage.js';

/** Keys that are refused, each for one reason. */
export interface Refused {
  nobody: ApiClient;
  /** May do nothing here. */
  stranger: ApiClient;
  /** Has used up its limit. */
  spent: ApiClient;
  /** An Idempotency-Key of the stage's own whose first request is under way. */
  busy: string;
  /** Bytes; more than any operation takes. */
  tooMany: number;
}

/** Asks an operation in every way that must be refused with one status; no answer where there is no such way. */
type Refusal = (stage: Stage, endpoint: Endpoint, refused: Refused) => Promise<Answer[]>;

const JSON_TYPE = 'application/json';
const TEXT = 'text/csv';

const changes = ({ method }: Endpoint): boolean => ['POST', 'PUT', 'PATCH'].includes(method);

/** What stands before an operation refuses without a look at what it would be about. */
const anything = ({ path, bodies }: Endpoint): Call => {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const [type, body] = Object.entries(bodies)[0] ?? [];
  return { path: Object.fromEntries(names.map((name) => [name, randomUUID()])), type, body };
};

const as =
  (who: 'nobody' | 'stranger' | 'spent'): Refusal =>
  async (stage, endpoint, refused) => [await stage.send(endpoint, anything(endpoint), refused[who])];

const sent = (stage: Stage, endpoint: Endpoint, calls: readonly Call[]): Promise<Answer[]> =>
  Promise.all(calls.map((call) => stage.send(endpoint, call)));

/** Everything that a request can be made wrong by, whatever the operation is about. */
const invalid: Refusal = async (stage, endpoint) => {
  const call = await stage.settled(endpoint);
  const ways: Call[] = [];
  if (takes(endpoint, 'query')) ways.push({ ...call, query: 'nonsense=1' });
  for (const { name } of endpoint.parameters.filter((one) => one.in === 'path'))
    ways.push({ ...call, path: { ...call.path, [name]: 'a%00b' } });
  if (changes(endpoint))
    ways.push({ ...call, type: JSON_TYPE, body: '"text"' }, { ...call, type: JSON_TYPE, body: '{' });
  if (changes(endpoint) && !isFree(endpoint)) ways.push({ ...call, type: JSON_TYPE, body: beside(call) });
  if (takes(endpoint, 'header', 'If-Match')) ways.push({ ...call, headers: { 'If-Match': 'nonsense' } });
  if (takes(endpoint, 'header', 'Idempotency-Key')) ways.push({ ...call, headers: { 'Idempotency-Key': 'a b' } });
  return sent(stage, endpoint, ways);
};

/** Whether a body may have any field: an object of the caller's own. */
const isFree = ({ body }: Endpoint): boolean => body?.additionalProperties === true;

/** The body with a field that there is not. An import is refused as a whole when it is to be. */
function beside({ body }: Call): unknown {
  const value: unknown = typeof body === 'string' ? {} : (body ?? {});
  return Array.isArray(value) ? [{ ...(value[0] as object), nonsense: 1 }] : { ...(value as object), nonsense: 1 };
}

const missing: Refusal = async (stage, endpoint) => {
  const names = endpoint.parameters.filter((one) => one.in === 'path').map(({ name }) => name);
  if (names.length === 0) return (await MISSING[endpoint.id]?.(stage, endpoint)) ?? [];
  const call = await stage.settled(endpoint);
  return sent(
    stage,
    endpoint,
    names.map((name) => ({ ...call, path: { ...call.path, [name]: randomUUID() } })),
  );
};

const stale: Refusal = async (stage, endpoint) =>
  takes(endpoint, 'header', 'If-Match')
    ? [await stage.send(endpoint, { ...(await stage.settled(endpoint)), headers: { 'If-Match': '"999999"' } })]
    : [];

const large: Refusal = async (stage, endpoint, { tooMany }) =>
  changes(endpoint)
    ? [await stage.send(endpoint, { ...anything(endpoint), type: JSON_TYPE, body: ' '.repeat(tooMany) })]
    : [];

const foreign: Refusal = async (stage, endpoint) =>
  changes(endpoint) ? [await stage.send(endpoint, { ...anything(endpoint), type: TEXT, body: 'a' })] : [];

/** The first answer is kept and given again; another body under the same key is another request. */
const impossible: Refusal = async (stage, endpoint) => {
  const own = await impossibleOf(stage, endpoint);
  if (!takes(endpoint, 'header', 'Idempotency-Key')) return own;
  const call = { ...(await stage.request(endpoint)), headers: { 'Idempotency-Key': randomUUID() } };
  const first = await stage.send(endpoint, call);
  if (first.status >= 300) throw new Error(`${first.status} ${JSON.stringify(first.body)}`);
  const again = await stage.send(endpoint, call);
  if (again.status !== first.status || again.headers.get('idempotent-replayed') !== 'true')
    throw new Error(`the same again is ${again.status} ${JSON.stringify(again.body)}`);
  return [...own, await stage.send(endpoint, { ...call, type: JSON_TYPE, body: '{"another":1}' })];
};

const conflicting: Refusal = async (stage, endpoint, { busy }) => {
  const own = await conflictsOf(stage, endpoint);
  if (states(endpoint, 409) && INFLIGHT_ONLY.test(endpoint.id) !== (own.length === 0))
    throw new Error(`INFLIGHT_ONLY is wrong about it: ${own.length} other conflicts are known`);
  if (!takes(endpoint, 'header', 'Idempotency-Key')) return own;
  const call = { ...(await stage.settled(endpoint)), headers: { 'Idempotency-Key': busy } };
  return [...own, await stage.send(endpoint, call)];
};

/** 503, a database that does not answer, needs a service of its own: database-recovery.spec.ts. */
export const REFUSALS: Readonly<Record<number, Refusal>> = {
  400: invalid,
  401: as('nobody'),
  403: as('stranger'),
  404: missing,
  409: conflicting,
  412: stale,
  413: large,
  415: foreign,
  422: impossible,
  429: as('spent'),
};
