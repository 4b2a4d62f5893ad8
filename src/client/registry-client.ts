import createClient, { type Client } from 'openapi-fetch';
import { ConnectionError } from './connection-error.js';
import type { Deadline } from './deadline.js';
import { followEvents } from './follow-events.js';
import type { components, paths } from './generated/schema.js';
import { nextPage } from './links.js';
import type { CallArguments, CallOf, DataOf, ListPath, Method, PathOf, RowOf } from './operation-types.js';
import { ProblemError } from './problem.js';
import { parseRetryAfter } from './retry.js';
import { Sender, type CallOptions, type SenderOptions } from './sender.js';
import { chunksOf } from './stream-chunks.js';

export type RegistryClientOptions = SenderOptions;

/** One change of the catalog. */
export type RegistryEvent = components['schemas']['EventMessage'];

export interface EventsOptions {
  /** Begin after this `seq`; with what comes from now on when left out. */
  since?: number;
  /** Names, or patterns such as `entity.*`. */
  types?: string[];
  entityTypes?: string[];
  signal?: AbortSignal;
  /** A connection was lost, and the next is made in so many milliseconds. */
  onReconnect?: (delayMs: number, error: unknown) => void;
  /** Wait before the first new connection; what the server says when left out. */
  reconnectDelayMs?: number;
  /** A connection that brings nothing for so long is given up; the server shows every 15 s that it is there. */
  idleMs?: number;
}

/** As openapi-fetch takes it; what the types above have checked needs no second check. */
interface PlainCall extends CallOptions {
  params?: { query?: Record<string, unknown>; header?: Record<string, unknown> };
  body?: unknown;
}

type PlainRequest = (
  method: string,
  path: string,
  init: object,
) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

const IDLE_MS = 50_000;
const PAGE_ROWS = 200;

/**
 * Calls a registry, by the paths and with the types of its OpenAPI document. A call gives the data of the answer, or
 * throws: a ProblemError for a refusal, a ConnectionError when there was no answer (in time). What can be repeated
 * without doing it twice is repeated.
 */
export class RegistryClient {
  /** openapi-fetch's own client over the same connection: `{ data, error, response }`, for headers and other formats. */
  readonly http: Client<paths>;
  private readonly sender: Sender;

  constructor(options: RegistryClientOptions) {
    this.sender = new Sender(options);
    this.http = createClient<paths>({
      baseUrl: this.sender.baseUrl,
      bodySerializer: serialized,
      fetch: (request) => this.open(request),
    });
  }

  get<P extends PathOf<'get'>>(path: P, ...[call]: CallArguments<CallOf<P, 'get'>>): Promise<DataOf<P, 'get'>> {
    return this.data('get', path, call);
  }

  post<P extends PathOf<'post'>>(path: P, ...[call]: CallArguments<CallOf<P, 'post'>>): Promise<DataOf<P, 'post'>> {
    return this.data('post', path, call);
  }

  put<P extends PathOf<'put'>>(path: P, ...[call]: CallArguments<CallOf<P, 'put'>>): Promise<DataOf<P, 'put'>> {
    return this.data('put', path, call);
  }

  /** Changes what is named (JSON merge patch). Sent again only where the first attempt cannot have been carried out. */
  patch<P extends PathOf<'patch'>>(path: P, ...[call]: CallArguments<CallOf<P, 'patch'>>): Promise<DataOf<P, 'patch'>> {
    return this.data('patch', path, call);
  }

  delete<P extends PathOf<'delete'>>(
    path: P,
    ...[call]: CallArguments<CallOf<P, 'delete'>>
  ): Promise<DataOf<P, 'delete'>> {
    return this.data('delete', path, call);
  }

  /** The rows of a list, for as long as they are asked for; `limit` is the size of a page. */
  async *items<P extends ListPath>(path: P, ...call: CallArguments<CallOf<P, 'get'>>): AsyncGenerator<RowOf<P>> {
    for await (const page of this.pages(path, ...call)) yield* page;
  }

  /** A list page by page. */
  async *pages<P extends ListPath>(path: P, ...[call]: CallArguments<CallOf<P, 'get'>>): AsyncGenerator<RowOf<P>[]> {
    const { params, ...options } = (call ?? {}) as PlainCall;
    const { cursor, offset, count, ...query } = params?.query ?? {};
    let place: Record<string, unknown> | undefined = { cursor, offset, count };
    while (place) {
      const asked = { limit: PAGE_ROWS, ...query, ...place };
      const { data, response } = await this.call('get', path, { ...options, params: { ...params, query: asked } });
      if (!Array.isArray(data)) throw new Error(`${this.sender.baseUrl} did not answer with a list`);
      yield data as RowOf<P>[];
      place = nextPage(response.headers.get('link'));
    }
  }

