import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { ConnectionError } from '../../client/connection-error.js';
import { exchange, type Attempted } from '../../client/exchange.js';
import { keepsKeys, safetyOfPost } from '../../client/idempotency.js';
import { CliError, isMissingRoute } from './errors.js';
import { ExitCode } from './exit-codes.js';
import { errorFromAnswer, notARegistry } from './problem.js';
import type { ServerVersions } from './server-versions.js';
import { addressOf, isLoopback } from './settings.js';
import { readBody, Transport } from './transport.js';

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
  /** Further headers, their names in lower case; they win over those made from the rest. */
  headers?: Record<string, string>;
  /** Doing it twice is as good as once (a bulk upsert): repeat after a cut connection, and send no idempotency key. */
  repeatable?: boolean;
  /** Doing it twice does harm, and no idempotency key helps (a refresh token): never repeated once it may have arrived. */
  once?: boolean;
  /** Fields of the body that `--dry-run` must not show. */
  secrets?: readonly string[];
  /** Statuses that are answers and no errors, e.g. 503 of a health check. */
  accepts?: readonly number[];
  /** The path is the user's, and no route that this program knows of. */
  typed?: boolean;
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
  /** Where the key is from, for people: `UREG_TOKEN`, `profile prod`, or `none`. */
  keySource?: string;
  timeoutMs: number;
  retries: number;
  program: string;
  /** This program's. */
  version: string;
  /** Where what servers say of theirs is kept. */
  versions?: ServerVersions;
  /** Request line, status, time and request id, one line each (never headers, which hold the key). */
  debug?: (line: string) => void;
  maxSockets?: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** The service's version, on each of its answers. */
const VERSION_HEADER = 'x-registry-version';

/** A request as it is sent. */
interface Prepared {
  url: URL;
  headers: Record<string, string>;
  body?: Buffer;
  requestId: string;
  /** A POST that only asks. */
  reads: boolean;
}

/**
 * The HTTP side of every command. When a request is sent again, and how it is made safe to, is the client's of all
 * programs (src/client); here are the command line's own connection, its settings, and errors with exit codes.
 */
export class RegistryClient {
  private readonly transport: Transport;

  constructor(private readonly options: ClientOptions) {
    this.transport = new Transport(options.maxSockets);
  }

  get server(): string {
    return addressOf(this.options.server);
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
    const { method, accepts = [] } = request;
    const prepared = this.prepare(request);
    const { headers, requestId } = prepared;
    const refused = (response: IncomingMessage): Promise<CliError> =>
      this.refused(request, response, requestId, Math.max(1, deadline - Date.now()));
    const response = await exchange<IncomingMessage>({
      method,
      repeatable: request.repeatable === true || prepared.reads || isKept(request, headers),
      retries: this.options.retries,
      deadline,
      accepts,
      send: () => this.attempt(method, prepared, deadline),
      discard: refused,
      onRepeat: (delay) => this.options.debug?.(`  again in ${delay} ms`),
    }).catch((error: unknown) => {
      throw error instanceof ConnectionError ? this.unreachable(error) : error;
    });
    const status = response.statusCode ?? 0;
    // Nothing is done where a redirect stands: it must not pass for an answer.
    if (status < 300 || accepts.includes(status)) return { response, requestId };
    throw await refused(response).catch((error: unknown) => this.unreachable(error));
  }

  private async attempt(
    method: string,
    { url, headers, body, requestId }: Prepared,
    deadline: number,
  ): Promise<Attempted<IncomingMessage>> {
    const started = performance.now();
    const timeoutMs = Math.max(1, deadline - Date.now());
    const connectTimeoutMs = Math.min(CONNECT_TIMEOUT_MS, timeoutMs);
    this.options.debug?.(`> ${method} ${url.pathname}${url.search}`);
    try {
      const answer = await this.transport.send({ url, method, headers, body, connectTimeoutMs, timeoutMs });
      const status = answer.statusCode ?? 0;
      this.options.debug?.(`< ${status} ${ms(started)} ms, request ${requestId}`);
      const version = headerText(answer.headers[VERSION_HEADER]);
      if (version !== undefined) this.options.versions?.heard(this.server, version);
      return { status, retryAfter: headerText(answer.headers['retry-after']), answer };
    } catch (error) {
      if (error instanceof ConnectionError) this.options.debug?.(`< ${error.code} ${ms(started)} ms`);
      throw error;
    }
  }

  private prepare(request: RegistryRequest): Prepared {
    const url = this.urlOf(request);
    const requestId = randomUUID();
    const headers: Record<string, string> = {
      accept: request.accept ?? 'application/json',
      'user-agent': `ureg/${this.options.version} node/${process.versions.node}`,
      'x-request-id': requestId,
    };
    if (this.options.key !== undefined) headers.authorization = `Bearer ${this.options.key}`;
    if (request.ifMatch !== undefined) headers['if-match'] = `"${request.ifMatch.replaceAll('"', '')}"`;
    const safety =
      request.method === 'POST' && !request.repeatable && !request.once ? safetyOfPost(request.path) : 'once';
    if (safety === 'keyed') headers['idempotency-key'] = randomUUID();
    Object.assign(headers, request.headers);
    const reads = safety === 'reads';
    if (request.body === undefined) return { url, headers, requestId, reads };
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.from(JSON.stringify(request.body));
    headers['content-type'] ??= request.contentType ?? 'application/json';
    headers['content-length'] = String(body.length);
    return { url, headers, body, requestId, reads };
  }

  private async refused(
    request: RegistryRequest,
    response: IncomingMessage,
    requestId: string,
    timeoutMs: number,
  ): Promise<CliError> {
    const error = errorFromAnswer(
      {
        method: request.method,
        path: request.path,
        server: this.server,
        status: response.statusCode ?? 0,
        contentType: response.headers['content-type'] ?? '',
        requestId: headerText(response.headers['x-request-id']) ?? requestId,
        retryAfter: headerText(response.headers['retry-after']),
        location: response.headers.location,
        keySource: this.options.keySource,
        body: await readBody(response, timeoutMs),
      },
      this.options.program,
    );
    if (request.typed || !isMissingRoute(error)) return error;
    const { explainedByAge } = await import('./older-server.js');
    const { version: own, versions } = this.options;
    const answered = headerText(response.headers[VERSION_HEADER]);
    return explainedByAge(error, `${request.method} ${request.path}`, {
      own,
      answered,
      remembered: versions?.of(this.server),
    });
  }

  private unreachable(error: unknown): CliError {
    const failure = error as ConnectionError;
    const late = failure.timedOut && failure.sent;
    // A newcomer's first mistake.
    const unheard = failure.code === 'ECONNREFUSED' && isLoopback(this.options.server);
    return new CliError(
      late ? 'cli.timeout' : 'cli.unreachable',
      `${late ? 'no answer in time from' : 'cannot reach'} ${this.server}`,
      {
        exitCode: ExitCode.unreachable,
        reason: failure.message + (unheard ? '; npm start starts a registry on this machine' : ''),
        next: late
          ? `${this.options.program} health   (or give it longer with --timeout)`
          : `${this.options.program} health --server <url>   (or set UREG_SERVER)`,
        cause: error,
      },
    );
  }
}

const isKept = ({ method, path }: RegistryRequest, headers: Record<string, string>): boolean =>
  headers['idempotency-key'] !== undefined && keepsKeys(method, path);

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function ms(since: number): number {
  return Math.round(performance.now() - since);
}
