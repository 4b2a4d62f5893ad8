import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from './errors.js';
import { ExitCode } from './exit-codes.js';
import { errorFromAnswer, notARegistry } from './problem.js';
import { mayRepeat, retryDelay, type Outcome } from './retry.js';
import { readBody, Transport, TransportError } from './transport.js';

export type QueryValue = string | number | boolean | readonly string[] | undefined;

export interface RegistryRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  /** Below the server's root, e.g. `/api/v1/entities`. */
  path: string;
  query?: Record<string, QueryValue>;
  /** A Buffer is sent as it is, anything else as JSON. */
  body?: unknown;
  contentType?: string;
  accept?: string;
  ifMatch?: string;
  /** Doing it twice is as good as once (a bulk upsert): repeat after a cut connection, and send no idempotency key. */
  repeatable?: boolean;
  /** Doing it twice does harm, and no idempotency key helps (a refresh token): never repeated once it may have arrived. */
  once?: boolean;
  /** Fields of the body that `--dry-run` must not show. */
  secrets?: readonly string[];
  /** Statuses that are answers and no errors, e.g. 503 of a health check. */
  accepts?: readonly number[];
  timeoutMs?: number;
}

export interface RegistryResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Body as JSON; throws a CliError when it is something else. */
  json<T>(): T;
}

export interface ClientOptions {
  server: URL;
  key?: string;
  timeoutMs: number;
  retries: number;
  program: string;
  userAgent: string;
  /** Request line, status, time and request id, one line each (never headers, which hold the key). */
  debug?: (line: string) => void;
  maxSockets?: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Streamed bodies cannot be kept for a replay: the server refuses an idempotency key there. */
const STREAMED_ROUTE = /\/(?:bulk|import)$/;

/** The HTTP side of every command: credentials, time-outs, repeats, request ids, and errors with exit codes. */
export class RegistryClient {
  private readonly transport: Transport;

  constructor(private readonly options: ClientOptions) {
    this.transport = new Transport(options.maxSockets);
  }

  get server(): string {
    return this.options.server.href.replace(/\/$/, '');
  }

  async request(request: RegistryRequest): Promise<RegistryResponse> {
    const deadline = Date.now() + (request.timeoutMs ?? this.options.timeoutMs);
    const { response, requestId } = await this.open(request, deadline);
    const body = await readBody(response, Math.max(1, deadline - Date.now())).catch((error: unknown) => {
      throw this.unreachable(error);
    });
    const answer = {
      method: request.method,
      path: request.path,
      server: this.server,
      status: response.statusCode ?? 0,
      contentType: response.headers['content-type'] ?? '',
      requestId: headerText(response.headers['x-request-id']) ?? requestId,
      body,
    };
    return {
      status: answer.status,
      headers: response.headers,
      body,
      json: <T>(): T => {
        try {
          return JSON.parse(body.toString('utf8')) as T;
        } catch {
          throw notARegistry(answer, this.options.program);
        }
      },
    };
  }

  async json<T>(request: RegistryRequest): Promise<T> {
    return (await this.request(request)).json<T>();
  }

  /** The answer as it arrives; the time-out covers its headers only. */
  async stream(request: RegistryRequest): Promise<IncomingMessage> {
    return (await this.open(request, Date.now() + (request.timeoutMs ?? this.options.timeoutMs))).response;
  }

