// The built service as a process of its own, the way it runs in production: for the benchmark and the proofs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';

const MAIN = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
const READY_MS = 120_000;
/** As `npm start` has them: with more room for young objects, an answer waits less for the collector. */
const FLAGS = ['--enable-source-maps', '--max-semi-space-size=64'];

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts, kills, restarts and stops one service on one port. Its log goes to this process's standard error. */
export class ServiceProcess {
  #child;

  constructor(port, env, main = MAIN) {
    Object.assign(this, { port, env, main, url: `http://127.0.0.1:${port}` });
  }

  /** Resolves when it is ready. `env` has DATABASE_URL or DATA_DIR, and REGISTRY_ADMIN_KEY. */
  static async start(env, main) {
    const service = new ServiceProcess(await freePort(), env, main);
    await service.start();
    return service;
  }

  get pid() {
    return this.#child.pid;
  }

  /** 0 after a stop in which all was answered in time; null after a kill. */
  get exitCode() {
    return this.#child.exitCode;
  }

  get running() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async start() {
    const fixed = { PATH: process.env.PATH, PORT: String(this.port), HOST: '127.0.0.1', MIGRATE_ON_START: 'true' };
    const quiet = { LOG_LEVEL: 'error', LOG_FORMAT: 'json', NODE_ENV: 'production' };
    this.#child = spawn(process.execPath, [...FLAGS, this.main], {
      env: { ...fixed, ...quiet, ...this.env },
      stdio: ['ignore', 2, 2],
    });
    await this.ready();
  }

  /** Milliseconds until `/health/ready` agrees. */
  async ready() {
    const started = performance.now();
    while (performance.now() - started < READY_MS) {
      if (!this.running) throw new Error(`The service ended (${this.#child.exitCode ?? this.#child.signalCode}).`);
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (answer?.ok) return performance.now() - started;
      await pause(50);
    }
    throw new Error(`The service was not ready within ${READY_MS / 1000} s.`);
  }

  async kill() {
    await this.#end('SIGKILL');
  }

  async stop() {
    await this.#end('SIGTERM');
  }

  async #end(signal) {
    if (!this.running) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
