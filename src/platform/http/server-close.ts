import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const SWEEP_MS = 50;
/** A connection on which nothing has come for so long was opened in advance, as browsers and pools of clients do. */
const SILENT_MS = 500;

/** When connections were made, of each server that is watched. */
const connections = new WeakMap<Server, Map<Socket, number>>();

/** Remembers a server's connections: Node takes one on which nothing ever came for busy, and gives no list of them. */
export function watchConnections(server: Server): void {
  const open = new Map<Socket, number>();
  connections.set(server, open);
  server.on('connection', (socket) => {
    open.set(socket, performance.now());
    socket.once('close', () => open.delete(socket));
  });
}

/**
 * Takes no connection any more; resolves when the last one is gone. Node closes those that are idle now: one that turns
 * idle after its last answer would stay as long as it may be kept alive.
 */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => {
      server.closeIdleConnections();
      closeSilent(server);
    }, SWEEP_MS);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function closeSilent(server: Server): void {
  const before = performance.now() - SILENT_MS;
  for (const [socket, since] of connections.get(server) ?? [])
    if (socket.bytesRead === 0 && since < before) socket.destroy();
}
