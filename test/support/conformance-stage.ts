import { stringify } from 'yaml';
import type { Kind } from '../../src/entries/kind/kind.js';
import type { Answer, ApiClient, Header, Json } from './api-client.js';
import { ARRANGEMENTS } from './conformance-arrangements.js';
import { TOGETHER } from './conformance-runtime.js';
import type { Endpoint } from './conformance-document.js';
import { KIND_FIXTURES, KindClient, verbsOf } from './kind-fixtures.js';
import type { Parameter } from './openapi-operations.js';

/** A request that is not sent yet. */
export interface Call {
  path: Record<string, string>;
  query?: string;
  type?: string;
  body?: unknown;
  headers?: Header;
}

export interface StageOptions {
  api: ApiClient;
  /** Where drivers ask. */
  controller: string;
  query: (sql: string) => Promise<unknown>;
}

/** Entries in the states that operations ask for, each made for one request. */
export class Stage {
  readonly api: ApiClient;
  readonly controller: string;
  readonly query: StageOptions['query'];
  private readonly calls = new Map<Endpoint, Promise<Call>>();
  private made = 0;

  constructor({ api, controller, query }: StageOptions) {
    this.api = api;
    this.controller = controller;
    this.query = query;
  }

  /** The entries that the document's examples speak of. */
  async furnish(): Promise<void> {
    for (const { kind, instead } of KIND_FIXTURES)
      await new KindClient(this.api, kind, { instead }).make(kind.example.name);
    await this.done(this.api.post('/api/v1/plugins', { name: 'fraud-scoring', version: '2.0.0' }));
    const facts = { host: 'gpu-1.example.com', facts: { python: '3.11.2' } };
    await this.done(this.api.put('/api/v1/system/facts', facts));
    for (const [type, name] of [
      ['resource', 'postgres'],
      ['resource', 'libc6'],
      ['service', 'fraud-detector'],
    ])
      // prettier-ignore
      await this.done(this.api.post('/api/v1/entities', { type, name, feature: 'ai-ml' }));
    const edge = { source_id: 'svc_checkout', target_id: 'resource_postgres', type: 'depends_on', bidirectional: true };
    await this.done(this.api.post('/api/v1/relationships', edge));
  }

  name(): string {
    return `conform-${++this.made}`;
  }

  /** What an answer holds that must be a success. */
  async done(asked: Promise<Answer>): Promise<Json> {
    const { status, body } = await asked;
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  }

  kindOf({ path }: Endpoint): (typeof KIND_FIXTURES)[number] | undefined {
    return KIND_FIXTURES.find(({ kind }) => path.split('/')[3] === kind.path);
  }

  /** A new entry; its id. */
  async entry(kind: Kind, state = kind.lifecycle.initial, instead: object = {}): Promise<string> {
    const fixture = KIND_FIXTURES.find((one) => one.kind === kind)!;
    const client = new KindClient(this.api, kind, { instead: { ...fixture.instead, ...instead } });
    const [id] = await client.place([state], this.name());
    return id;
  }

  /** The request by the document's own examples, to an entry in a state that allows it. */
  async request(endpoint: Endpoint, status?: number, type?: string): Promise<Call> {
    const call = await this.draft(endpoint, status === 202, type);
    return { ...call, ...(await ARRANGEMENTS[endpoint.id]?.(this, call, status)) };
  }

  /** A request that would succeed, the same each time: for what refuses it and leaves all as it is. */
  settled(endpoint: Endpoint): Promise<Call> {
    const call = this.calls.get(endpoint) ?? this.request(endpoint);
    this.calls.set(endpoint, call);
    return call;
  }

  private async draft(endpoint: Endpoint, driven: boolean, type = Object.keys(endpoint.bodies)[0]): Promise<Call> {
    const fixture = this.kindOf(endpoint);
    const [, verb] = /\{id\}\/([a-z-]+)$/.exec(endpoint.path) ?? [];
    const step = fixture && verbsOf(fixture.kind).find(({ name }) => name === verb)?.step;
    const driver = { driver: { type: 'webhook', url: this.controller } };
    const path: Record<string, string> = !endpoint.path.includes('{id}')
      ? {}
      : { id: fixture ? await this.entry(fixture.kind, step?.from[0], driven ? driver : {}) : exampleId(endpoint) };
    const body = this.renamed(endpoint, endpoint.bodies[type]);
    const query = requiredQuery(endpoint);
    return { path, ...(query !== '' && { query }), ...(body !== undefined && { type, body }) };
  }

  /** The example as it is, but for the name of what is made. */
  private renamed({ path, method }: Endpoint, example: unknown): unknown {
    if (path.endsWith('/import') && !String(example).startsWith('DB_'))
      return String(example).replace(/("?name"?: ?"?)[a-z-]+/, `$1${this.name()}`);
    const makes =
      method === 'POST' && /\/(register|plugins|services|engines|components|registries|features|config)$/.test(path);
    return makes ? { ...(example as object), name: this.name() } : example;
  }

  send(endpoint: Endpoint, call: Call, api = this.api): Promise<Answer> {
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => call.path[name]);
    const headers = { ...(call.body !== undefined && { 'Content-Type': call.type! }), ...call.headers };
    return api.call(endpoint.method, `${path}${call.query ? `?${call.query}` : ''}`, textOf(call), headers);
  }
}

const exampleOf = ({ schema, example }: Parameter): string =>
  String(example ?? schema.examples?.[0] ?? schema.enum?.[0] ?? schema.default);

/** An entry that the document speaks of, where an operation is about entries of any kind. */
const exampleId = ({ parameters }: Endpoint): string =>
  exampleOf(parameters.find(({ in: place, name }) => place === 'path' && name === 'id')!);

/** What must be asked, by its example, beside a parameter of this name. */
const requiredQuery = ({ parameters }: Endpoint, without?: string): string =>
  parameters
    .filter(({ in: place, name, required }) => place === 'query' && required && name !== without)
    .map((parameter) => `${parameter.name}=${encodeURIComponent(exampleOf(parameter))}`)
    .join('&');

/** Media types of the body; one that is none where no body is taken. */
export const typesOf = ({ bodies }: Endpoint): (string | undefined)[] =>
  Object.keys(bodies).length > 0 ? Object.keys(bodies) : [undefined];

/** Reads in every other way the document knows, and what steps would do. */
export async function variantsOf(stage: Stage, endpoint: Endpoint): Promise<Call[]> {
  const { method, parameters, answers } = endpoint;
  const call = await stage.settled(endpoint);
  const together = TOGETHER[endpoint.id] ?? [];
  if (method === 'POST' && !together.includes('dry_run') && parameters.some(({ name }) => name === 'dry_run'))
    return [{ ...call, query: 'dry_run=true' }];
  if (method !== 'GET') return [];
  const queries = parameters.filter(
    ({ in: place, name }) => place === 'query' && name !== 'cursor' && !together.includes(name),
  );
  return [
    ...queries.flatMap(({ name, schema, example }) =>
      (schema.enum ?? [example ?? schema.examples?.[0] ?? schema.default]).map((value) => ({
        ...call,
        query: [`${name}=${encodeURIComponent(String(value))}`, requiredQuery(endpoint, name)]
          .filter(Boolean)
          .join('&'),
      })),
    ),
    ...Object.keys(answers[200]).map((type) => ({ ...call, headers: { Accept: type } })),
  ];
}

function textOf({ body, type = '' }: Call): string | undefined {
  if (body === undefined || typeof body === 'string') return body;
  return type.includes('yaml') ? stringify(body) : JSON.stringify(body);
}
