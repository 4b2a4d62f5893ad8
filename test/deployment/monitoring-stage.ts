import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { makeKey } from '../../src/gateway/keys/key-format.js';
import { ApiClient } from '../support/api-client.js';
import type { Answer, Json } from '../support/api-client.js';
import { eventually } from '../support/processes.js';
import { ServiceProcess } from '../support/service-process.js';

/** The service with something of everything in it, and a Prometheus that scrapes it each second. */
export class MonitoringStage {
  api: ApiClient;
  private service: ServiceProcess;
  private prometheus?: ChildProcess;
  private url: string;
  private folder: string;
  private target: Server;
  private poor: ApiClient;

  static async set(): Promise<MonitoringStage> {
    const stage = new MonitoringStage();
    stage.folder = await mkdtemp(join(tmpdir(), 'ureg-monitoring-'));
    const key = makeKey('admin_key');
    stage.service = new ServiceProcess({
      DATA_DIR: join(stage.folder, 'data'),
      REGISTRY_ADMIN_KEY: key,
      LOG_FORMAT: 'json',
      METRICS_PUBLIC: 'true',
      OUTBOUND_ALLOWED_HOSTS: '127.0.0.1',
    });
    try {
      stage.api = new ApiClient(await stage.service.url(), key);
    } catch (error) {
      await stage.clear();
      throw error;
    }
    return stage;
  }

  /** One of what each metric counts. */
  async fill(): Promise<void> {
    this.target = createServer((_, answer) => answer.end('well')).listen(0, '127.0.0.1');
    await once(this.target, 'listening');
    const port = (this.target.address() as AddressInfo).port;
    const probe = { type: 'http', target: `http://127.0.0.1:${port}/`, interval: 1 };
    // What is not meant to run is not probed.
    const service = made(await this.api.post('/api/v1/entities', { type: 'service', name: 'watched', status: 'running', spec: { health_check: probe } })); // prettier-ignore
    made(await this.api.post(`/api/v1/services/${service.id}/instances`, { host: '127.0.0.1', port }));
    const node = made(await this.api.post('/api/v1/grid/nodes', { name: 'worker', host: '127.0.0.1', port }));
    made(await this.api.post(`/api/v1/grid/nodes/${node.id}/activate`));
    const rate_limit = { limit: 1, window_seconds: 3600 };
    const { key } = made(await this.api.post('/api/v1/gateway/keys', { name: 'poor', type: 'service_key', permissions: ['read:*'], rate_limit })); // prettier-ignore
    this.poor = this.api.as(key);
    // All it may: whatever it asks from here on is refused.
    made(await this.poor.get('/api/v1/gateway/whoami'));
  }

  /** What changes figures, once. */
  async stir(): Promise<void> {
    await this.api.post('/api/v1/entities', { type: 'service', name: `stirred-${process.hrtime.bigint()}` });
    await this.api.get('/api/v1/entities?limit=1');
    await this.api.get('/api/v1/entities/svc_nobody');
    await this.poor.get('/api/v1/gateway/whoami');
    await this.api.post('/api/v1/grid/balance', {});
  }

  async startPrometheus(): Promise<void> {
    const config = {
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'universal-registry', static_configs: [{ targets: [new URL(this.api.url).host] }] }],
    };
    await writeFile(join(this.folder, 'prometheus.yml'), stringify(config));
    const { port } = await freeAddress();
    this.url = `http://127.0.0.1:${port}`;
    this.prometheus = spawn(
      'prometheus',
      [
        `--config.file=${join(this.folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(this.folder, 'tsdb')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    await eventually('Prometheus is ready', () => fetch(`${this.url}/-/ready`).then((one) => one.ok, () => false)); // prettier-ignore
  }

  /** The values of an instant query; throws what Prometheus says of a wrong one. */
  async query(expression: string): Promise<number[]> {
    const answer = await fetch(`${this.url}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`);
    const { data, error } = (await answer.json()) as Json;
    if (error) throw new Error(`${expression}: ${error}`);
    return data.result.map(({ value }: { value: [number, string] }) => Number(value[1]));
  }

  async clear(): Promise<void> {
    if (this.prometheus) {
      const ended = once(this.prometheus, 'exit');
      this.prometheus.kill('SIGKILL');
      await ended;
    }
    await this.service.kill();
    this.target?.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function made({ status, body }: Answer): Json {
  if (status >= 300) throw new Error(`Answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

async function freeAddress(): Promise<AddressInfo> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return address;
}
