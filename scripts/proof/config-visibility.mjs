import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from './config-client.mjs';

const LOOK_MS = 2;
const LATEST_MS = 30_000;

/** How long after the answer of one process another one answers the change. */
export async function seenElsewhere(writer, reader, changes) {
  const times = [];
  for (let n = 0; n < changes; n++) {
    // Not in step with whoever asks in an interval.
    await pause(Math.random() * 100);
    const value = `${changes}-${n}-${Math.random()}`;
    await writer.put('seen', value);
    const written = performance.now();
    while ((await reader.read('seen'))?.value !== value) {
      if (performance.now() - written > LATEST_MS) throw new Error('A change was not seen on the other process.');
      await pause(LOOK_MS);
    }
    times.push(performance.now() - written);
  }
  const [p50, p95, worst] = [quantile(times, 0.5), quantile(times, 0.95), Math.max(...times)];
  const ms = (value) => `${value.toFixed(0)} ms`;
  return { p95, text: `${changes} changes, p50 ${ms(p50)}, p95 ${ms(p95)}, at most ${ms(worst)}` };
}
