import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Request } from 'express';
import { Env } from '../../../platform/env/env.js';
import { knownError } from '../../../platform/errors/known-error.js';
import { ForbiddenError, UnauthenticatedError } from '../../../platform/errors/registry-error.js';
import { CREDENTIAL_VERIFIER } from '../../../platform/http/credential-verifier.js';
import type { CredentialVerifier } from '../../../platform/http/credential-verifier.js';
import { problemOf } from '../../../platform/http/problem.js';
import { RegistryAdapter } from '../../../platform/http/registry-adapter.js';
import { runInRequest } from '../../../platform/http/request-context.js';
import { ShutdownState } from '../../../platform/http/shutdown-state.js';
import { takeUpgrades } from '../../../platform/http/upgrades.js';
import { MeshProxy, PROXY_PATH } from './mesh-proxy.js';
import type { Arrival } from './mesh-proxy.js';
import { credentialOf, hideAuthorization } from './proxy-credentials.js';
import { failed, refusedBy } from './proxy-errors.js';
import { answerHeaders, requestHeaders } from './proxy-headers.js';
import { ProxyParts } from './proxy-parts.js';

export const PROXY_PERMISSION = 'write:mesh_proxy';
const CONNECT_MS = 15_000;

/** WebSockets through the mesh: once both sides have agreed, bytes in both directions. */
@Injectable()
export class SocketProxy implements OnModuleInit {
  private readonly sockets = new Set<Duplex>();

  constructor(
    private readonly env: Env,
    private readonly host: HttpAdapterHost,
    private readonly proxy: MeshProxy,
    private readonly parts: ProxyParts,
    private readonly shutdown: ShutdownState,
    @Inject(CREDENTIAL_VERIFIER) private readonly verifier: CredentialVerifier,
  ) {}

  /** Nothing of the server changes while the proxy is off. */
  onModuleInit(): void {
    const adapter: unknown = this.host.httpAdapter;
    if (!this.env.meshProxy || !(adapter instanceof RegistryAdapter)) return;
    adapter.relay(PROXY_PATH);
    adapter.addLayer((request, _response, next) => {
      if (request.url.startsWith(PROXY_PATH)) hideAuthorization(request, request);
      next();
    });
    takeUpgrades(adapter.getHttpServer(), (request, socket, rest) => {
      const isOurs = request.url?.startsWith(PROXY_PATH) && request.headers.upgrade?.toLowerCase() === 'websocket';
      if (!isOurs) return false;
      void this.upgrade(request, socket, rest);
      return true;
    });
    this.shutdown.onDrain(() => this.drain());
  }

  get open(): number {
    return this.sockets.size;
  }

  private drain(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, rest: Buffer): Promise<void> {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    const requestId = randomUUID();
    try {
      const { credential, url } = credentialOf(request);
      hideAuthorization(request, request);
      request.url = url;
      const incoming = this.asExpress(request);
      if (credential === undefined) throw new UnauthenticatedError();
      const principal = await this.verifier.admit(credential, incoming.ip);
      if (!this.verifier.allows(principal, PROXY_PERMISSION))
        throw new ForbiddenError(`This needs the permission "${PROXY_PERMISSION}".`, { missing: PROXY_PERMISSION });
      await runInRequest({ requestId, principal, source: incoming }, () =>
        this.pass(incoming, socket, rest, requestId),
      );
    } catch (error) {
      refuse(socket, error, request.url ?? '', requestId);
    }
  }

  private async pass(incoming: Request, socket: Duplex, rest: Buffer, requestId: string): Promise<void> {
    await this.proxy.settled();
    const arrival = this.proxy.arrival(incoming, requestId);
    const { route } = arrival;
    const verdict = await this.proxy.verdict(arrival);
    if (verdict.outcome !== 'sent') throw refusedBy(route, verdict);
    const { choice, admission } = verdict;
    const destination = choice.destination!.name;
    const startedAt = performance.now();
    const outcome = await this.connect(arrival, { incoming, socket, rest, choice });
    const success = typeof outcome === 'number' && outcome < 500;
    this.parts.breakers.settle(route, admission, outcome === 'gone' ? undefined : success);
    if (outcome === 'gone') return;
    const milliseconds = performance.now() - startedAt;
    const status = typeof outcome === 'number' ? outcome : 0;
    this.parts.counts.note(route, { destination, success, milliseconds, retries: 0, status });
    if (typeof outcome !== 'number') throw failed(route, destination, outcome);
  }

