import { HOSTILE_BODIES, HOSTILE_HEADERS, WRONG_TYPES } from './hostile-bodies.js';
import { JSON_VALUES, PARAMETER_TEXTS, RAW_PARAMETERS } from './hostile-values.js';
import { forbids, forbidsParameter, operationsOf } from './openapi-operations.js';
import type { Body, Field, OpenApi, Operation, Parameter } from './openapi-operations.js';
import { Random } from './random.js';
import { RequestDraft, valueAt } from './request-draft.js';
import type { Samples } from './request-draft.js';
import type { WireRequest } from './wire-client.js';

/** What an answer to a hostile request must be. */
export interface Expected {
  /** 400 for whoever may use the route; otherwise anything but a failure will do. */
  refused?: true;
  /** How the field is called that a 400 names. */
  field?: string;
  /** May be refused before anybody is asked for a credential: the address itself is broken. */
  early?: true;
  /** Asks something else than the operation, if there is anything at all: what that asks of its caller is not known. */
  otherRoute?: true;
  /** Carries a credential of its own, which must not be taken. */
  credential?: true;
}

export interface HostileCase extends Expected {
  number: number;
  operation: Operation;
  /** `POST /api/v1/entities · body name · a lone surrogate`. */
  title: string;
  request: WireRequest;
}

type Draft = Expected & { where: string; what: string; always?: boolean; change: (request: RequestDraft) => void };

export interface CaseOptions {
  seed: number;
  /** Values tried at each place that takes one; places are many, so this sets how many cases there are. */
  valuesAPlace: number;
  /** Cases with several things wrong at once. */
  mixed: number;
  /** Parameters of a path for which the document has no example that exists. */
  samples: Samples;
}

/** How many operations there are like one: those of an entry, of all kinds, whose code is the same. */
function countsOfShapes(operations: readonly Operation[]): (operation: Operation) => number {
  const END = '/{id}/dependents';
  const kinds = operations.flatMap(({ path }) => (path.endsWith(END) ? [path.slice(0, -END.length)] : []));
  const shapeOf = ({ method, path }: Operation): string => {
    const kind = kinds.find((one) => path.startsWith(`${one}/{id}/`));
    return `${method} ${kind === undefined ? path : path.slice(kind.length)}`;
  };
  const counts = new Map<string, number>();
  for (const operation of operations) counts.set(shapeOf(operation), (counts.get(shapeOf(operation)) ?? 0) + 1);
  return (operation) => counts.get(shapeOf(operation))!;
}

/** Hostile requests over every operation of a document: every parameter, every field, every header, bodies and methods. */
export function hostileCases(document: OpenApi, { seed, valuesAPlace, mixed, samples }: CaseOptions): HostileCase[] {
  const random = new Random(seed);
  const operations = operationsOf(document);
  const places = new Map(operations.map((operation) => [operation, placesOf(operation, operations)]));
  const cases: HostileCase[] = [];
  const add = (operation: Operation, drafts: readonly Draft[], title: string): void => {
    const number = cases.length;
    const request = new RequestDraft(operation, samples, number);
    for (const draft of drafts) draft.change(request);
    const [first] = drafts;
    const expected: Expected = drafts.length === 1 ? first : only(drafts);
    const { refused, field, early, otherRoute, credential } = expected;
    cases.push({ number, operation, title, request: request.build(), refused, field, early, otherRoute, credential });
  };
  const alike = countsOfShapes(operations);
  for (const [operation, ofOperation] of places) {
    // Kinds share the code of their shared calls: together they are asked as much as one call of another sort.
    const values = Math.ceil(valuesAPlace / alike(operation));
    for (const place of ofOperation)
      for (const draft of [...place.filter(({ always }) => always), ...random.some(place, values)])
        add(operation, [draft], `${operation.id} · ${draft.where} · ${draft.what}`);
  }
  for (let i = 0; i < mixed; i++) {
    const operation = random.pick(operations);
    const chosen = random.some(places.get(operation)!, 2 + random.below(4));
    const drafts = chosen.map((place) => random.pick(place));
    add(operation, drafts, `${operation.id} · ${drafts.map(({ where, what }) => `${where} ${what}`).join(' + ')}`);
  }
  return cases;
}

/** Of several changes one may undo what another did: what they may do holds, what they must does not. */
const only = (drafts: readonly Draft[]): Expected => ({
  early: drafts.some((draft) => draft.early) || undefined,
  otherRoute: drafts.some((draft) => draft.otherRoute) || undefined,
  credential: drafts.some((draft) => draft.credential) || undefined,
});

/** Everything that a client may put into an operation, and what may be put there. */
function placesOf(operation: Operation, all: readonly Operation[]): Draft[][] {
  const { parameters, body } = operation;
  const queries = parameters.filter((parameter) => parameter.in === 'query');
  return [
    ...parameters.filter((parameter) => parameter.in === 'path').map(pathDrafts),
    ...queries.map(queryDrafts),
    strangeQueries(queries.length > 0),
    ...(body
      ? [...body.fields.map((field) => fieldDrafts(operation, body, field)), bodyDrafts(body), typeDrafts()]
      : []),
    headerDrafts(),
    methodDrafts(operation, all),
  ];
}

