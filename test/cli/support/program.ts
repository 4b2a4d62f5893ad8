import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
  ms: number;
}

export interface RunOptions {
  /** Added to an environment that holds nothing else of ours. */
  env?: Record<string, string>;
  stdin?: string | Buffer;
  cwd?: string;
  /** Name the program is called by. */
  as?: string;
}

/** The built program in a folder of its own, with an empty home: nothing of the machine's settings reaches it. */
export class Program {
  readonly folder = mkdtempSync(join(tmpdir(), 'ureg-cli-'));
  readonly home = join(this.folder, 'home');
  readonly main = join(this.folder, 'dist', 'main.mjs');

  constructor() {
    mkdirSync(this.home);
    execFileSync(process.execPath, ['scripts/build-cli.mjs', '--outdir', join(this.folder, 'dist')]);
    for (const name of ['ureg', 'universal-registry-cli', 'nexus-registry', 'nexus-plugin-manager'])
      symlinkSync(this.main, join(this.folder, name));
  }

  start(args: readonly string[], options: RunOptions = {}): ChildProcess {
    return spawn(process.execPath, [join(this.folder, options.as ?? 'ureg'), ...args], {
      cwd: options.cwd ?? this.home,
      env: { PATH: process.env.PATH, HOME: this.home, ...options.env },
      stdio: 'pipe',
    });
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const started = performance.now();
    const child = this.start(args, options);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin?.on('error', () => undefined); // it may end without having read
    child.stdin?.end(options.stdin ?? '');
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        resolve({
          code: code ?? (signal === 'SIGINT' ? 130 : 143),
          stdout: Buffer.concat(out).toString(),
          stderr: Buffer.concat(err).toString(),
          ms: performance.now() - started,
        });
      });
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A command line as a shell would take it apart; enough for the examples of the help. */
export function shellWords(text: string): string[] {
  return [...text.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );
}

/** Runs a check for each item, so many at a time, and answers every complaint. */
export async function complaints<Item>(
  items: readonly Item[],
  check: (item: Item) => Promise<string[]>,
  lanes = 4,
): Promise<string[]> {
  const found: string[][] = [];
  const waiting = [...items.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) found[next[0]] = await check(next[1]);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return found.flat();
}
