import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_MS = 120_000;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The built service in a process of its own, always on the same port, with an admin key that is made up for it. */
export class ServiceProcess {
  #env;
  #process;

  constructor(env) {
    this.#env = env;
  }

  async start() {
    this.port ??= await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    this.key ??= (await import(new URL('../../dist/src/gateway/keys/key-format.js', import.meta.url))).makeKey(
      'admin_key',
    );
    this.#process = spawn(process.execPath, ['dist/src/main.js'], {
      cwd: ROOT,
      env: {
        ...process.env,
        ...this.#env,
        PORT: String(this.port),
        HOST: '127.0.0.1',
        LOG_FORMAT: 'json',
        LOG_LEVEL: 'info',
        MIGRATE_ON_START: 'true',
        REGISTRY_ADMIN_KEY: this.key,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: this.#process.stdout });
    lines.on('line', (line) => process.env.PROVE_LOG && process.stderr.write(`${line}\n`));
    await this.#answers();
  }

  async #answers() {
    for (const until = Date.now() + START_MS; Date.now() < until; await pause(50)) {
      if (this.#process.exitCode !== null) throw new Error(`The service ended with ${this.#process.exitCode}.`);
      const ready = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (ready?.ok) return;
    }
    throw new Error('The service did not start.');
  }

  /** A request with the admin key; undefined when the service cannot be reached. */
  async call(method, path, body) {
    const headers = { 'x-api-key': this.key, ...(body && { 'content-type': 'application/json' }) };
    try {
      const response = await fetch(this.url + path, { method, headers, body: body && JSON.stringify(body) });
      const text = await response.text();
      return { status: response.status, body: text ? JSON.parse(text) : undefined, headers: response.headers };
    } catch {
      return undefined;
    }
  }

  /** The newest seq, once nothing has been added for a while. */
  async head() {
    for (let since = 0, quiet = 0; ;) {
      const answer = await this.call('GET', `/api/v1/events?since=${since}&limit=1000`);
      if (!answer || answer.status !== 200) throw new Error(`Events cannot be read: ${JSON.stringify(answer?.body)}`);
      const next = Number(answer.headers.get('x-next-since'));
      if (next > since) quiet = 0;
      else if (++quiet === 5) return since;
      else await pause(100);
      since = next;
    }
  }

  async kill() {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }

  async stop() {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await exited;
  }
}
