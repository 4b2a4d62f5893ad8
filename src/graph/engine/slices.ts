import { setImmediate as breathe } from 'node:timers/promises';

/** Longest stretch of work without letting requests and timers in. */
const SLICE_MS = 5;

/** Runs long work in slices on the event loop; the generator yields where it may be interrupted. */
export async function inSlices<T>(work: Generator<unknown, T>): Promise<T> {
  let sliceEnd = performance.now() + SLICE_MS;
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() < sliceEnd) continue;
    await breathe();
    sliceEnd = performance.now() + SLICE_MS;
  }
}
