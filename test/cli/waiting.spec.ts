import { useFixture } from './support/fixture.js';
import type { Ended } from './support/program.js';
import { KIND_ENTRY } from './support/stub-kinds.js';
import { becomes } from './support/stub-waiting.js';

jest.setTimeout(120_000);

const fixture = useFixture();
const GET = `GET /api/v1/services/${KIND_ENTRY.id}`;

const get = (...more: string[]): Promise<Ended> => fixture.ureg(['service', 'get', 'svc_checkout', ...more]);

describe('get --wait', () => {
  it('shows the entry as soon as the condition holds: of a state, a field, a field inside', async () => {
    becomes(fixture.stub, { status: 'created' }, { status: 'installed' }, { status: 'running', health: 'unknown' });
    const ended = await get('--wait=running', '-o', 'json');
    expect([ended.code, ended.stderr, (JSON.parse(ended.stdout) as { status: string }).status]).toEqual([
      0,
      '',
      'running',
    ]);
    expect(fixture.requests()).toEqual(['GET /api/v1/services/svc_checkout', GET, GET]);
    for (const [condition, looks] of [
      ['health=degraded', [{}, { health: 'degraded' }]],
      ['instances.passing=2', [{ instances: { passing: 1 } }, { instances: { passing: 2 } }]],
      ['metadata.ready=true', [{}, { metadata: { ready: true } }]],
    ] as const) {
      becomes(fixture.stub, ...looks);
      fixture.stub.seen.length = 0;
      expect(await get(`--wait=${condition}`)).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringContaining('svc_checkout'),
      });
      expect(fixture.requests()).toHaveLength(2);
    }
  });

  it('ends with 10 when --timeout is over, and says what it is', async () => {
    becomes(fixture.stub, { status: 'installed' });
    expect(await get('--wait=running', '--timeout', '700ms')).toMatchObject({
      code: 10,
      stdout: '',
      stderr:
        'error: status of svc_checkout did not become running within 0.7 s\nreason: it is installed, its health healthy\n' +
        'next: ureg service get svc_checkout   (or give it longer with --timeout)\n',
    });
    const json = await get('--wait=owner=null', '--timeout', '300ms', '-o', 'json');
    expect([json.code, json.stdout]).toEqual([10, '']);
    expect(JSON.parse(json.stderr)).toMatchObject({
      error: {
        code: 'cli.wait_unmet',
        message: 'owner of svc_checkout did not become null within 0.3 s',
        details: { id: KIND_ENTRY.id, key: 'svc_checkout', condition: 'owner=null', is: 'shop' },
      },
    });
  });

  it('waits until it is gone, and is right when it is already', async () => {
    becomes(fixture.stub, {}, {}, 404);
    expect(await get('--wait=deleted')).toMatchObject({ code: 0, stdout: 'svc_checkout is deleted\n', stderr: '' });
    becomes(fixture.stub, 404);
    const json = await get('--wait=deleted', '--json=key,status');
    expect(JSON.parse(json.stdout)).toEqual({ key: 'svc_checkout', status: 'deleted' });
    becomes(fixture.stub, {});
    expect((await get('--wait=deleted', '--timeout', '300ms')).stderr).toBe(
      'error: svc_checkout was not deleted within 0.3 s\nreason: it is running, its health healthy\n' +
        'next: ureg service get svc_checkout   (or give it longer with --timeout)\n',
    );
    // A page of something in front of the registry is no word of the registry's.
    fixture.stub.override = (_, response) => !!response.writeHead(404).end('<h1>Not found</h1>');
    expect((await get('--wait=deleted')).code).toBe(3);
  });

  it('of what is not there, or no more, ends with 3', async () => {
    becomes(fixture.stub, 404);
    expect(await get('--wait=running')).toMatchObject({ code: 3, stderr: expect.stringContaining('No service.') });
    becomes(fixture.stub, { status: 'created' }, 404);
    expect(await get('--wait=running')).toMatchObject({ code: 3, stdout: '' });
  });

  it('goes on when the server is away for a moment, and says so when it stays away', async () => {
    const once = ['--retries', '0'];
    becomes(fixture.stub, { status: 'created' }, 'lost', { status: 'running' });
    expect(await get('--wait=running', ...once)).toMatchObject({ code: 0, stderr: '' });
    becomes(fixture.stub, { status: 'created' }, 503, { status: 'running' });
    expect(await get('--wait=running', ...once)).toMatchObject({ code: 0, stderr: '' });
    becomes(fixture.stub, { status: 'created' }, 503);
    expect(await get('--wait=running', '--timeout', '1s', ...once)).toMatchObject({ code: 7, stdout: '' });
    becomes(fixture.stub, { status: 'created' }, 'lost');
    expect(await get('--wait=running', '--timeout', '1s', ...once)).toMatchObject({ code: 6, stdout: '' });
    becomes(fixture.stub, 'lost');
    expect(await get('--wait=running', ...once)).toMatchObject({ code: 6, ms: expect.any(Number) });
  });

  it('is the same for any entry, and for the value of a key as it holds', async () => {
    becomes(fixture.stub, { status: 'pending' }, { status: 'archived' });
    expect((await fixture.ureg(['get', 'model_a', '--wait=archived', '-q'])).stdout).toBe(`${KIND_ENTRY.id}\n`);
    expect(fixture.requests()[0]).toBe('GET /api/v1/entities/model_a');
    fixture.stub.seen.length = 0;
    becomes(fixture.stub, { value: 20 }, { value: 40 });
    expect((await fixture.ureg(['config', 'get', 'db.pool.size', '-e', 'prod', '--wait=value=40'])).stdout).toBe(
      '40\n',
    );
    expect(new Set(fixture.requests())).toEqual(new Set(['GET /api/v1/config/db.pool.size?environment=prod']));
  });
});

