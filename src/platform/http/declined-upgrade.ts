import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Serves a request that asks for another protocol as if it had not asked (RFC 9110, 7.8: a server may ignore Upgrade).
 * Clients that would like HTTP/2 offer it on every request; Node 20 hands all of those over as soon as somebody listens
 * for WebSockets, with no way to give them back but to let the connection begin anew.
 */
export function declineUpgrade(server: Server, request: IncomingMessage, socket: Duplex, rest: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  const { rawHeaders } = request;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i], rawHeaders[i + 1]];
    if (!/^(connection|upgrade)$/i.test(name)) lines.push(`${name}: ${value}`);
  }
  // Its other options (`keep-alive`) are the default; `close` is what the client still may want.
  if (/(^|,)\s*close\s*(,|$)/i.test(request.headers.connection ?? '')) lines.push('Connection: close');
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), rest]));
  server.emit('connection', socket);
}
