import type { Response } from 'express';

/** A signal that is given when the client leaves before its answer is complete: work that only it waits for may end. */
export function clientGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