  /** Where a request would go, for `--dry-run`. */
  urlOf(request: Pick<RegistryRequest, 'path' | 'query'>): URL {
    const url = new URL(this.options.server);
    url.pathname = `${url.pathname.replace(/\/$/, '')}${request.path}`;
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value === undefined) continue;
      for (const item of Array.isArray(value) ? (value as readonly string[]) : [value as string]) {
        url.searchParams.append(name, String(item));
      }
    }
    return url;
  }

  close(): void {
    this.transport.close();
  }

  private async open(
    request: RegistryRequest,
    deadline: number,
  ): Promise<{ response: IncomingMessage; requestId: string }> {
    const { url, headers, body, requestId } = this.prepare(request);
    const repeatable = request.repeatable === true || headers['idempotency-key'] !== undefined;
    for (let attempt = 0; ; attempt += 1) {
      const last = attempt >= this.options.retries;
      const started = performance.now();
      let outcome: Outcome;
      let failure: CliError;
      try {
        const timeoutMs = Math.max(1, deadline - Date.now());
        this.options.debug?.(`> ${request.method} ${url.pathname}${url.search}`);
        const response = await this.transport.send({
          url,
          method: request.method,
          headers,
          body,
          connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
          timeoutMs,
        });
        const status = response.statusCode ?? 0;
        this.options.debug?.(`< ${status} ${ms(started)} ms, request ${requestId}`);
        if (status < 400 || request.accepts?.includes(status)) return { response, requestId };
        const retryAfter = headerText(response.headers['retry-after']);
        outcome = { kind: 'status', status, retryAfter };
        failure = await this.failed(request, response, requestId, Math.max(1, deadline - Date.now()));
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        this.options.debug?.(`< ${error.code} ${ms(started)} ms`);
        outcome = { kind: 'transport', code: error.code, sent: error.sent };
        failure = this.unreachable(error);
      }
      const delay = retryDelay(attempt, outcome);
      if (last || !mayRepeat(request.method, repeatable, outcome) || Date.now() + delay >= deadline) throw failure;
      this.options.debug?.(`  again in ${delay} ms`);
      await sleep(delay);
    }
  }

  private prepare(request: RegistryRequest): {
    url: URL;
    headers: Record<string, string>;
    body?: Buffer;
    requestId: string;
  } {
    const url = this.urlOf(request);
    const requestId = randomUUID();
    const headers: Record<string, string> = {
      accept: request.accept ?? 'application/json',
      'user-agent': this.options.userAgent,
      'x-request-id': requestId,
    };
    if (this.options.key !== undefined) headers.authorization = `Bearer ${this.options.key}`;
    if (request.ifMatch !== undefined) headers['if-match'] = `"${request.ifMatch.replaceAll('"', '')}"`;
    const keyed =
      request.method === 'POST' && !request.repeatable && !request.once && !STREAMED_ROUTE.test(request.path);
    if (keyed) headers['idempotency-key'] = randomUUID();
    if (request.body === undefined) return { url, headers, requestId };
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.from(JSON.stringify(request.body));
    headers['content-type'] = request.contentType ?? 'application/json';
    headers['content-length'] = String(body.length);
    return { url, headers, body, requestId };
  }

  private async failed(
    request: RegistryRequest,
    response: IncomingMessage,
    requestId: string,
    timeoutMs: number,
  ): Promise<CliError> {
    return errorFromAnswer(
      {
        method: request.method,
        path: request.path,
        server: this.server,
        status: response.statusCode ?? 0,
        contentType: response.headers['content-type'] ?? '',
        requestId: headerText(response.headers['x-request-id']) ?? requestId,
        retryAfter: headerText(response.headers['retry-after']),
        body: await readBody(response, timeoutMs),
      },
      this.options.program,
    );
  }

  private unreachable(error: unknown): CliError {
    const failure = error as TransportError;
    const late = failure.code === 'ETIMEDOUT' && failure.sent;
    return new CliError(
      late ? 'cli.timeout' : 'cli.unreachable',
      `${late ? 'no answer in time from' : 'cannot reach'} ${this.server}`,
      {
        exitCode: ExitCode.unreachable,
        reason: failure.message,
        next: late
          ? `${this.options.program} health   (or give it longer with --timeout)`
          : `${this.options.program} health --server <url>   (or set UREG_SERVER)`,
        cause: error,
      },
    );
  }
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function ms(since: number): number {
  return Math.round(performance.now() - since);
}
