import http from 'node:http';
import type { Agent, IncomingMessage, RequestOptions } from 'node:http';

/** Why no answer came. `sent: false` means the server cannot have seen the request. */
export class TransportError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly sent: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'TransportError';
  }
}

export interface Exchange {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body?: Buffer;
  connectTimeoutMs: number;
  /** Until the headers are there; `readBody` keeps the time of the body. */
  timeoutMs: number;
}

type HttpModule = Pick<typeof http, 'request' | 'Agent'>;

/** One request over kept-alive connections. node:http instead of fetch: half the start-up, and a connect time-out. */
export class Transport {
  private readonly agents = new Map<string, Agent>();

  constructor(private readonly maxSockets = 4) {}

  async send(exchange: Exchange): Promise<IncomingMessage> {
    const secure = exchange.url.protocol === 'https:';
    const module: HttpModule = secure ? (await import('node:https')).default : http;
    const options: RequestOptions = {
      method: exchange.method,
      headers: exchange.headers,
      agent: this.agent(exchange.url.protocol, module),
    };
    return new Promise((resolve, reject) => {
      let connected = false;
      let wrote = false;
      const request = module.request(exchange.url, options);
      const fail = (code: string, message: string): void => {
        request.destroy(new TransportError(code, message, wrote));
      };
      const total = setTimeout(
        () => fail('ETIMEDOUT', `no answer within ${exchange.timeoutMs / 1000} s`),
        exchange.timeoutMs,
      );
      const connect = setTimeout(() => {
        if (!connected) fail('ECONNTIMEOUT', `no connection within ${exchange.connectTimeoutMs / 1000} s`);
      }, exchange.connectTimeoutMs);
      const onConnected = (): void => {
        connected = true;
        wrote = true;
        clearTimeout(connect);
      };
      request.on('socket', (socket) => {
        if (!socket.connecting) onConnected();
        else socket.once(secure ? 'secureConnect' : 'connect', onConnected);
      });
      request.on('response', (response) => {
        clearTimeout(total);
        resolve(response);
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(total);
        clearTimeout(connect);
        reject(error instanceof TransportError ? error : fromErrno(error, wrote));
      });
      request.end(exchange.body);
    });
  }

  close(): void {
    for (const agent of this.agents.values()) agent.destroy();
    this.agents.clear();
  }

  private agent(protocol: string, module: HttpModule): Agent {
    const known = this.agents.get(protocol);
    if (known) return known;
    const made = new module.Agent({ keepAlive: true, maxSockets: this.maxSockets });
    this.agents.set(protocol, made);
    return made;
  }
}

/** The whole body, or a TransportError when it ends early or late. */
export async function readBody(response: IncomingMessage, timeoutMs: number): Promise<Buffer> {
  const timer = setTimeout(() => {
    response.destroy(new TransportError('ETIMEDOUT', 'the answer did not end in time', true));
  }, timeoutMs);
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
  } catch (error) {
    throw error instanceof TransportError ? error : fromErrno(error as NodeJS.ErrnoException, true);
  } finally {
    clearTimeout(timer);
  }
}

function fromErrno(error: NodeJS.ErrnoException, sent: boolean): TransportError {
  // Several addresses (IPv4 and IPv6) fail together as one AggregateError without a message of its own.
  const inner = (error as Partial<AggregateError>).errors?.[0] as NodeJS.ErrnoException | undefined;
  const code = error.code ?? inner?.code ?? 'EUNKNOWN';
  return new TransportError(code, MEANINGS[code] ?? (error.message || code), sent, { cause: error });
}

const MEANINGS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; name its CA in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed; name its CA in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified; name its CA in NODE_EXTRA_CA_CERTS',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  EPROTO: 'it does not speak TLS there (http instead of https?)',
};
