import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

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
    yield* pieces;
  })();
  try {
    await pipeline(Readable.from(all, { highWaterMark: piecesAhead }), response);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
