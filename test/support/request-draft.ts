import type { Operation } from './openapi-operations.js';
import type { WireRequest } from './wire-client.js';

/** `DELETE /api/v1/gateway/keys/{id} id` → a value that exists. */
export type Samples = Readonly<Record<string, string>>;

/** The value of a JSON text; numbers beyond a double are infinite, as they are to every reader. */
export const valueAt = (json: string): unknown => JSON.parse(json);

/** A request in order, until somebody changes it. */
export class RequestDraft {
  private method: string;
  private readonly path: Map<string, string>;
  private readonly query: Map<string, string>;
  private readonly fields = new Map<string, string>();
  private readonly headers: [string, string][] = [];
  private bytes?: (base: string) => Buffer;
  private type?: string;

  constructor(
    private readonly operation: Operation,
    samples: Samples,
    private readonly number: number,
  ) {
    const { id, method, path, parameters, body } = operation;
    const sample = (name: string, examples: unknown[] = []): string => samples[`${id} ${name}`] ?? String(examples[0]);
    const of = (place: string) => parameters.filter((parameter) => parameter.in === place);
    this.method = method;
    this.path = new Map(
      of('path').map(({ name, schema }) => [name, encodeURIComponent(sample(name, schema.examples))]),
    );
    this.query = new Map(
      of('query')
        .filter(({ required }) => required)
        .map(({ name, schema }) => [name, `${name}=${encodeURIComponent(sample(name, schema.examples))}`]),
    );
    const fields = body?.schema.properties ?? {};
    for (const name of body?.schema.required ?? []) this.fields.set(name, JSON.stringify(fields[name].examples?.[0]));
    if ('name' in fields && method === 'POST') this.fields.set('name', this.unique);
    // A key must say by one or the other what it may do.
    if (method === 'POST' && 'allowed_ips' in fields) this.fields.set('permissions', '["read:entities"]');
    // One of two must be said.
    if (id === 'POST /api/v1/ai/feedback') this.fields.set('category', '"pipeline"');
    // So that no change of an import is taken for a success: the first item refused refuses it all.
    if (path.endsWith('/import')) this.query.set('mode', 'mode=atomic');
    // What is removed would not be there for the next case.
    if (method === 'DELETE') this.headers.push(['If-Match', '"999999"']);
  }

  setPath(name: string, raw: string): void {
    this.path.set(name, raw);
  }

  /** `pair` as it stands in the address. */
  setQuery(name: string, pair: string): void {
    this.query.set(name, pair);
  }

  setField([name, ...inner]: string[], json: string): void {
    this.fields.set(
      name,
      inner.reduceRight((value, key) => `{${JSON.stringify(key)}:${value}}`, json),
    );
  }

  setBody(bytes: (base: string) => Buffer): void {
    this.bytes = bytes;
  }

  setType(type: string): void {
    this.type = type;
  }

  setMethod(method: string): void {
    this.method = method;
  }

  /** They take the place of the draft's own of the same names. */
  addHeaders(headers: readonly [string, string][]): void {
    const names = new Set(headers.map(([name]) => name.toLowerCase()));
    const kept = this.headers.filter(([name]) => !names.has(name.toLowerCase()));
    this.headers.splice(0, this.headers.length, ...kept, ...headers);
  }

  build(): WireRequest {
    const path = this.operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => this.path.get(name)!);
    const query = [...this.query.values()].join('&');
    const body = this.body();
    const headers = [...this.headers];
    if (body && !headers.some(([name]) => name.toLowerCase() === 'content-type'))
      headers.push(['Content-Type', this.type ?? this.operation.body?.type ?? 'application/json']);
    return { method: this.method, path: query === '' ? path : `${path}?${query}`, headers, body };
  }

  private get unique(): string {
    return `"hostile-${this.number}"`;
  }

  private body(): Buffer | undefined {
    const { body } = this.operation;
    if (!body) return this.bytes?.('{}');
    const members = [...this.fields].map(([name, json]) => `${JSON.stringify(name)}:${json}`);
    const base = `${body.around[0]}{${members.join(',')}}${body.around[1]}`;
    return this.bytes ? this.bytes(base) : Buffer.from(base);
  }
}
