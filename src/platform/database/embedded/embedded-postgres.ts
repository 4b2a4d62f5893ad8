import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve as absolute } from 'node:path';
import { embeddedImage, embeddedServer } from './built-files.js';
import { sweepCopies } from './data-folder.js';
import type { FromServer, ServerOptions, ToServer } from './server-messages.js';

export interface EmbeddedPostgresOptions {
  /** Folder of the data; made when it is not there. */
  folder: string;
  /** Milliseconds that one statement may take before the database is restarted; 0 for any. */
  unresponsiveMs?: number;
  idleInTransactionMs?: number;
  upkeepMs?: number;
  /** Off, a commit outlives a kill of the process, but not a power cut. */
  fsync?: boolean;
  log?: (level: 'info' | 'warn' | 'error', message: string) => void;
}

const PING_MS = 1000;
const STOP_MS = 15_000;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS, HEALTHY_MS] = [50, 5000, 60_000];
/** Kilobytes; PostgreSQL's own limit of depth comes first then for most statements. */
const STACK = 3900;

/**
 * PostgreSQL inside the service: PGlite in a process of its own, restarted when it dies, on a socket that stays the
 * same. Only this user can reach the socket (on Windows, which has none, a port of the loopback interface is taken).
 */
export class EmbeddedPostgres {
  private child: ChildProcess | undefined;
  private stopping = false;
  private restarts = 0;
  private readonly pinger: NodeJS.Timeout;
  private heardAt = Date.now();
  private upkeeping = false;
  private unresponsiveMs: number;
  private readonly copies = new Map<string, { done: () => void; failed: (error: Error) => void }>();

  private constructor(
    private readonly options: EmbeddedPostgresOptions,
    private readonly server: ServerOptions,
  ) {
    this.unresponsiveMs = options.unresponsiveMs ?? 0;
    this.pinger = setInterval(() => this.ping(), PING_MS).unref();
  }

  /** Resolves when the database takes connections; rejects with a sentence for people. */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const folder = absolute(options.folder);
    await mkdir(dirname(folder), { recursive: true });
    const postgres = new EmbeddedPostgres(options, {
      folder,
      image: embeddedImage(),
      socket: process.platform === 'win32' ? undefined : join(await mkdtemp(join(tmpdir(), 'ureg-')), '.s.PGSQL.5432'),
      fsync: options.fsync ?? true,
      idleInTransactionMs: options.idleInTransactionMs ?? 60_000,
      upkeepMs: options.upkeepMs ?? 10_000,
    });
    try {
      await postgres.launch();
      await sweepCopies(folder);
    } catch (error) {
      await postgres.stop();
      throw error;
    }
    return postgres;
  }

  get url(): string {
    const { socket, port } = this.server;
    return socket
      ? `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(dirname(socket))}`
      : `postgresql://postgres@127.0.0.1:${port}/postgres`;
  }

  get folder(): string {
    return this.server.folder;
  }

  /**
   * Copies the folder as it stands between two requests, outside of every transaction: a database of its own. Requests wait
   * as long as the disk takes for it.
   */
  copyTo(folder: string): Promise<void> {
    return new Promise((done, failed) => {
      this.copies.set(folder, { done, failed });
      if (this.child?.connected) this.tell({ copyTo: folder });
      else this.copied(folder, 'The embedded PostgreSQL is away.');
    });
  }

  /** Process number of the database. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** From now on a statement that lasts longer than so many milliseconds ends with a restart of the database. */
  limitStatements(milliseconds: number): void {
    this.unresponsiveMs = milliseconds;
  }

  /** Closes the database in order. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.pinger);
    await this.end();
    const { socket } = this.server;
    if (socket) await rm(dirname(socket), { recursive: true, force: true });
  }

  private async end(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const exited = once(child, 'exit');
    this.tell('stop');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(late);
  }

  private async launch(): Promise<void> {
    const child = fork(embeddedServer(), [JSON.stringify(this.server)], {
      execArgv: [`--stack-size=${STACK}`],
      // Secrets of the service are none of its business.
      env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, TMPDIR: process.env.TMPDIR },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.child = child;
    this.heardAt = Date.now();
    this.upkeeping = true;
    await new Promise<void>((resolve, reject) => {
      child.on('message', (message: FromServer) => {
        this.hear(message);
        if ('ready' in message) resolve();
        if ('failed' in message) reject(new Error(message.failed));
      });
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        reject(new Error(`The embedded PostgreSQL ended at once (${signal ?? code}).`)),
      );
    });
    // Whoever forgets to stop it must not be kept from ending; the database notices and closes.
    child.unref();
    child.channel?.unref();
    const readyAt = Date.now();
    child.once('exit', (code, signal) => void this.ended(signal ?? code, Date.now() - readyAt));
    // It may have gone between its message and this line.
    if (child.exitCode !== null || child.signalCode !== null) child.emit('exit', child.exitCode, child.signalCode);
  }

  private hear(message: FromServer): void {
    this.heardAt = Date.now();
    if ('ready' in message) {
      this.upkeeping = false;
      if (message.port) this.server.port = message.port;
    }
    if ('upkeeping' in message) this.upkeeping = message.upkeeping;
    if ('copied' in message) this.copied(message.copied, message.failure);
  }

  private copied(folder: string, failure?: string): void {
    const waiting = this.copies.get(folder);
    this.copies.delete(folder);
    if (failure === undefined) waiting?.done();
    else waiting?.failed(new Error(failure));
  }

  private async ended(reason: unknown, lived: number): Promise<void> {
    for (const folder of this.copies.keys()) this.copied(folder, 'The embedded PostgreSQL ended.');
    if (this.stopping) return;
    if (lived > HEALTHY_MS) this.restarts = 0;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.restarts++, LONGEST_PAUSE_MS);
    this.options.log?.('error', `The embedded PostgreSQL ended (${String(reason)}); starting it again.`);
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (this.stopping) return;
    try {
      await this.launch();
      this.options.log?.('info', 'The embedded PostgreSQL is back.');
    } catch (error) {
      this.options.log?.('error', (error as Error).message);
      await this.ended('failed to start', 0);
    }
  }

  private ping(): void {
    if (this.unresponsiveMs > 0 && !this.upkeeping && Date.now() - this.heardAt > this.unresponsiveMs) {
      this.options.log?.(
        'error',
        `A statement took more than ${this.unresponsiveMs} ms; restarting the embedded PostgreSQL.`,
      );
      this.heardAt = Date.now();
      this.child?.kill('SIGKILL');
    }
    this.tell('ping');
  }

  private tell(message: ToServer): void {
    // A child that is going away takes no message; its exit is handled by itself.
    if (this.child?.connected) this.child.send(message, () => undefined);
  }
}
