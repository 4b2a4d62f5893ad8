import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocketServer } from 'ws';

/** `ws` under Nest, for gateways that read their clients' messages themselves. */
export class EventSocketAdapter extends WsAdapter {
  override bindMessageHandlers(): void {
    // Nest's own reading would parse every message a second time, for handlers that there are not.
  }

  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    server.on('connection', (client) => client.on('error', ignored));
    server.on('error', (error) => this.logger.error(error));
    return server;
  }
}

/** A client that breaks the protocol is told so and closed by `ws`; it must not fill the log. */
const ignored = (): void => undefined;
