import { onAbort } from './on-abort.js';

/** Waits; an abort ends it at once with the signal's reason. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  return unlessAborted(wait, signal).finally(() => clearTimeout(timer));
}

/** What comes of the work; an abort ends the waiting for it at once with the signal's reason. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  let forget = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    forget = onAbort(signal, () => reject(signal?.reason as Error));
  });
  return Promise.race([work, aborted]).finally(forget);
}
