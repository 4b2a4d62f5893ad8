import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from './api-client.js';

export interface ControllerCall {
  headers: IncomingHttpHeaders;
  /** As it came: what the signature is over. */
  text: string;
  body: Json;
}

export interface ControllerAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** An operator's controller: keeps what it is asked, and answers as it is told, after `pause` where there is one. */
export class FakeController {
  readonly calls: ControllerCall[] = [];
  answer: (call: ControllerCall) => ControllerAnswer | Promise<ControllerAnswer> = () => ({ status: 204 });
  url = '';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeController> {
    const server = createServer();
    const controller = new FakeController(server);
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        const call = { headers: request.headers, text, body: JSON.parse(text) };
        controller.calls.push(call);
        void Promise.resolve(controller.answer(call)).then(({ status, body, headers = {} }) => {
          response.writeHead(status, headers);
          response.end(body === undefined ? undefined : JSON.stringify(body));
        });
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    controller.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    return controller;
  }

  /** The calls made for one operation. */
  of(operationId: string): ControllerCall[] {
    return this.calls.filter(({ body }) => body.operation === operationId);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