describe('a condition', () => {
  it.each([
    [['service', 'get', 'x', '--wait=runing'], 'status of a service is never "runing"', 'did you mean running?'],
    [
      ['service', 'start', 'x', '--wait=active'],
      'status of a service is never "active"',
      'it is one of created, installed',
    ],
    [
      ['grid', 'drain', 'x', '--wait=health=ok'],
      'health of a node is never "ok"',
      'healthy, degraded, unhealthy, unknown',
    ],
    [['engine', 'scale', 'x', '4', '--wait=capacity.now=4'], 'capacity has no field "now"', 'it has min, max, current'],
    [['plugin', 'create', 'x', '--wait=helth=healthy'], 'a plugin has no field "helth"', 'did you mean health?'],
    [
      ['service', 'update', 'x', '--owner', 'a', '--wait=owner='],
      'names no value',
      'owner=null waits until it is empty',
    ],
    [['service', 'update', 'x', '--owner', 'a', '--wait=deleted'], 'is waited for by get and delete only', ''],
    [['service', 'delete', 'x', '--yes', '--wait=running'], 'delete waits for deleted only', 'ureg help waiting'],
    [['update', 'x', '--owner', 'a', '--wait==a'], 'names no field', 'write a state, field=value'],
    [['get', 'x', '--wait='], '--wait= says nothing after "="', ''],
    [['service', 'get', 'x', '--wait'], '--wait needs a condition here', 'it stands behind "="'],
    [['component', 'enable', 'x', '--wait'], '--wait needs a condition here', 'ureg help waiting'],
    [['service', 'delete', 'x', '--yes', '--wait'], '--wait needs a condition here', '--wait=deleted'],
    [['service', 'start', 'x', '--wait', 'running'], 'too many arguments', '--wait takes a value behind "=" only'],
    [['service', 'get', 'x', '--wait=running', '-o', 'xml'], 'xml', ''],
    [['service', 'get', 'x', '--wait=running', '--fields', 'stat'], 'unknown field "stat"', 'fields: '],
    [['service', 'get', 'x', '--wait=deleted', '--fields', 'owner'], 'unknown field "owner"', 'fields: index, status'],
    [['health', '--wait=healthy'], 'unknown option', ''],
  ])('%j is refused before anything is asked', async (args, why, reason) => {
    const ended = await fixture.ureg(args);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toContain(why);
    expect(ended.stderr).toContain(reason);
    expect(fixture.stub.seen).toEqual([]);
  });

  it('is no other word: --wait leaves the one that follows an argument', async () => {
    expect((await fixture.ureg(['service', 'stop', '--wait', 'svc_checkout'])).code).toBe(0);
    expect(fixture.requests()).toEqual(['POST /api/v1/services/svc_checkout/stop']);
    becomes(fixture.stub, {});
    expect((await fixture.ureg(['service', 'get', '--wait=running', 'svc_checkout'])).code).toBe(0);
    expect(await fixture.ureg(['service', 'create', 'checkout', '--wait', 'running'])).toMatchObject({ code: 2 });
    expect(fixture.stub.writes.map(({ path }) => path)).toEqual(['/api/v1/services/svc_checkout/stop']);
  });

  it('of service discover --wait is a time, as ever', async () => {
    await fixture.ureg(['service', 'discover', 'checkout', '--index', '5', '--wait', '30s']);
    expect(fixture.requests()[0]).toContain('wait=30');
  });

  it('is told of by a topic of the help', async () => {
    const { code, stdout } = await fixture.ureg(['help', 'waiting']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^What --wait waits for\n[^]*--wait=deleted[^]*exit code 10/);
    expect((await fixture.ureg(['service', 'start', '--help'])).stdout).toMatch(
      /--wait\[=<condition>\] +until the driver/,
    );
  });
});
