// The body's shape is what a test asserts.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, else the text. */
  body: Json;
}

export type Header = Record<string, string>;

/** Calls one service with one key. A header given as '' is left out (`{ 'x-api-key': '' }` is a call without a key). */
export class ApiClient {
  constructor(
    readonly url: string,
    readonly key?: string,
  ) {}

  /** The same service, another key (none: nobody). */
  as(key: string | undefined): ApiClient {
    return new ApiClient(this.url, key);
  }

  get = (path: string, headers?: Header): Promise<Answer> => this.call('GET', path, undefined, headers);
  post = (path: string, body?: unknown, headers?: Header): Promise<Answer> => this.call('POST', path, body, headers);
  put = (path: string, body?: unknown, headers?: Header): Promise<Answer> => this.call('PUT', path, body, headers);
  patch = (path: string, body?: unknown, headers?: Header): Promise<Answer> => this.call('PATCH', path, body, headers);
  delete = (path: string, headers?: Header): Promise<Answer> => this.call('DELETE', path, undefined, headers);

  /** A string, bytes or a stream are sent as they are, everything else as JSON. */
  async call(method: string, path: string, body?: unknown, headers: Header = {}): Promise<Answer> {
    const response = await this.fetch(method, path, body, headers);
    const text = await response.text();
    const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: json && text ? JSON.parse(text) : text };
  }

  /** The answer as fetch gives it, for streams. */
  fetch(method: string, path: string, body?: unknown, headers: Header = {}): Promise<Response> {
    const raw =
      body === undefined || typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream;
    const all: Header = {
      ...(this.key && { 'x-api-key': this.key }),
      ...(body !== undefined && {
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      }),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    };
    const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
    // A stream as body needs `duplex`, which the DOM's type of RequestInit does not know.
    const init: RequestInit & { duplex: 'half' } = { method, headers: sent, duplex: 'half' };
    init.body = raw ? (body as string | undefined) : JSON.stringify(body);
    return fetch(this.url + path, init);
  }
}
