import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';

/** How long one answer may be written without looking at what else has come. */
const TURN_MS = 5;

/**
 * Writes an answer piece by piece, no faster than it is read. What goes wrong before the first piece is thrown while the
 * answer can still say so. A client that goes away ends it; that is no failure.
 */
export async function streamText(
  response: ServerResponse,
  pieces: AsyncGenerator<string>,
  piecesAhead?: number,
): Promise<void> {
  const first = await pieces.next();
  const all = (async function* () {
    if (!first.done) yield first.value;
    yield* inTurns(pieces);
  })();
  try {
    await pipeline(Readable.from(all, { highWaterMark: piecesAhead }), response);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

/** Pieces that are made in memory follow each other without a break: others would wait, and a client's leaving go unseen. */
async function* inTurns(pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  let since = performance.now();
  for await (const piece of pieces) {
    yield piece;
    if (performance.now() - since < TURN_MS) continue;
    await turn();
    since = performance.now();
  }
}
