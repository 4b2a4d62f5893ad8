// The stage of `prove:deploy`: PostgreSQL, a PgBouncer before it if wanted, a worker and three replicas of the API as k8s/ has
// them, and HAProxy before those, which asks for readiness as a cluster's endpoints do.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { makeKey } from '../../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from '../native-postgres.mjs';
import { ServiceProcess, freePort } from '../service-process.mjs';

const run = promisify(execFile);
const MIGRATE = fileURLToPath(new URL('../../dist/src/migrate.js', import.meta.url));
const POOLER = new URL('../../k8s/components/cnpg/pooler.yaml', import.meta.url);
const SETTINGS = new URL('../../k8s/base/settings.env', import.meta.url);
const REPLICAS = 3;

export class Stage {
  key = makeKey('admin_key');
  apis = [];
  /** Its answers may be the balancer's own. */
  balanced = true;
  #programs = [];

  static async set({ pooler }) {
    const stage = new Stage();
    // A proof that fails leaves nothing running.
    process.once('exit', () => stage.#killAll());
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
    try {
      await stage.#set(pooler);
    } catch (error) {
      await stage.clear();
      throw error;
    }
    return stage;
  }

  async #set(pooler) {
    this.folder = await mkdtemp(join(tmpdir(), 'ureg-deploy-'));
    // PgBouncer runs as somebody else.
    await chmod(this.folder, 0o755);
    this.cluster = await NativePostgres.start({ max_connections: 200 });
    const env = { REGISTRY_ADMIN_KEY: this.key, MIGRATE_ON_START: 'false', ...(await settings()) };
    env.DATABASE_URL = pooler ? await this.#startPooler() : this.cluster.url;
    if (pooler) env.DATABASE_DIRECT_URL = this.cluster.url;
    // As the Job does, before anything else.
    await run(process.execPath, [MIGRATE, 'run'], { env: { PATH: process.env.PATH, DATABASE_URL: this.cluster.url } });
    const roles = ['worker', ...Array.from({ length: REPLICAS }, () => 'api')];
    const services = await Promise.all(
      roles.map(async (ROLE) => new ServiceProcess(await freePort(), { ...env, ROLE })),
    );
    [this.worker, ...this.apis] = services;
    await Promise.all(services.map((service) => service.start()));
    await this.#startBalancer();
  }

  async #startPooler() {
    const port = await freePort();
    const { port: database, password } = new URL(this.cluster.url);
    const { spec } = parse(await readFile(POOLER, 'utf8'));
    const lines = [
      '[databases]',
      `postgres = host=127.0.0.1 port=${database} dbname=postgres user=postgres password=${password}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = any',
      `pool_mode = ${spec.pgbouncer.poolMode}`,
      ...Object.entries(spec.pgbouncer.parameters).map(([name, value]) => `${name} = ${value}`),
    ];
    const file = join(this.folder, 'pgbouncer.ini');
    await writeFile(file, lines.join('\n'));
    await this.#program('pgbouncer', process.getuid() === 0 ? ['-q', '-u', 'postgres', file] : ['-q', file]);
    return `postgres://postgres@127.0.0.1:${port}/postgres`;
  }

  async #startBalancer() {
    const port = await freePort();
    const servers = this.apis.map(({ port: to }, n) => `  server api${n} 127.0.0.1:${to}`);
    const lines = [
      'defaults',
      '  mode http',
      '  timeout connect 2s',
      '  timeout client 60s',
      '  timeout server 60s',
      '  timeout http-keep-alive 60s',
      // As k8s/ has it: who is slow to say how it is is not gone.
      '  timeout check 3s',
      '  timeout queue 5s',
      // Another server only where the first one took nothing of the request: whatever it was, it is sent once.
      '  retries 3',
      '  retry-on conn-failure',
      '  option redispatch 1',
      'listen registry',
      `  bind 127.0.0.1:${port}`,
      '  balance leastconn',
      '  option httpchk GET /health/ready',
      '  default-server check inter 250ms fall 1 rise 1 maxconn 200',
      ...servers,
    ];
    const file = join(this.folder, 'haproxy.cfg');
    await writeFile(file, `${lines.join('\n')}\n`);
    await this.#program('haproxy', ['-q', '-db', '-f', file]);
    this.url = `http://127.0.0.1:${port}`;
    await this.answers();
  }

  async #program(name, args) {
    const child = spawn(name, args, { stdio: ['ignore', 'ignore', 2] });
    this.#programs.push(child);
    const failed = once(child, 'error').then(([error]) => error);
    const error = await Promise.race([failed, pause(500)]);
    if (error || child.exitCode !== null) throw new Error(`${name} does not run: ${error?.message ?? child.exitCode}`);
  }

  /** Until somebody answers through the balancer; milliseconds. */
  async answers() {
    const began = performance.now();
    while (!(await fetch(`${this.url}/health/ready`).catch(() => undefined))?.ok) {
      if (performance.now() - began > 120_000) throw new Error('Nobody answers through the balancer.');
      await pause(50);
    }
    return performance.now() - began;
  }

  /** Memory that each process holds, in MiB: `[worker, api, api, api]`. */
  async memory() {
    const pids = [this.worker, ...this.apis].map(({ pid }) => pid);
    const { stdout } = await run('ps', ['-o', 'pid=,rss=', '-p', pids.join(',')]);
    const held = new Map(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/\s+/).map(Number)),
    );
    return pids.map((pid) => Math.round(held.get(pid) / 1024));
  }

  #killAll() {
    for (const service of [...this.apis, this.worker]) if (service?.running) process.kill(service.pid, 'SIGKILL');
    for (const child of this.#programs) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async clear() {
    await Promise.all([...this.apis, this.worker].map((service) => service?.stop()));
    for (const child of this.#programs) child.kill('SIGKILL');
    await this.cluster?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** What the pods get, but where they listen and how they log. */
async function settings() {
  const lines = (await readFile(SETTINGS, 'utf8')).split('\n').filter((line) => /^\w+=/.test(line));
  const all = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  const { HOST: _host, PORT: _port, LOG_LEVEL: _level, ...kept } = all;
  return kept;
} // prettier-ignore