  /**
   * Changes of the catalog, each once and in order. A connection that breaks is made anew and resumes where it broke.
   * Goes on until it is left, its signal is aborted, or the registry refuses (403; 410 when `since` is older than what
   * is kept).
   */
  async *events(options: EventsOptions = {}): AsyncGenerator<RegistryEvent> {
    const { signal, since, idleMs = IDLE_MS } = options;
    const following = followEvents({
      open: (lastEventId) => this.openEvents(options, lastEventId, idleMs),
      lastEventId: since === undefined ? undefined : String(since),
      passes: mayPass,
      onLost: options.onReconnect,
      firstDelayMs: options.reconnectDelayMs,
      signal,
    });
    for await (const { data } of following) yield JSON.parse(data) as RegistryEvent;
  }

  private async openEvents(
    { types, entityTypes, signal }: EventsOptions,
    lastEventId: string | undefined,
    idleMs: number,
  ): Promise<AsyncIterable<Uint8Array>> {
    const deadline = this.sender.deadline({ signal });
    const query = new URLSearchParams();
    for (const type of types ?? []) query.append('types', type);
    for (const type of entityTypes ?? []) query.append('entity_types', type);
    const headers = { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
    try {
      const request = new Request(`${this.sender.baseUrl}/api/v1/events?${query.toString()}`, { headers });
      const response = await this.sender.send(request, { deadline, whole: false, retries: 0 });
      if (!response.ok) throw await problemOf(response);
      if (!response.body || !/^text\/event-stream\b/.test(response.headers.get('content-type') ?? ''))
        throw new Error(`${this.sender.baseUrl} did not answer with a stream of events`);
      deadline.clear();
      return endedBy(deadline, chunksOf(response.body, idleMs));
    } catch (error) {
      deadline.end();
      throw error;
    }
  }

  private async data<P extends keyof paths, M extends Method>(
    method: M,
    path: P,
    call: unknown,
  ): Promise<DataOf<P, M>> {
    return (await this.call(method, path, call ?? {})).data as DataOf<P, M>;
  }

  private async call(
    method: Method,
    path: string,
    { signal, timeoutMs, retries, idempotencyKey, repeatable, ifMatch, headers, params, body }: PlainCall,
  ): Promise<{ data: unknown; response: Response }> {
    const deadline = this.sender.deadline({ signal, timeoutMs });
    const match = ifMatch === undefined ? {} : { 'if-match': `"${String(ifMatch).replaceAll('"', '')}"` };
    const sending = { deadline, whole: true, retries, idempotencyKey, repeatable };
    try {
      const { data, error, response } = await this.plainly(method, path, {
        params,
        body,
        headers: { ...headers, ...match },
        parseAs: 'text',
        fetch: (request: Request) => this.sender.send(request, sending),
      });
      if (!response.ok) throw problemFrom(response, error);
      return { data: parsed(data, response), response };
    } finally {
      deadline.end();
    }
  }

  /** The path and its call were checked by the types of the method that was called. */
  private plainly(method: Method, path: string, init: object): ReturnType<PlainRequest> {
    const request = this.http.request as unknown as PlainRequest;
    return request(method, path, init);
  }

  /** A call of `http`: its time-out is over when the answer begins, which may be a stream. */
  private async open(request: Request): Promise<Response> {
    const deadline = this.sender.deadline({ signal: request.signal });
    // Node hands an abort of the caller on by the Request, and lets go of that while the answer still streams.
    deadline.signal.addEventListener('abort', () => void request.signal);
    try {
      return await this.sender.send(request, { deadline, whole: false });
    } finally {
      deadline.clear();
    }
  }
}

/** A stream with which its deadline ends. */
async function* endedBy(deadline: Deadline, chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } finally {
    deadline.end();
  }
}

/** Text, bytes and streams of another type than JSON go out as they are. */
function serialized(body: unknown, headers?: unknown): RequestInit['body'] {
  const type = new Headers(headers as Record<string, string>).get('content-type');
  return type !== null && !/[/+]json\b/.test(type) ? (body as RequestInit['body']) : JSON.stringify(body);
}

function parsed(text: unknown, response: Response): unknown {
  if (typeof text !== 'string' || text === '') return undefined;
  return /[/+]json\b/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
}

function problemFrom({ status, type, headers }: Response, body: unknown): ProblemError {
  const header = (name: string): string | undefined => headers.get(name) ?? undefined;
  const retryAfter = parseRetryAfter(header('retry-after'), Date.now());
  // A browser does not tell where to.
  const elsewhere = type === 'opaqueredirect' ? 'elsewhere' : undefined;
  const location = status >= 300 && status < 400 ? header('location') : elsewhere;
  return new ProblemError(status, body, retryAfter, header('x-request-id'), location);
}

async function problemOf(response: Response): Promise<ProblemError> {
  const text = await response.text().catch(() => '');
  try {
    return problemFrom(response, JSON.parse(text));
  } catch {
    return problemFrom(response, text);
  }
}

/** A registry that restarts, is overloaded or cannot be reached comes back; one that refuses does not think better of it. */
function mayPass(error: unknown): boolean | number {
  if (error instanceof ProblemError)
    return (error.status >= 500 || error.status === 429 || error.status === 408) && (error.retryAfterMs ?? true);
  return error instanceof ConnectionError;
}
