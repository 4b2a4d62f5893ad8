import { connectionErrorOf } from './connection-error.js';
import { Credential, type CredentialOptions } from './credential.js';
import { Deadline } from './deadline.js';
import { exchange, type Attempted } from './exchange.js';
import { keepsKeys, safetyOfPost } from './idempotency.js';
import { unlessAborted } from './pause.js';
import { randomId } from './random-id.js';

/** What a caller may say of one call, beside its parameters and its body. */
export interface CallOptions {
  /** Ends the call, also between two attempts. */
  signal?: AbortSignal;
  /** For the whole call, repeats included. */
  timeoutMs?: number;
  /** Attempts after the first. */
  retries?: number;
  /** Of a POST: instead of the one the client makes, so that the same may be sent again by another process. */
  idempotencyKey?: string;
  /** Doing it twice is as good as once, e.g. a bulk request with `on_conflict=update`. */
  repeatable?: boolean;
  /** The revision a change is based on: refused with 412 when there is a newer one. */
  ifMatch?: number | string;
  headers?: Record<string, string>;
}

export interface SenderOptions extends CredentialOptions {
  /** Where the service is, with the path it stands under when a proxy gives it one. */
  baseUrl: string;
  /** For a whole call; 30 s when left out. */
  timeoutMs?: number;
  /** Attempts after the first; 3 when left out. */
  retries?: number;
  /** Instead of the global one. */
  fetch?: typeof fetch;
  headers?: Record<string, string>;
}

/** One call on its way: how it may be repeated, and whether its answer is read to its end before it counts as one. */
export interface Sending extends Omit<CallOptions, 'headers' | 'ifMatch' | 'signal' | 'timeoutMs'> {
  deadline: Deadline;
  whole: boolean;
}

const USUAL_TIMEOUT_MS = 30_000;
const USUAL_RETRIES = 3;

/** Sends what openapi-fetch made of a call: credentials, time-out, repeats. Answers are given back, refused or not. */
export class Sender {
  readonly baseUrl: string;
  private readonly root: string;
  private readonly credential: Credential;
  private readonly fetch: typeof fetch;

  constructor(private readonly options: SenderOptions) {
    if (!/^https?:\/\//i.test(options.baseUrl))
      throw new TypeError(`baseUrl "${options.baseUrl}" does not begin with http:// or https://`);
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.root = new URL(this.baseUrl).pathname.replace(/\/$/, '');
    this.credential = new Credential(options);
    this.fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  }

  deadline({ timeoutMs, signal }: Pick<CallOptions, 'timeoutMs' | 'signal'> = {}): Deadline {
    return new Deadline(timeoutMs ?? this.options.timeoutMs ?? USUAL_TIMEOUT_MS, signal);
  }

  async send(request: Request, call: Sending): Promise<Response> {
    const { deadline } = call;
    const headers = this.headersOf(request, call);
    const retries = call.retries ?? this.options.retries ?? USUAL_RETRIES;
    const body = await bodyOf(request, retries);
    const send = async (): Promise<Attempted<Response>> => {
      const answer = await this.authorized(request, headers, body, call);
      const retryAfter = answer.headers.get('retry-after') ?? undefined;
      return { status: answer.status, retryAfter, inFlight: await isInFlight(answer, headers), answer };
    };
    return exchange({
      method: request.method,
      repeatable: call.repeatable === true || this.isKept(request, headers) || this.safety(request) === 'reads',
      retries,
      deadline: deadline.at,
      signal: deadline.signal,
      send,
      discard: async (answer) => answer.body?.cancel(),
    });
  }

  private headersOf(request: Request, call: Sending): Headers {
    const headers = new Headers(this.options.headers);
    for (const [name, value] of request.headers) headers.set(name, value);
    if (!headers.has('x-request-id')) headers.set('x-request-id', randomId());
    if (!headers.has('user-agent')) headers.set('user-agent', 'universal-registry-client');
    if (call.idempotencyKey !== undefined) headers.set('idempotency-key', call.idempotencyKey);
    else if (!headers.has('idempotency-key') && this.safety(request) === 'keyed')
      headers.set('idempotency-key', randomId());
    return headers;
  }

  private safety(request: Request): ReturnType<typeof safetyOfPost> | undefined {
    return request.method === 'POST' ? safetyOfPost(this.pathOf(request)) : undefined;
  }

  private isKept(request: Request, headers: Headers): boolean {
    return headers.has('idempotency-key') && keepsKeys(request.method, this.pathOf(request));
  }

  private pathOf({ url }: Request): string {
    return new URL(url).pathname.slice(this.root.length);
  }

  /** One attempt; a second with a new token when the first one's did not hold: then nothing was done. */
  private async authorized(
    request: Request,
    headers: Headers,
    body: ArrayBuffer | ReadableStream | null,
    call: Sending,
  ): Promise<Response> {
    const { signal } = call.deadline;
    const shown = await unlessAborted(this.credential.headers(), signal);
    const answer = await this.attempt(request, withCredential(headers, shown), body, call);
    if (answer.status !== 401 || body instanceof ReadableStream) return answer;
    if (!(await unlessAborted(this.credential.renewed(shown), signal))) return answer;
    await answer.body?.cancel();
    const renewed = await unlessAborted(this.credential.headers(), signal);
    return this.attempt(request, withCredential(headers, renewed), body, call);
  }

  private async attempt(
    request: Request,
    headers: Headers,
    body: ArrayBuffer | ReadableStream | null,
    { deadline: { signal }, whole }: Sending,
  ): Promise<Response> {
    // A stream as body needs `duplex`, which not every type of RequestInit knows.
    const init: RequestInit & { duplex: 'half' } = { method: request.method, headers, body, signal, duplex: 'half' };
    let answered = false;
    try {
      // Followed, X-API-Key would go along to any host, and a POST would come there as a GET.
      const answer = await this.fetch(request.url, { ...init, redirect: 'manual' });
      answered = true;
      return whole && answer.type !== 'opaqueredirect' ? await readWhole(answer) : answer;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw connectionErrorOf(error, answered || undefined);
    }
  }
}

/** Kept for repeats. What is to be sent once only may be a stream of any length, which not every browser has (Firefox). */
async function bodyOf(request: Request, retries: number): Promise<ArrayBuffer | ReadableStream | null> {
  const stream = request.body as ReadableStream | null | undefined;
  if (stream === null || (stream && retries === 0)) return stream;
  const bytes = await request.arrayBuffer();
  return bytes.byteLength > 0 || stream ? bytes : null;
}

function withCredential(headers: Headers, credential: Record<string, string>): Headers {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(credential)) if (!all.has(name)) all.set(name, value);
  return all;
}

/** Whether the registry is still at work on an earlier attempt, whose connection broke: its answer is there soon. */
async function isInFlight(answer: Response, sent: Headers): Promise<boolean> {
  if (answer.status !== 409 || !sent.has('idempotency-key')) return false;
  const body = (await answer
    .clone()
    .json()
    .catch(() => undefined)) as { code?: unknown } | undefined;
  return body?.code === 'request.idempotency_in_flight';
}

/** The same answer with its body here, so that a connection that breaks in the middle counts as one that broke. */
async function readWhole(answer: Response): Promise<Response> {
  const { status, statusText, headers } = answer;
  const body = await answer.arrayBuffer();
  return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
}
