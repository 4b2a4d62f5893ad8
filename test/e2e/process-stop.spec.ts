import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeKey } from '../../src/gateway/keys/key-format.js';
import { ApiClient } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { ServiceProcess } from '../support/service-process.js';

const key = makeKey('admin_key');
const MAIN = join(process.cwd(), 'dist/src/main.js');
/** As npm and its shell do: a signal ends them, and nobody tells the program. */
const NPM = `
import { spawn } from 'node:child_process';
const env = { ...process.env, npm_lifecycle_event: 'start' };
spawn(process.execPath, [process.env.MAIN], { stdio: 'inherit', env });
`;
let place: TestPlace;
let service: ServiceProcess;
let api: ApiClient;

beforeAll(async () => {
  place = await testPlace();
});
afterEach(() => service.kill());
afterAll(() => place.drop());

async function start(env: Record<string, string> = {}): Promise<void> {
  service = new ServiceProcess({ ...place.env, REGISTRY_ADMIN_KEY: key, LOG_FORMAT: 'json', ...env });
  api = new ApiClient(await service.url(), key);
}

/** A POST of which only the head and half the body have been sent. */
async function half(name: string): Promise<{ socket: Socket; finish: () => Promise<string> }> {
  const body = JSON.stringify({ type: 'service', name });
  const { port, hostname } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (data) => (answer += data.toString()));
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(answer)));
  await new Promise((resolve) => socket.once('connect', resolve));
  const head = `POST /api/v1/entities HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  await new Promise((resolve) => socket.write(head + body.slice(0, 10), resolve));
  // So that the service has begun with it.
  await api.get('/health/live');
  return {
    socket,
    finish: () => {
      socket.write(body.slice(10));
      return closed;
    },
  };
}

const refuses = (): Promise<boolean> =>
  api.get('/health/live').then(
    () => false,
    () => true,
  );

describe('a stop', () => {
  it('turns readiness first, then takes no connection more, answers what is running, and ends with 0', async () => {
    await start({ DRAIN_DELAY_MS: '1500' });
    const running = await half('in-flight');
    service.signal('SIGTERM');
    await eventually('readiness has turned', async () => (await api.get('/health/ready')).status === 503, 1400);
    // Load balancers still send for a while, and are served.
    expect((await api.post('/api/v1/entities', { type: 'service', name: 'late' })).status).toBe(201);
    await eventually('new connections are refused', refuses);
    const answer = await running.finish();
    expect(answer).toContain('HTTP/1.1 201 Created');
    expect(await service.exit()).toBe(0);
    expect(service.log.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['stopping: answering what is running', 'stopped']),
    );
    expect(service.log.filter(({ level }) => level === 'error')).toEqual([]);
    await start();
    expect((await api.get('/api/v1/entities/svc_in-flight')).status).toBe(200);
  });

  it('lets go of event streams', async () => {
    await start();
    const stream = await api.fetch('GET', '/api/v1/events', undefined, { accept: 'text/event-stream' });
    expect(stream.status).toBe(200);
    const ended = stream.text().then(() => true);
    service.signal('SIGINT');
    expect(await service.exit()).toBe(0);
    expect(await ended).toBe(true);
  });

  it('lets go of connections that were opened in advance and never used', async () => {
    await start();
    const { port, hostname } = new URL(api.url);
    const unused = connect(Number(port), hostname);
    const gone = new Promise<void>((resolve) => unused.once('close', () => resolve()));
    await new Promise((resolve) => unused.once('connect', resolve));
    service.signal('SIGTERM');
    expect(await service.exit()).toBe(0);
    await gone;
  });

  it('cuts off what takes longer than SHUTDOWN_TIMEOUT_MS, and ends with 1', async () => {
    await start({ SHUTDOWN_TIMEOUT_MS: '500' });
    const stuck = await half('stuck');
    const cut = new Promise((resolve) => stuck.socket.once('close', resolve));
    const startedAt = performance.now();
    service.signal('SIGTERM');
    expect(await service.exit()).toBe(1);
    expect(performance.now() - startedAt).toBeGreaterThan(450);
    await cut;
    expect(service.log.at(-1)).toMatchObject({
      level: 'error',
      msg: 'the drain took too long; what still runs is cut off',
    });
  });

  it('asked for twice does not wait', async () => {
    await start({ DRAIN_DELAY_MS: '60000' });
    service.signal('SIGTERM');
    await eventually('it has heard the first', async () => (await api.get('/health/ready')).status === 503);
    service.signal('SIGTERM');
    expect(await service.exit()).toBe(1);
  });

  it('of `npm start` alone stops the service too, which npm has told nothing', async () => {
    const npm = join(await mkdtemp(join(tmpdir(), 'ureg-npm-')), 'npm.mjs');
    await writeFile(npm, NPM);
    service = new ServiceProcess({ ...place.env, REGISTRY_ADMIN_KEY: key, LOG_FORMAT: 'json', MAIN }, { entry: npm });
    api = new ApiClient(await service.url(), key);
    const running = await half('npm-is-gone');
    service.signal('SIGTERM');
    await eventually('nobody is let in', refuses);
    expect(await running.finish()).toContain('HTTP/1.1 201');
    // Of who started it and of it: the latter holds the former's output open.
    await service.exit();
    expect(service.log.at(-1)).toMatchObject({ msg: 'stopped' });
    await rm(dirname(npm), { recursive: true });
  });
});
