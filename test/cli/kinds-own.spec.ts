import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { useFixture } from './support/fixture.js';
import { INSTANCE } from './support/stub-kinds.js';
import type { Seen } from './support/stub-registry.js';

jest.setTimeout(120_000);

const fixture = useFixture({ here: true });

/** What was sent: method, path, body. */
const sent = (): unknown[] =>
  fixture.stub.writes.map(({ method, path, body }) => [method, path, body ? JSON.parse(body) : undefined]);

describe('discovery', () => {
  it('prints addresses for programs, IPv6 in brackets', async () => {
    fixture.stub.override = (_, response) => {
      const six = { ...INSTANCE, id: 'i-2', host: 'fd00::1' };
      response.setHeader('content-type', 'application/json').end(JSON.stringify([INSTANCE, six]));
      return true;
    };
    const ended = await fixture.ureg(['service', 'discover', 'x', '--zone', 'a', '-o', 'name']);
    expect(ended.stdout).toBe('10.0.3.17:8080\n[fd00::1]:8080\n');
    expect(fixture.requests()).toEqual(['GET /api/v1/services/x/instances?healthy=true&zone=a']);
    await fixture.ureg(['service', 'instances', 'register', 'x', '[fd00::1]:80', '--ttl', '15s', '--weight', '2']);
    expect(sent()).toEqual([
      ['POST', '/api/v1/services/x/instances', { host: 'fd00::1', port: 80, ttl_seconds: 15, weight: 2 }],
    ]);
  });

  it('without a service lists the instances of all that match, and refuses what only one service has', async () => {
    const ended = await fixture.ureg(['service', 'discover', '--type', 'api', '--tag', 'shop', '-o', 'name']);
    expect(ended.stdout).toBe('10.0.3.17:8080\n');
    expect(fixture.requests()).toEqual([
      'GET /api/v1/services/discover?healthy=true&tag=shop&type=api&limit=1000&offset=0',
    ]);
    expect((await fixture.ureg(['service', 'discover', '-w'])).code).toBe(2);
    expect((await fixture.ureg(['service', 'discover', 'x', '--type', 'api'])).code).toBe(2);
  });

  it('waits for a change behind the index of the answer before, and shows each', async () => {
    const waits: (string | null)[] = [];
    fixture.stub.override = ({ query }: Seen, response) => {
      waits.push(query.get('index'));
      if (waits.length > 3) return true; // nothing changes any more
      const host = waits.length === 1 ? 'a' : 'b';
      response.setHeader('x-index', String(waits.length)).setHeader('content-type', 'application/json');
      response.end(JSON.stringify([{ ...INSTANCE, host }]));
      return true;
    };
    const child = fixture.program.start(['service', 'discover', 'x', '-w', '-o', 'name'], {
      env: { UREG_SERVER: fixture.stub.url, UREG_TOKEN: 'k' },
    });
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    while (waits.length < 4) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    await new Promise((resolve) => child.on('close', resolve));
    expect([out, waits]).toEqual(['a:8080\nb:8080\n', [null, '1', '2', '3']]);
  });
});

describe('work for an engine', () => {
  it('is submitted, leased and ended in the words of the API', async () => {
    const submit = ['engine', 'workload', 'submit', 'e', 'train', '--priority', 'high', '--gpu', '--max-attempts', '5'];
    await fixture.ureg([...submit, '--payload', '{"model":"m"}', '--task-timeout', '10m']);
    await fixture.ureg(['engine', 'workload', 'lease', 'e', '--worker', 'w', '--count', '2', '--for', '1m']);
    await fixture.ureg(['engine', 'workload', 'complete', 'e', 'w1', '--lease', 't', '--result', 'accuracy: 0.9']);
    await fixture.ureg(['engine', 'workload', 'fail', 'e', 'w1', '--lease', 't', '--error', 'oom', '--final']);
    expect(sent()).toEqual([
      [
        'POST',
        '/api/v1/engines/e/workloads',
        {
          task: 'train',
          priority: 'high',
          payload: { model: 'm' },
          requires: { gpu: true },
          max_attempts: 5,
          timeout_seconds: 600,
        },
      ],
      ['POST', '/api/v1/engines/e/workloads/lease', { worker: 'w', count: 2, lease_seconds: 60 }],
      ['POST', '/api/v1/engines/e/workloads/w1/complete', { lease_token: 't', result: { accuracy: 0.9 } }],
      ['POST', '/api/v1/engines/e/workloads/w1/fail', { lease_token: 't', error: 'oom', retry: false }],
    ]);
  });
});

