import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useFixture } from './support/fixture.js';
import { CONFIG, HEALTH, KIND_ENTRY } from './support/stub-kinds.js';

jest.setTimeout(120_000);

const fixture = useFixture();

/** What was sent: method, path, body. */
const sent = (): unknown[] =>
  fixture.stub.writes.map(({ method, path, body }) => [method, path, body ? JSON.parse(body) : undefined]);

describe('an entry of a kind', () => {
  it('is made of the flags of its kind, its fields at the top level', async () => {
    const service = ['--port', 'http=8080/https', '--port', '9090', '--check', 'http=https://a.example/healthz'];
    await fixture.ureg(['service', 'create', 'checkout', '1.2.0', ...service, '--set', 'health_check.interval=5']);
    await fixture.ureg(['engine', 'create', 'e', '--min', '1', '--max', '10', '--memory', '4Gi', '--gpu']);
    await fixture.ureg(['plugin', 'create', 'p', '1.0.0', '--requires', 'store>=1.2.0', '--mesh-port', '80']);
    expect(sent().map((one) => (one as unknown[])[2])).toEqual([
      {
        name: 'checkout',
        version: '1.2.0',
        ports: [{ name: 'http', port: 8080, protocol: 'https' }, { port: 9090 }],
        health_check: { type: 'http', target: 'https://a.example/healthz', interval: 5 },
      },
      { name: 'e', capacity: { min: 1, max: 10 }, resources: { memory: '4Gi' }, gpu_enabled: true },
      {
        name: 'p',
        version: '1.0.0',
        dependencies: { plugins: ['store>=1.2.0'] },
        mesh_integration: { port: 80 },
      },
    ]);
  });

  it('lacking what its kind needs is refused by the name of the flag when nobody can be asked', async () => {
    for (const flag of ['--no-input', '--json']) {
      expect(await fixture.ureg(['component', 'create', 'db', '--type', 'database', flag])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('missing required flag --provider'),
      });
    }
    expect(fixture.stub.seen).toEqual([]);
  });

  it('is read from files, one or many of them; what is refused of many does not stop the others', async () => {
    writeFileSync(join(fixture.program.home, 'reg.yaml'), 'name: a\nlevel: root\n---\nname: b\n---\nname: c\n');
    fixture.stub.override = ({ body }, response) => {
      if (!body.includes('"b"')) return false;
      response.writeHead(422, { 'content-type': 'application/problem+json' }).end('{"detail":"no level"}');
      return true;
    };
    const ended = await fixture.ureg(['registry', 'create', '-f', 'reg.yaml']);
    expect(ended).toMatchObject({ code: 9, stderr: '2 of 3 created\n' });
    expect(ended.stdout).toContain('failed\tb\tno level');
    expect(sent()).toHaveLength(3);
  });

  it('is changed by a merge patch; --unset reaches inside, --replace puts', async () => {
    await fixture.ureg(['service', 'update', 'checkout', '--unset', 'owner', '--unset', 'health_check.target']);
    await fixture.ureg(['service', 'update', 'checkout', '--replace', '--data', 'name: x', '--if-match', '3']);
    expect(sent()).toEqual([
      ['PATCH', '/api/v1/services/checkout', { owner: null, health_check: { target: null } }],
      ['PUT', '/api/v1/services/checkout', { name: 'x' }],
    ]);
    expect(fixture.stub.seen[1]?.headers['if-match']).toBe('"3"');
  });

  it('is listed by the filters of its kind', async () => {
    await fixture.ureg(['component', 'list', 'ai-ml', '--type', 'cache', '--provider', 'redis', '--limit', '5']);
    await fixture.ureg(['engine', 'list', '--gpu-enabled', 'true', '--registry', 'reg_a', '--recursive', '--all']);
    expect(fixture.requests()).toEqual([
      'GET /api/v1/components?type=cache&feature=ai-ml&provider=redis&limit=5&count=exact',
      'GET /api/v1/engines?gpu_enabled=true&registry=reg_a&recursive=true&limit=1000&count=exact',
    ]);
  });

  it('that is not there names the list of its kind', async () => {
    fixture.stub.reset(404);
    expect(await fixture.ureg(['engine', 'get', 'x'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('next: ureg engine list'),
    });
  });
});

describe('a verb', () => {
  it('sends what it was given, and tells the state it led to', async () => {
    const ended = await fixture.ureg(['plugin', 'deprecate', 'a', '--successor', 'plugin_b', '--cascade']);
    expect(ended.stdout).toBe(`${KIND_ENTRY.key} is running\n`);
    await fixture.ureg(['plugin', 'enable', 'a', '--input', 'force=true', '--if-match', '4']);
    expect(sent()).toEqual([
      ['POST', '/api/v1/plugins/a/deprecate', { successor: 'plugin_b' }],
      ['POST', '/api/v1/plugins/a/activate', { force: true }],
    ]);
    expect(fixture.requests()[0]).toBe('POST /api/v1/plugins/a/deprecate?cascade=true');
  });

  it('dry, asks the registry what would happen', async () => {
    const ended = await fixture.ureg(['service', 'start', 'checkout', '-n']);
    expect(ended).toMatchObject({ code: 0, stdout: 'start would move checkout from installed to running\n' });
    expect(fixture.requests()).toEqual(['POST /api/v1/services/checkout/start?dry_run=true']);
  });
});

