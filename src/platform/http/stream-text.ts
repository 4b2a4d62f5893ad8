import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes an answer piece by piece, no faster than it is read. A client that goes away ends it; that is no failure. */
export async function streamText(
  response: ServerResponse,
  pieces: Iterable<string> | AsyncIterable<string>,
  piecesAhead?: number,
): Promise<void> {
  try {
    await pipeline(Readable.from(pieces, { highWaterMark: piecesAhead }), response);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
