import type { Server } from 'node:http';

const IDLE_SWEEP_MS = 50;

/**
 * Takes no connection any more; resolves when the last one is gone. Node closes those that are idle now: one that turns
 * idle after its last answer would stay as long as it may be kept alive.
 */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
