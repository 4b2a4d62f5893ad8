import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './processes.js';

const MAIN = join(process.cwd(), 'dist/src/main.js');

/** The service as operators run it: a process of its own, on a free port. */
export class ServiceProcess {
  stdout = '';
  stderr = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;

  constructor(env: Record<string, string>, { cwd, entry = MAIN }: { cwd?: string; entry?: string } = {}) {
    if (!existsSync(entry)) throw new Error('Build the service first: npm run build:server');
    // Nothing of the test's own environment but what finds Node and writes files.
    const { PATH, HOME, TMPDIR } = process.env;
    this.child = spawn(process.execPath, [entry], { cwd, env: { PATH, HOME, TMPDIR, PORT: '0', ...env } });
    this.child.stdout?.on('data', (data: Buffer) => (this.stdout += data.toString()));
    this.child.stderr?.on('data', (data: Buffer) => (this.stderr += data.toString()));
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  /** Its address, once it listens. */
  async url(): Promise<string> {
    const found = (): string | undefined => /"url":"(http:[^"]+)"/.exec(this.stdout)?.[1];
    await eventually(
      'the service listens',
      () => {
        if (this.child.exitCode !== null)
          throw new Error(`The service ended with ${this.child.exitCode}: ${this.stderr}`);
        return found() !== undefined;
      },
      60_000,
    );
    return found()!;
  }

  /** What it has logged, line by line. */
  get log(): Record<string, unknown>[] {
    return this.stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The exit code; null when a signal ended it. */
  exit(): Promise<number | null> {
    return this.ended;
  }

  /** For the end of a test: whatever state it is in. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
