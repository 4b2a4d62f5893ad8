import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A zombie is not alive: it only waits for somebody to read how it ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    // Where there is no /proc the signal has to do.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
}

/** Waits until something holds; says what did not. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>, ms = 45_000): Promise<void> {
  for (const until = Date.now() + ms; !(await holds()); await pause(20)) {
    if (Date.now() > until) throw new Error(`Not within ${ms} ms: ${what}`);
  }
}
