import { ConnectionError, connectionErrorOf } from './connection-error.js';

/** The chunks of an answer; a ConnectionError when it breaks, or brings nothing for `idleMs`. Left early, it is closed. */
export async function* chunksOf(body: ReadableStream<Uint8Array>, idleMs: number): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let silent = false;
  try {
    for (;;) {
      const timer = setTimeout(() => {
        silent = true;
        void reader.cancel().catch(() => undefined);
      }, idleMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (silent) throw new ConnectionError('ESILENT', `nothing came for ${idleMs / 1000} s`, true);
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw connectionErrorOf(error, true);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
