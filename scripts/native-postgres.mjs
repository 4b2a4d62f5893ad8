// A PostgreSQL server for tests, benchmarks and proofs: a fresh cluster in a temporary folder, with fsync on, reachable
// by a socket and a port of the loopback interface, gone when it is stopped.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';

const run = promisify(execFile);
const START_MS = 60_000;
const OLDEST = 15;

/** Where initdb and postgres are: PG_BIN, the PATH, or the usual places, the newest first. */
export function postgresBinaries() {
  const usual = ['/usr/lib/postgresql', '/usr/pgsql', '/opt/homebrew/opt', '/usr/local/opt'].flatMap((folder) => {
    const found = existsSync(folder) ? readdirSync(folder) : [];
    const versions = found.filter(
      (name) => Number(/\d+$/.exec(name)?.[0]) >= OLDEST && /^(postgresql@)?\d+$/.test(name),
    );
    return versions
      .sort((a, b) => Number(/\d+$/.exec(b)[0]) - Number(/\d+$/.exec(a)[0]))
      .map((name) => join(folder, name, 'bin'));
  });
  const candidates = [
    process.env.PG_BIN,
    ...(process.env.PATH ?? '').split(delimiter),
    ...usual,
    '/usr/local/pgsql/bin',
  ];
  const folder = candidates.find((one) => one && existsSync(join(one, 'initdb')) && existsSync(join(one, 'postgres')));
  if (folder) return folder;
  throw new Error(
    'No PostgreSQL server found: install one (15 or later, with pgvector), or set PG_BIN or DATABASE_URL.',
  );
}

/** PostgreSQL refuses to run as root; the user its package made, or nobody, does it instead. */
function unprivileged() {
  if (process.getuid?.() !== 0) return {};
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const line = lines.find((one) => one.startsWith('postgres:')) ?? lines.find((one) => one.startsWith('nobody:'));
  if (!line) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.');
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

export class NativePostgres {
  #server;
  #user = unprivileged();

  constructor(folder, binaries, port, password, settings) {
    Object.assign(this, { folder, binaries, port, settings });
    this.url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  }

  /** Makes a cluster and starts it. `settings` are postgresql.conf's: `{ shared_buffers: '256MB' }`. */
  static async start(settings = {}) {
    const binaries = postgresBinaries();
    const folder = await mkdtemp(join(tmpdir(), 'ureg-pg-'));
    const password = randomBytes(12).toString('hex');
    const cluster = new NativePostgres(folder, binaries, await freePort(), password, settings);
    await cluster.#make(password);
    // A script that fails leaves neither server nor folder behind.
    process.once('exit', () => {
      cluster.#server?.kill('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    });
    try {
      await cluster.start();
      await cluster.#requireVector();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  get pid() {
    return this.#server?.pid;
  }

  async #make(password) {
    const { uid, gid } = this.#user;
    if (uid !== undefined) await chown(this.folder, uid, gid);
    const file = join(this.folder, 'password');
    await writeFile(file, password, { mode: 0o600 });
    if (uid !== undefined) await chown(file, uid, gid);
    await run(
      join(this.binaries, 'initdb'),
      ['-D', join(this.folder, 'data'), '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', file, '-E', 'UTF8', '--locale', 'C.UTF-8'],
      { ...this.#user, cwd: this.folder },
    ); // prettier-ignore
    await rm(file);
  }

  /** Starts it, again after `kill()`, and resolves when it takes connections. */
  async start() {
    const given = Object.entries({ fsync: 'on', listen_addresses: '127.0.0.1', ...this.settings });
    const settings = given.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const log = openSync(join(this.folder, 'log'), 'a');
    const options = ['-D', join(this.folder, 'data'), '-k', this.folder, '-p', String(this.port), ...settings];
    const until = Date.now() + START_MS;
    while (Date.now() < until) {
      // Of a cluster of its own: Ctrl-C must stop the tests first.
      const server = spawn(join(this.binaries, 'postgres'), options, {
        ...this.#user,
        cwd: this.folder,
        stdio: ['ignore', log, log],
        detached: true,
      });
      this.#server = server;
      if (await this.#answers(server, until)) return;
      // After a kill the last children may hold the shared memory for a moment longer.
      await pause(200);
    }
    throw new Error(`PostgreSQL did not start:\n${this.log().slice(-2000)}`);
  }

  async #answers(server, until) {
    while (server.exitCode === null && server.signalCode === null && Date.now() < until) {
      const client = new Client({ connectionString: this.url });
      try {
        await client.connect();
        return true;
      } catch {
        await pause(100);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
    return false;
  }

  async #requireVector() {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    const { rowCount } = await client.query(`SELECT FROM pg_available_extensions WHERE name = 'vector'`);
    await client.end();
    if (!rowCount) throw new Error(`The PostgreSQL in ${this.binaries} lacks pgvector (0.8.0 or later): install it.`);
  }

  /** What the server has written to its log. */
  log() {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }

  /** SIGKILL to the postmaster and to all its children: a crash of the whole server. */
  async kill() {
    const server = this.#server;
    const children = (await run('ps', ['-o', 'pid=', '--ppid', String(server.pid)]).catch(() => ({ stdout: '' })))
      .stdout;
    const pids = [server.pid, ...children.split('\n').map(Number).filter(Boolean)];
    const exited = once(server, 'exit');
    for (const pid of pids) {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    }
    await exited;
    while (pids.some(isAlive)) await pause(10);
  }

  /** Stops it as an upgrade does (fast: clients are put out, nothing is lost) and starts it again. */
  async restart() {
    const exited = once(this.#server, 'exit');
    this.#server.kill('SIGINT');
    await exited;
    await this.start();
  }

  /** SIGKILL to one backend: PostgreSQL puts all others out and recovers. */
  async killBackend() {
    const { stdout } = await run('ps', ['-o', 'pid=,args=', '--ppid', String(this.#server.pid)]);
    const line = stdout.split('\n').find((one) => /postgres: \w+ \S+ 127\.0\.0\.1/.test(one));
    if (line) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  }

  /** Fast shutdown, without waiting for clients, and away with the cluster. */
  async stop() {
    const server = this.#server;
    if (server && server.exitCode === null && server.signalCode === null) {
      const exited = once(server, 'exit');
      server.kill('SIGINT');
      await exited;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
