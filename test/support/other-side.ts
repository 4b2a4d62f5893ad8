import http from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { AllowedTargets } from '../../src/platform/http-client/allowed-targets.js';
import { OutboundError } from '../../src/platform/http-client/outbound-error.js';
import { OutboundHttp } from '../../src/platform/http-client/outbound-http.js';
import type { Resolve } from '../../src/platform/http-client/guarded-addresses.js';
import type { OutboundAnswer, OutboundRequest } from '../../src/platform/http-client/outbound-http.js';

/** Names as a DNS server gives them: the first answer to the first question, the last one to all later ones. */
export class Names {
  readonly asked: string[] = [];

  constructor(private readonly answers: Record<string, string[][]>) {}

  readonly resolve: Resolve = async (host) => {
    this.asked.push(host);
    const answers = this.answers[host];
    if (!answers) throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const now = answers.length > 1 ? answers.shift()! : answers[0];
    return now.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
}

/** Why a call failed; `none` when it did not. */
export async function failure(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof OutboundError) return error.failure;
    throw error;
  }
  return 'none';
}

/** 127.0.0.1 stands for a public address: it alone is allowed. 127.0.0.2 is as private as ever. */
export function clientOf(answers: Record<string, string[][]> = {}, ca?: string): { http: OutboundHttp; names: Names } {
  const names = new Names({ 'good.example': [['127.0.0.1']], 'bad.example': [['127.0.0.2']], ...answers });
  return { http: new OutboundHttp(AllowedTargets.parse(['127.0.0.1']), names.resolve, ca), names };
}

/** What a server saw of a request. */
export interface Seen {
  request: IncomingMessage;
  /** The address it was called at. */
  local: string | undefined;
  body: string;
}

/** Real servers to call, and what they saw. */
export class OtherSide {
  seen: Seen[] = [];
  private readonly closing: (() => Promise<unknown>)[] = [];

  /** On every loopback address. */
  async listen(server: Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    this.closing.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  }

  serve(answer: RequestListener): Promise<number> {
    return this.listen(http.createServer(this.recording(answer)));
  }

  recording(answer: RequestListener): RequestListener {
    return (request, response) => {
      const chunks: Buffer[] = [];
      const local = request.socket.localAddress;
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.seen.push({ request, local, body: Buffer.concat(chunks).toString() });
        answer(request, response);
      });
    };
  }

  /** Something on TCP that need not speak HTTP. */
  async raw(talk: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      talk(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.closing.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  }

  /** A call of good.example at this port. */
  sent(port: number, path = '/', request: OutboundRequest = {}): Promise<OutboundAnswer> {
    return clientOf().http.send(`http://good.example:${port}${path}`, request);
  }

  async close(): Promise<void> {
    for (const close of this.closing.splice(0)) await close();
    this.seen = [];
  }
}
