import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKey } from '../../src/gateway/keys/key-format.js';
import { ApiClient } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { ServiceProcess } from '../support/service-process.js';

let place: TestPlace;
let folder: string;
const started: ServiceProcess[] = [];

beforeAll(async () => {
  place = await testPlace();
  folder = await mkdtemp(join(tmpdir(), 'ureg-process-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((service) => service.kill()));
});
afterAll(async () => {
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

function start(
  env: Record<string, string> = {},
  options?: ConstructorParameters<typeof ServiceProcess>[1],
): ServiceProcess {
  const service = new ServiceProcess({ ...place.env, ...env }, options);
  started.push(service);
  return service;
}

describe('a start', () => {
  it('says where to look and which key to use, once', async () => {
    const first = start();
    const url = await first.url();
    await eventually('the announcement is printed', () => first.stdout.includes('Admin key'));
    const shown = /Admin key +(admin_[0-9A-Za-z]{49})/.exec(first.stdout)?.[1];
    expect(first.stdout).toContain(`API            ${url}/api/v1`);
    expect(first.stdout).toContain(`Documentation  ${url}/docs`);
    expect((await new ApiClient(url, shown).get('/api/v1/gateway/whoami')).body).toMatchObject({ type: 'admin_key' });
    expect(first.log.map((line) => JSON.stringify(line)).join()).not.toContain(shown);
    first.signal('SIGTERM');
    expect(await first.exit()).toBe(0);
    const second = start();
    await second.url();
    expect(second.stdout).not.toContain(shown);
  });

  it('leaves the key of an embedded registry where only its owner can read it', async () => {
    const { DATA_DIR } = place.env;
    if (!DATA_DIR) return;
    const service = start();
    const url = await service.url();
    const file = join(DATA_DIR, 'admin.key');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const key = (await readFile(file, 'utf8')).trim();
    expect((await new ApiClient(url, key).get('/api/v1/gateway/whoami')).status).toBe(200);
  });

  it('that is to log JSON logs nothing else, and shows a new key on standard error only', async () => {
    const own = await testPlace();
    const service = new ServiceProcess({ ...own.env, LOG_FORMAT: 'json' });
    started.push(service);
    await service.url();
    await eventually('the new key is shown', () => service.stderr.includes('Admin key'));
    for (const line of service.stdout.trim().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), msg: expect.any(String) });
    expect(service.stdout).not.toMatch(/admin_[0-9A-Za-z]{49}/);
    expect(service.stderr).toMatch(/Admin key +admin_[0-9A-Za-z]{49}/);
    await service.kill();
    await own.drop();
  });

  it('reads a .env file, over which the environment wins', async () => {
    const key = makeKey('admin_key');
    await writeFile(join(folder, '.env'), `REGISTRY_ADMIN_KEY=${key}\nMETRICS_PUBLIC=true\nLOG_LEVEL=silly\n`);
    const service = start({ LOG_LEVEL: 'info' }, { cwd: folder });
    const url = await service.url();
    expect((await new ApiClient(url, key).get('/api/v1/gateway/whoami')).status).toBe(200);
    expect((await new ApiClient(url).get('/metrics')).status).toBe(200);
  });

  it('with wrong variables ends with 78, names each in a sentence and shows no value', async () => {
    const service = start({
      PORT: 'eighty',
      REGISTRY_MASTER_KEY: 'hunter2',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      LOG_FORMAT: 'json',
    });
    expect(await service.exit()).toBe(78);
    expect(service.stderr).toBe(
      'The environment is not usable:\n' +
        '  PORT must be a whole number from 0 to 65535.\n' +
        '  DATABASE_URL must be a postgres:// or postgresql:// connection string.\n' +
        '  REGISTRY_MASTER_KEY must be 32 bytes in base64 (openssl rand -base64 32).\n',
    );
    expect(service.stdout).toBe('');
  });

  it('on a port that is taken ends with 1 and says so', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const service = start({ PORT: String(port) });
    expect(await service.exit()).toBe(1);
    expect(service.stderr).toContain(
      `The registry did not start: 127.0.0.1:${port} is taken by another process. Set PORT to a free one.\n`,
    );
    expect(service.stderr).not.toContain('    at ');
    other.close();
  });

  it('without its database shows no password, whether it waits or gives up', async () => {
    const service = start({ DATABASE_URL: 'postgres://registry:hunter2@127.0.0.1:9/registry' });
    await eventually('it says so', () => /database/i.test(service.stdout + service.stderr));
    expect(service.stdout + service.stderr).not.toContain('hunter2');
  });
});

describe('a worker', () => {
  it('runs beside the others and answers operations only', async () => {
    const service = start({}, { entry: join(process.cwd(), 'dist/src/worker.js') });
    const client = new ApiClient(await service.url());
    expect((await client.get('/health/ready')).status).toBe(200);
    expect((await client.get('/api/v1/entities')).body.code).toBe('route.not_here');
  });
});

describe('npm run openapi', () => {
  it('writes the document without a database', async () => {
    const writer = new ServiceProcess(
      { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/x' },
      { cwd: folder, entry: join(process.cwd(), 'dist/src/openapi.js') },
    );
    expect(await writer.exit()).toBe(0);
    expect(await readFile(join(folder, 'openapi.json'), 'utf8')).toBe(await readFile('openapi.json', 'utf8'));
  });
});