function pathDrafts({ name }: Parameter): Draft[] {
  const where = `path ${name}`;
  const plain = PARAMETER_TEXTS.filter(({ text }) => text !== '').map(({ what, text }): Draft => ({
    where,
    what,
    change: (request) => request.setPath(name, encodeURIComponent(text)),
  }));
  // A path of a broken sequence is no path, whoever asks for it.
  const raw = RAW_PARAMETERS.map(({ what, raw: value }): Draft => ({
    where,
    what,
    early: true,
    change: (request) => request.setPath(name, value),
  }));
  return [...plain, ...raw];
}

function queryDrafts({ name, schema }: Parameter): Draft[] {
  const where = `query ${name}`;
  const pair = (value: string): string => `${name}=${value}`;
  const plain = PARAMETER_TEXTS.map(({ what, text }): Draft => ({
    where,
    what,
    field: name,
    ...(forbidsParameter(schema, text) && { refused: true }),
    change: (request) => request.setQuery(name, pair(encodeURIComponent(text))),
  }));
  const raw = RAW_PARAMETERS.map(({ what, raw: value }): Draft => ({
    where,
    what,
    field: name,
    ...(!decodes(value) && { refused: true }),
    change: (request) => request.setQuery(name, pair(value)),
  }));
  const shapes = ['[a]=1', '[]=1', '.a=1', '[__proto__][polluted]=1'].map((end): Draft => ({
    where,
    what: end,
    refused: true,
    change: (request) => request.setQuery(`${name}${end}`, `${name}${end}`),
  }));
  const twice: Draft = {
    where,
    what: 'twice',
    field: name,
    ...(['integer', 'string'].includes(String(schema.type)) && { refused: true }),
    change: (request) => request.setQuery(name, `${pair('1')}&${pair('2')}`),
  };
  return [...plain, ...raw, ...shapes, twice];
}

const decodes = (raw: string): boolean => {
  try {
    return !decodeURIComponent(raw).includes('\0');
  } catch {
    return false;
  }
};

/** `read`: whether the operation looks at its query at all. */
function strangeQueries(read: boolean): Draft[] {
  const queries: [string, string][] = [
    ['an unknown parameter', 'nonsense=1'],
    ['a prototype', '__proto__[polluted]=1&__proto__=1'],
    ['a constructor', 'constructor=1'],
    ['a name of bytes', '%ff=1'],
    ['300 parameters', Array.from({ length: 300 }, (_, n) => `a${n}=1`).join('&')],
    ['9000 characters', `a=${'b'.repeat(9000)}`],
    ['SQL as name', `${encodeURIComponent("'; DROP TABLE entry; --")}=1`],
    ['methods of objects', 'toString=1&hasOwnProperty=1'],
  ];
  const refused = queries.map(([what, query]): Draft => ({
    where: 'query',
    what,
    ...(read && { refused: true }),
    change: (request) => request.setQuery('strange', query),
  }));
  const odd = ['&&&', '=', '?', '?limit=1', '#a', '&=&='].map((query): Draft => ({
    where: 'query',
    what: query,
    change: (request) => request.setQuery('strange', query),
  }));
  return [...refused, ...odd];
}

/** Operations for which one text stands for a list of it. */
const LENIENT = new Set(['POST /api/v1/search']);

function fieldDrafts({ id }: Operation, { prefix, schema: whole }: Body, { path, schema }: Field): Draft[] {
  const required = path.length === 1 && whole.required?.includes(path[0]);
  const lenient = LENIENT.has(id) && schema.type === 'array';
  const forbidden = (json: string): boolean =>
    // For a field that may be left out null says just that.
    (required || json !== 'null') && !(lenient && json.startsWith('"')) && forbids(schema, valueAt(json));
  return JSON_VALUES.map(({ what, json, poison, always }): Draft => ({
    where: `body ${path.join('.')}`,
    what,
    field: prefix + path[0],
    always,
    ...((poison || forbidden(json)) && { refused: true }),
    change: (request) => request.setField(path, json),
  }));
}

/** Whether the innermost object that {@link HOSTILE_BODIES} add fields to takes any. */
const isFree = ({ schema: { additionalProperties, properties = {} } }: Body): boolean =>
  additionalProperties === true ||
  (!properties.name && Object.values(properties).some((property) => property.additionalProperties === true));

const bodyDrafts = (body: Body): Draft[] =>
  HOSTILE_BODIES.map(({ what, bytes, maybeFine, adds }): Draft => ({
    where: 'body',
    what,
    ...(!maybeFine && !(adds && isFree(body)) && { refused: true }),
    change: (request) => request.setBody(bytes),
  }));

const typeDrafts = (): Draft[] =>
  WRONG_TYPES.map((type): Draft => ({ where: 'content type', what: type, change: (request) => request.setType(type) }));

const headerDrafts = (): Draft[] =>
  HOSTILE_HEADERS.map(({ what, headers, credential, early }): Draft => ({
    where: 'header',
    what,
    credential,
    early,
    change: (request) => request.addHeaders(headers),
  }));

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'LOCK',
  'PURGE',
  'QUERY',
];

/** Methods that the document knows nothing of for this path: no route, or another one's. */
function methodDrafts({ path }: Operation, all: readonly Operation[]): Draft[] {
  const known = new Set(all.filter((one) => one.path === path).map(({ method }) => method));
  if (known.has('GET')) known.add('HEAD');
  return METHODS.filter((method) => !known.has(method)).map((method): Draft => ({
    where: 'method',
    what: method,
    early: true,
    otherRoute: true,
    change: (request) => request.setMethod(method),
  }));
}