  /** The status of the destination's answer, once it is passed on; why there is none; or `gone`: the client is. */
  private connect(
    { route, request, path }: Arrival,
    { incoming, socket, rest, choice }: { incoming: Request; socket: Duplex; rest: Buffer; choice: { endpoint: { key: string } | undefined } }, // prettier-ignore
  ): Promise<number | 'gone' | 'timeout' | 'connect_failure' | 'refused'> {
    const endpoint = choice.endpoint as Parameters<typeof requestHeaders>[1];
    const { agents, balancer } = this.parts;
    if (!agents.allows(endpoint)) return Promise.resolve('refused');
    const { clientIp, requestId } = request;
    const traceparent = incoming.headers.traceparent as string | undefined;
    const passed = { clientIp, requestId, traceparent, body: false };
    const headers = requestHeaders(incoming, endpoint, { passed, rewrite: route.row.spec.rewrite });
    // In place of `Connection: keep-alive`, which is the last.
    headers.splice(-2, 2, 'Connection', 'Upgrade', 'Upgrade', 'websocket');
    const { host, port, scheme } = endpoint;
    const options = { agent: false, host, port, path, method: 'GET', headers, lookup: agents.lookup(port) } as unknown;
    const upstream = (scheme === 'https' ? https : http).request(options as http.RequestOptions);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve('timeout');
        upstream.destroy();
      }, route.timeoutMs || CONNECT_MS);
      balancer.begin(endpoint);
      socket.on('close', () => {
        resolve('gone');
        upstream.destroy();
      });
      upstream.on('close', () => clearTimeout(timer));
      upstream.on('error', () => resolve('connect_failure'));
      upstream.on('upgrade', (answer, far: Duplex, first: Buffer) => {
        clearTimeout(timer);
        socket.write(headOf(answer, ['Connection', 'Upgrade', 'Upgrade', String(answer.headers.upgrade)]));
        join({ near: socket, far, first, rest });
        far.on('close', () => balancer.end(endpoint));
        resolve(101);
      });
      upstream.on('response', (answer) => {
        clearTimeout(timer);
        balancer.end(endpoint);
        socket.write(headOf(answer, ['Connection', 'close']));
        answer.on('error', () => socket.destroy());
        answer.pipe(socket);
        resolve(answer.statusCode!);
      });
      upstream.on('error', () => balancer.end(endpoint));
      upstream.end();
    });
  }

  private asExpress(request: IncomingMessage): Request {
    const app = this.host.httpAdapter.getInstance<{ request: Request }>();
    const { headers, rawHeaders, method, url, socket } = request;
    const given = { headers, rawHeaders, method, url, originalUrl: url, socket, connection: socket };
    const made = Object.assign(Object.create(app.request) as Request, given);
    return Object.defineProperties(made, Object.getOwnPropertyDescriptors(symbolsOf(request)));
  }
}

/** What was noted on a request besides its names. */
const symbolsOf = (request: object): object =>
  Object.fromEntries(
    Object.getOwnPropertySymbols(request)
      .filter((symbol) => symbol.description?.startsWith('mesh:'))
      .map((symbol) => [symbol, true]),
  );

/** Bytes both ways, each as fast as the other side reads; when one ends the other does. */
function join({ near, far, first, rest }: { near: Duplex; far: Duplex; first: Buffer; rest: Buffer }): void {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ]) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
  if (first.length > 0) near.write(first);
  if (rest.length > 0) far.write(rest);
  near.pipe(far).pipe(near);
}

function headOf(answer: IncomingMessage, more: readonly string[]): string {
  const pairs = [...answerHeaders(answer, undefined), ...more];
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
  for (let i = 0; i < pairs.length; i += 2) lines.push(`${pairs[i]}: ${pairs[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function refuse(socket: Duplex, thrown: unknown, url: string, requestId: string): void {
  if (socket.destroyed) return;
  const error = knownError(thrown);
  const body = JSON.stringify(problemOf(error, url.split('?', 1)[0], requestId));
  const headers = { ...error.headers, 'Content-Type': 'application/problem+json', 'Content-Length': Buffer.byteLength(body), Connection: 'close' }; // prettier-ignore
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${error.status} ${error.title}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}
