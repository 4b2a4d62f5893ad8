import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program } from './program.js';
import { freePort } from './service.js';

const START_LIMIT_MS = 120_000;
const SHOWN_LIMIT_MS = 30_000;

export interface ShellOptions {
  cwd?: string;
  /** Wins over what is set otherwise. */
  env?: Record<string, string>;
  /** By npx itself. */
  npx?: boolean;
}

/** Who has the built package in a folder, an empty home, and nothing else: no data, no settings. */
export class Newcomer {
  readonly program = new Program();
  readonly home = this.program.home;
  readonly folder = join(this.program.folder, 'universal-registry');
  private readonly bin = join(this.program.folder, 'bin');
  private service: ChildProcess | undefined;
  private output = '';
  private port = 0;

  constructor() {
    execFileSync('npm', ['run', '--silent', 'build:server'], { stdio: 'pipe' });
    mkdirSync(join(this.folder, 'dist'), { recursive: true });
    for (const name of ['package.json', 'node_modules', 'docs', 'test', 'dist/src'])
      symlinkSync(join(process.cwd(), name), join(this.folder, name));
    symlinkSync(join(this.program.folder, 'dist'), join(this.folder, 'dist/cli'));
    // As npx does in the package's own folder, in a third of the time.
    mkdirSync(this.bin);
    writeFileSync(join(this.bin, 'npx'), `#!/bin/sh\nname=$1\nshift\nexec '${this.program.folder}'/$name "$@"\n`);
    chmodSync(join(this.bin, 'npx'), 0o755);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get adminKey(): string {
    return readFileSync(join(this.folder, 'data/admin.key'), 'utf8').trim();
  }

  /** `npm start`, but for the build, until it is ready: what it has said by then. */
  async start(): Promise<string> {
    this.port ||= await freePort();
    this.output = '';
    const env = { ...this.env(), PORT: String(this.port), LOG_LEVEL: 'warn', LOG_FORMAT: 'pretty' };
    // A group of processes of its own, as a terminal makes.
    const child = spawn('npm', ['start', '--ignore-scripts'], { cwd: this.folder, env, stdio: 'pipe', detached: true });
    this.service = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    const deadline = Date.now() + START_LIMIT_MS;
    while (!this.output.includes('is ready.') || !this.output.includes('Try ')) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`it did not start:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return this.output;
  }

  /** Ctrl-C in the terminal of `npm start`: every process of it gets the signal. What it has said since its start. */
  async interrupt(): Promise<string> {
    const { service } = this;
    if (service?.pid === undefined || service.exitCode !== null || service.signalCode !== null) return this.output;
    const ended = new Promise((resolve) => service.once('close', resolve));
    process.kill(-service.pid, 'SIGINT');
    await ended;
    return this.output;
  }

  /** Both streams of a command line, as a terminal would show them. */
  shell(script: string, { cwd = this.folder, env = {}, npx = false }: ShellOptions = {}): Promise<string> {
    const all: Record<string, string> = this.env();
    if (this.port > 0) all.UREG_SERVER = this.url;
    if (!npx) all.PATH = `${this.bin}:${all.PATH}`;
    Object.assign(all, env);
    return new Promise((resolve) => {
      execFile('bash', ['-c', `exec 2>&1\n${script}`], { cwd, env: all }, (_, stdout) => resolve(stdout));
    });
  }

  /** A command that goes on until Ctrl-C. */
  watch(args: readonly string[]): Watching {
    return new Watching(this.program.start(args, { cwd: this.folder, env: { UREG_SERVER: this.url } }));
  }

  /** A program of the newcomer's own, with the key in REGISTRY_KEY. */
  runs(file: string): Watching {
    const env = { ...this.env(), REGISTRY_KEY: this.adminKey };
    return new Watching(spawn(process.execPath, [file], { cwd: this.folder, env, stdio: 'pipe' }));
  }

  async leave(): Promise<void> {
    await this.interrupt();
    this.program.remove();
  }

  private env(): Record<string, string> {
    const quiet = { npm_config_update_notifier: 'false', npm_config_offline: 'true' };
    return { PATH: process.env.PATH ?? '', HOME: this.home, ...quiet };
  }
}

/** A command that is under way, and what it has printed. */
class Watching {
  private output = '';

  constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** What it has printed once a text is in it, or no more can be waited for; `nudge` is called until then, again and again. */
  async until(text: RegExp, nudge?: (turn: number) => Promise<unknown>): Promise<string> {
    const deadline = Date.now() + SHOWN_LIMIT_MS;
    for (let turn = 0; !text.test(this.output); turn++) {
      if (this.child.exitCode !== null || Date.now() > deadline) break;
      await nudge?.(turn);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return this.output;
  }

  async interrupt(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGINT');
    await ended;
  }
}
