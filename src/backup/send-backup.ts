import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Response } from 'express';

/** Three quarters of what more work would save. */
const LEVEL = 3;
/** A client that takes nothing for so long is gone, and must not hold a moment of the database open. */
const STALLED_MS = 300_000;
/** A few pieces are ahead of the packing, no more: each is up to a megabyte. */
const AHEAD = 2;

/**
 * Sends a backup, packed, no faster than it is read. What fails before the first piece is thrown while the answer can still
 * say so; later the connection is cut, and the backup has no end.
 */
export async function sendBackup(response: Response, pieces: AsyncGenerator<string, void>): Promise<void> {
  try {
    await send(response, await pieces.next(), pieces);
  } finally {
    // Also where nothing of it was taken: what it holds is let go.
    await pieces.return();
  }
}

async function send(
  response: Response,
  first: IteratorResult<string, void>,
  pieces: AsyncGenerator<string, void>,
): Promise<void> {
  if (response.destroyed) return;
  const name = `registry-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.ureg`;
  response.setHeader('Content-Type', 'application/gzip');
  response.setHeader('Content-Disposition', `attachment; filename="${name}"`);
  response.setHeader('Cache-Control', 'no-store, no-transform');
  response.setTimeout(STALLED_MS);
  // The moment is fixed: whoever waits may know.
  response.flushHeaders();
  const all = (async function* () {
    if (!first.done) yield first.value;
    for await (const piece of pieces) {
      yield piece;
      // Others have their turn between two pieces.
      await turn();
    }
  })();
  try {
    await pipeline(Readable.from(all, { highWaterMark: AHEAD }), createGzip({ level: LEVEL }), response);
  } catch (error) {
    // A client that left has seen that it has no whole one.
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
