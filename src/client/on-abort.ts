const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `then` when the signal is aborted, at once where it is, until the answer is called. One listener for all of a
 * signal: it may outlive many calls, of which AbortSignal.any would leave something, and Node warns of the eleventh.
 */
export function onAbort(signal: AbortSignal | undefined, then: () => void): () => void {
  if (!signal) return () => undefined;
  if (signal.aborted) {
    then();
    return () => undefined;
  }
  const all = waiting.get(signal) ?? new Set();
  if (!waiting.has(signal)) {
    waiting.set(signal, all);
    signal.addEventListener('abort', () => all.forEach((one) => one()), { once: true });
  }
  all.add(then);
  return () => void all.delete(then);
}
