import http from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { OutboundError } from '../../../platform/http-client/outbound-error.js';
import type { Endpoint } from '../choice/endpoints.js';
import type { Way } from './proxy-agents.js';
import type { Failure } from './proxy-errors.js';
import { trailersOf } from './proxy-headers.js';

/** How long a destination may keep silent on `Expect` before it gets the body all the same (RFC 9110, 10.1.1). */
const CONTINUE_MS = 1000;

/** What a try tells whoever made it: one of `answered` and `failed`, and at the end `closed`. */
export interface TryEvents {
  answered(response: IncomingMessage): void;
  failed(failure: Failure): void;
  /** Its connection is free or gone. */
  closed(): void;
}

export interface TryRequest {
  incoming: IncomingMessage;
  path: string;
  headers: string[];
  /** A body follows. */
  body: boolean;
  /** The client waits to be told that its body is wanted. */
  expects: boolean;
  timeoutMs: number | undefined;
  writeContinue: () => void;
}

/** One try of a request at one address. */
export class ProxyTry {
  /** True from the moment when something of the body may have been sent: never again from the beginning. */
  bodyTaken = false;
  private readonly upstream: ClientRequest;
  private connected = false;
  private over = false;
  private timer: NodeJS.Timeout | undefined;
  private patience: NodeJS.Timeout | undefined;

  constructor(
    endpoint: Endpoint,
    way: Way,
    private readonly request: TryRequest,
    private readonly events: TryEvents,
  ) {
    const { incoming, path, headers, timeoutMs } = request;
    const { host, port, scheme } = endpoint;
    const options = { agent: way.agent, host, port, path, method: incoming.method, headers } as http.RequestOptions;
    this.upstream = scheme === 'https' ? https.request(options) : http.request(options);
    this.upstream.on('socket', (socket) => this.onSocket(socket, scheme));
    this.upstream.on('response', (response) => this.onResponse(response));
    this.upstream.on('error', (error) => this.onError(error));
    this.upstream.on('close', () => this.onClose());
    if (request.expects) this.upstream.on('continue', () => this.sendBody(true));
    if (timeoutMs !== undefined) this.timer = setTimeout(() => this.fail('timeout'), timeoutMs);
    if (!request.body) this.upstream.end();
  }

  /** Whether its connection had served others before: it may have been closed just then. */
  get onOldConnection(): boolean {
    return this.upstream.reusedSocket;
  }

  /** Ends it, whatever it is at; nothing is told any more but `closed`. */
  destroy(): void {
    this.over = true;
    this.stop();
    this.upstream.destroy();
  }

  private onSocket(socket: Socket, scheme: Endpoint['scheme']): void {
    const connected = (): void => {
      this.connected = true;
      if (!this.request.body || this.over) return;
      if (this.request.expects) this.patience = setTimeout(() => this.sendBody(true), CONTINUE_MS);
      else this.sendBody(false);
    };
    if (this.upstream.reusedSocket || !socket.connecting) connected();
    else socket.once(scheme === 'https' ? 'secureConnect' : 'connect', connected);
  }

  /** Only now: until the connection stands, nothing of the body is gone and another address may be tried. */
  private sendBody(told: boolean): void {
    if (this.bodyTaken || this.over) return;
    clearTimeout(this.patience);
    this.bodyTaken = true;
    if (told) this.request.writeContinue();
    const { incoming } = this.request;
    const { upstream } = this;
    incoming.once('end', () => {
      if (upstream.destroyed) return;
      const trailers = trailersOf(incoming);
      if (trailers.length > 0) upstream.addTrailers(trailers);
      upstream.end();
    });
    incoming.pipe(upstream, { end: false });
  }

  private onResponse(response: IncomingMessage): void {
    if (this.over) {
      response.resume();
      return;
    }
    this.over = true;
    this.stop();
    // Whoever listens takes the body; a connection that breaks in the middle of it ends `response`.
    this.events.answered(response);
  }

  private onError(error: Error): void {
    if (error instanceof OutboundError) this.fail(error.failure === 'refused' ? 'refused' : 'connect_failure');
    else this.fail(this.connected ? 'reset' : 'connect_failure');
  }

  private fail(failure: Failure): void {
    if (this.over) return;
    this.destroy();
    this.events.failed(failure);
  }

  private onClose(): void {
    const { incoming } = this.request;
    if (this.bodyTaken) incoming.unpipe(this.upstream);
    this.fail(this.connected ? 'reset' : 'connect_failure');
    this.events.closed();
  }

  private stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.patience);
  }
}
