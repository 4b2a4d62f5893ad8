import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';

const PATIENCE_MS = 30_000;
const POLL_MS = 20;

export const there = (program: string): boolean =>
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/${program}`));

export interface TerminalOptions {
  env: Record<string, string | undefined>;
  cwd: string;
  rows?: number;
  columns?: number;
}

/** A command on a terminal of its own (of util-linux's `script`), with what it showed so far, both streams as they came. */
export class Terminal {
  text = '';
  readonly ended: Promise<number>;
  private readonly child: ChildProcess;

  /** `command` is a shell's. */
  constructor(command: string, { env, cwd, rows = 24, columns = 200 }: TerminalOptions) {
    const script = `stty rows ${rows} cols ${columns}; exec ${command}`;
    this.child = spawn('script', ['-qfec', script, '/dev/null'], {
      cwd,
      env: { PATH: process.env.PATH, TERM: 'xterm', SHELL: '/bin/sh', ...env },
      stdio: 'pipe',
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    this.child.stdin?.on('error', () => undefined);
    const late = setTimeout(() => this.child.kill(), PATIENCE_MS);
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code) => {
        clearTimeout(late);
        resolve(code ?? -1);
      });
    });
  }

  type(keys: string): void {
    this.child.stdin?.write(keys);
  }

  /** Waits until something is shown; the answer is all that was shown until then. */
  async shows(what: string | RegExp): Promise<string> {
    const until = Date.now() + PATIENCE_MS;
    const found = (): boolean => (typeof what === 'string' ? this.text.includes(what) : what.test(this.text));
    while (!found()) {
      if (Date.now() > until) throw new Error(`no ${String(what)} in ${JSON.stringify(this.text)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return this.text;
  }
}