describe('what a driver was asked to do', () => {
  it('is reported in the words of the API', async () => {
    const ended = await fixture.ureg(['service', 'operations', 'report', 'x', 'o', 'failed', '--message', 'no image']);
    expect(ended.stdout).toBe('start of x running\n');
    expect(sent()).toEqual([
      ['POST', '/api/v1/services/x/operations/o/report', { status: 'failed', message: 'no image' }],
    ]);
  });

  it('is signed with a secret that no output may lose', async () => {
    expect((await fixture.ureg(['engine', 'driver', 'secret', 'x', '-q'])).code).toBe(2);
    expect(sent()).toEqual([]);
    expect((await fixture.ureg(['engine', 'driver', 'secret', 'x'])).stdout).toMatch(/^whsec_\w+\n$/);
  });
});

describe('what a host offers', () => {
  it('is told as it is written: a version is no number', async () => {
    await fixture.ureg(['plugin', 'facts', 'report', 'build-1', 'python=3.10', 'docker=true']);
    await fixture.ureg(['plugin', 'facts', 'report', '--here', 'python=3.10']);
    expect(sent()).toEqual([
      ['PUT', '/api/v1/system/facts', { host: 'build-1', facts: { python: '3.10', docker: true } }],
      [
        'PUT',
        '/api/v1/system/facts',
        {
          host: hostname(),
          facts: { node: process.versions.node, os: process.platform, arch: process.arch, python: '3.10' },
        },
      ],
    ]);
    expect((await fixture.ureg(['plugin', 'facts', 'report', 'build-1', 'python'])).code).toBe(2);
    expect((await fixture.ureg(['plugin', 'facts', 'report', 'build-1'])).code).toBe(2);
  });
});

describe('registries', () => {
  it('are shown as a tree, and moved', async () => {
    expect((await fixture.ureg(['registry', 'tree', 'shop'])).stdout).toBe(
      'REGISTRY\tLEVEL\tSTATUS\tENTRIES\ncheckout\tproject\trunning\t4\n└─ eu\tproject\trunning\t-\n   └─ test\tproject\trunning\t-\n',
    );
    await fixture.ureg(['registry', 'move', 'eu', 'shop']);
    await fixture.ureg(['registry', 'move', 'eu', '--top']);
    expect(sent()).toEqual([
      ['POST', '/api/v1/registries/eu/move', { parent_id: 'shop' }],
      ['POST', '/api/v1/registries/eu/move', { parent_id: null }],
    ]);
  });
});

describe('the manifest of a plugin', () => {
  const manifest = '# mine\napiVersion: plugin.nexuspro.io/v1\nkind: Plugin\n';

  it('is sent as it is written, found in its folder', async () => {
    const folder = join(fixture.program.home, 'fraud');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'plugin.yaml'), manifest);
    writeFileSync(join(folder, 'other.json'), '{"apiVersion":"plugin.nexuspro.io/v1"}');
    await fixture.ureg(['plugin', 'register', 'fraud']);
    await fixture.ureg(['plugin', 'register', '-'], { stdin: '{"name":"a"}' });
    await fixture.ureg(['plugin', 'discover', 'fraud']);
    await fixture.ureg(['plugin', 'discover', 'https://a.example/p.yaml']);
    expect(fixture.stub.writes.map(({ path, body, headers }) => [path, headers['content-type'], body])).toEqual([
      ['/api/v1/plugins/register', 'application/yaml', manifest],
      ['/api/v1/plugins/register', 'application/json', '{"name":"a"}'],
      ['/api/v1/plugins/discover', 'application/yaml', `{"apiVersion":"plugin.nexuspro.io/v1"}\n---\n${manifest}`],
      ['/api/v1/plugins/discover', 'application/json', '{"urls":["https://a.example/p.yaml"]}'],
    ]);
    expect(await fixture.ureg(['plugin', 'register', '.'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('holds no manifest'),
    });
  });
});
