import { Readable, Writable } from 'node:stream';
import { runCli } from '../../../src/cli/run.js';
import type { Terminal } from '../../../src/cli/core/interactive.js';
import type { Ended, RunOptions } from './program.js';

class Heard extends Writable {
  text = '';

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/**
 * Runs a command line in this process, as the built file would: the same answers in a twentieth of the time, for what
 * is tried with every command. Nobody sits there; settings are looked for in `HOME` and the working folder.
 */
export async function runHere(
  args: readonly string[],
  { env = {}, stdin = '', as = 'ureg' }: RunOptions,
): Promise<Ended> {
  const started = performance.now();
  const [stdout, stderr] = [new Heard(), new Heard()];
  const input = Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]);
  const terminal = { stdin: input, stdout, stderr, env } as unknown as Terminal;
  const code = await runCli([process.execPath, as, ...args], '0.0.0', terminal);
  return { code, stdout: stdout.text, stderr: stderr.text, ms: performance.now() - started };
}