describe('health', () => {
  it('is told with its history, and not being well is 10', async () => {
    expect((await fixture.ureg(['service', 'health', 'checkout', '--check'])).stdout).toContain(
      'AT\tHEALTH\tSOURCE\tMS\tMESSAGE\n2026-03-01T09:30:00.000Z\thealthy\tprobe\t12.5\tHTTP 200\n',
    );
    expect(fixture.requests()).toEqual(['GET /api/v1/services/checkout/health?check=true']);
    fixture.stub.override = (_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...HEALTH, health: 'unhealthy' }));
      return true;
    };
    expect((await fixture.ureg(['service', 'health', 'checkout', '--json'])).code).toBe(10);
  });

  it('is reported with what was seen, for as long as the report is good', async () => {
    await fixture.ureg(['engine', 'health', 'report', 'e', 'degraded', '--message', 'slow', '--ttl', '5m']);
    expect(sent()).toEqual([
      ['POST', '/api/v1/engines/e/health', { status: 'degraded', message: 'slow', ttl_seconds: 300 }],
    ]);
  });
});

describe('a log', () => {
  it('is followed by asking again, every line once, until it is stopped', async () => {
    const line = (id: number) => ({
      id: String(id),
      at: `2026-03-01T09:30:0${id}.000Z`,
      level: 'info',
      message: `m${id}`,
    });
    let asked = 0;
    fixture.stub.override = (_, response) => {
      asked += 1;
      if (asked === 3) response.writeHead(503).end();
      else response.setHeader('content-type', 'application/json').end(JSON.stringify([line(asked + 1), line(asked)]));
      return true;
    };
    const child = fixture.program.start(['service', 'logs', 'x', '--follow', '--interval', '50ms', '-o', 'jsonl'], {
      env: { UREG_SERVER: fixture.stub.url, UREG_TOKEN: 'k', UREG_RETRIES: '0' },
    });
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
    while (out.split('\n').length < 6) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    const ids = out.trim().split('\n').map((text) => (JSON.parse(text) as { id: string }).id); // prettier-ignore
    expect(ids.slice(0, 5)).toEqual(['1', '2', '3', '4', '5']);
    expect(fixture.stub.seen[1]?.query.get('since')).toBe('2026-03-01T09:30:01.000Z');
  });
});

describe('a configuration', () => {
  it('is changed by pairs on what is there, with its revision', async () => {
    fixture.stub.override = ({ method }, response) => {
      if (method === 'GET') response.setHeader('etag', '"2"');
      return false;
    };
    await fixture.ureg(['service', 'config', 'set', 'x', 'pool.max=30', 'log_level=debug', '--unset', 'pool.size']);
    expect(sent()).toEqual([['PUT', '/api/v1/services/x/config', { pool: { max: 30 }, log_level: 'debug' }]]);
    expect(fixture.stub.writes[0]?.headers['if-match']).toBe('"2"');
  });

  it('is told whole or one value of it; one that is not set is 3', async () => {
    expect((await fixture.ureg(['service', 'config', 'x'])).stdout).toBe(
      'KEY\tVALUE\npool.size\t20\nlog_level\tinfo\n',
    );
    expect((await fixture.ureg(['service', 'config', 'get', 'x', 'pool.size'])).stdout).toBe('20\n');
    expect((await fixture.ureg(['service', 'config', 'get', 'x', 'nothing'])).code).toBe(3);
    expect(JSON.parse((await fixture.ureg(['service', 'config', 'x', '--json'])).stdout)).toEqual(CONFIG);
  });
});

describe('dependencies and metrics', () => {
  it('are sent as the API takes them', async () => {
    await fixture.ureg(['service', 'dependencies', 'set', 'x', 'comp_db', 'svc_users=requires']);
    await fixture.ureg(['service', 'deps', 'set', 'x', '--none']);
    await fixture.ureg(['service', 'metrics', 'record', 'x', 'cpu=0.5', 'rss=1e3', '--tag', 'zone=1', '--unit', 'u']);
    await fixture.ureg(['service', 'metrics', 'record', 'x', 'cpu=0.5']);
    expect(sent().map((one) => (one as unknown[])[2])).toEqual([
      [{ id: 'comp_db' }, { id: 'svc_users', type: 'requires' }],
      [],
      [
        { name: 'cpu', value: 0.5, unit: 'u', tags: { zone: '1' } },
        { name: 'rss', value: 1000, unit: 'u', tags: { zone: '1' } },
      ],
      { name: 'cpu', value: 0.5 },
    ]);
  });

  it('that make no sense are refused before anything is sent', async () => {
    for (const args of [
      ['service', 'metrics', 'record', 'x', 'cpu=high'],
      ['service', 'dependencies', 'set', 'x', 'comp_db=likes'],
      ['service', 'instances', 'register', 'x', '10.0.0.1'],
      ['engine', 'scale', 'x', 'many'],
      ['registry', 'list', '--recursive'],
    ])
      expect([args, (await fixture.ureg(args)).code]).toEqual([args, 2]);
    expect(fixture.stub.seen).toEqual([]);
  });
});
