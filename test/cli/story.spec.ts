import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DebianOracle } from '../support/debian-oracle.js';
import { Random } from '../support/random.js';
import { useOwnService } from './support/own-service.js';
import type { Ended } from './support/program.js';

jest.setTimeout(300_000);

const SAMPLE = join(process.cwd(), 'test/fixtures/debian-sample.jsonl.gz');

const own = useOwnService();
const { ureg, json } = own;
const nexus = (...args: string[]): Promise<Ended> =>
  own.program.run(args, { as: 'nexus-registry', env: { HYPER_REGISTRY_API: own.service.url } });

describe('the first commands of a new user', () => {
  it('work as they are written in the documentation', async () => {
    expect(await nexus('health')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^healthy {2}http/) });
    expect(await nexus('create', 'plugin', 'my-service', '1.0.0')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^created plugin_my-service@1\.0\.0 .*[0-9a-f-]{36}\n$/),
    });
    await ureg('create', 'plugin', 'tensorflow-svc', '2.1.0', '--title', 'Serves TensorFlow models');
    expect((await nexus('list')).stdout).toContain('plugin_my-service@1.0.0');
    expect((await nexus('list', 'plugin', '-o', 'name')).stdout.split('\n').sort()).toEqual([
      '',
      'plugin_my-service@1.0.0',
      'plugin_tensorflow-svc@2.1.0',
    ]);
    expect((await nexus('list', 'plugin', 'ai-ml', '-o', 'name')).stdout).toBe('plugin_tensorflow-svc@2.1.0\n');
    expect((await nexus('search', 'tensorflow', '-o', 'name')).stdout).toBe('plugin_tensorflow-svc@2.1.0\n');
    expect((await nexus('get', 'plugin_my-service')).stdout).toMatch(/^key\tplugin_my-service@1\.0\.0$/m);
    expect((await nexus('graph', 'plugin_my-service', '5')).stdout).toContain('plugin_my-service@1.0.0');
    expect((await nexus('features', '-o', 'name')).stdout.trim().split('\n').sort()).toEqual([
      'ai-ml',
      'cloud-native',
      'data-engineering',
      'devops-platform',
      'observability',
      'security-platform',
      'system-ops',
      'web3-blockchain',
    ]);
    expect((await nexus('stats')).stdout).toMatch(/^total_entities\t10$/m);
  });

  it.each(['yaml', 'json'])(
    'take everything out as %s and bring it in again, which changes nothing',
    async (format) => {
      const exported = await ureg('export', '-o', format);
      writeFileSync(join(own.program.home, 'catalog'), exported.stdout);
      expect(await json('import', 'catalog')).toMatchObject({ created: 0, updated: 0, unchanged: 10, failed: 0 });
    },
  );

  it('meet refusals with the code of their meaning', async () => {
    const codes = await Promise.all(
      [
        ['create', 'plugin', 'my-service', '1.0.0'],
        ['get', 'plugin_nothing'],
        ['create', 'plugin', 'Bad Name!'],
        ['list', 'nothing'],
        ['update', 'plugin_my-service', '--owner', 'me', '--if-match', '99'],
        ['stats', '--key', `admin_${'x'.repeat(49)}`],
        ['graph', 'path', 'plugin_my-service', 'plugin_tensorflow-svc'],
      ].map(async (args) => (await ureg(...args)).code),
    );
    expect(codes).toEqual([5, 3, 11, 11, 5, 4, 3]);
  });

  it('change an entry only at the revision it was read at, and delete it only when nothing depends on it', async () => {
    const before = await json<{ revision: number }>('get', 'plugin_my-service');
    const update = [
      'update',
      'plugin_my-service',
      '--owner',
      'me',
      '--metadata',
      'tier=2',
      '--if-match',
      String(before.revision),
    ];
    expect(await ureg(...update)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`revision ${before.revision + 1}`),
    });
    expect((await ureg(...update)).code).toBe(5);
    expect(await json('get', 'plugin_my-service', '--fields', 'owner,metadata.tier')).toEqual({
      owner: 'me',
      'metadata.tier': 2,
    });

    const edge = '{"source_id":"plugin_tensorflow-svc","target_id":"plugin_my-service","type":"depends_on"}';
    expect((await ureg('api', 'POST', 'relationships', '--data', edge)).code).toBe(0);
    expect((await ureg('graph', 'impact', 'plugin_my-service', '-o', 'name')).stdout).toBe(
      'plugin_tensorflow-svc@2.1.0\n',
    );
    expect((await ureg('delete', 'plugin_my-service', '-y')).code).toBe(5);
    expect((await ureg('delete', 'plugin_my-service', '--force', '--confirm', 'plugin_my-service')).code).toBe(0);
    expect((await ureg('get', 'plugin_my-service')).code).toBe(3);
  });

  it('sign in with a key of their own, which may do what it may', async () => {
    const body = '{"name":"reader","type":"api_key","permissions":["read:*"]}';
    const { key } = JSON.parse((await ureg('api', 'POST', 'gateway/keys', '--data', body)).stdout) as { key: string };
    const elsewhere = { cwd: own.program.folder, env: { UREG_SERVER: own.service.url } };
    expect((await own.program.run(['auth', 'status'], elsewhere)).code).toBe(4);
    expect(await own.program.run(['login', '--token-stdin'], { ...elsewhere, stdin: key })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('as reader'),
    });
    expect((await own.program.run(['stats'], elsewhere)).code).toBe(0);
    expect(await own.program.run(['create', 'plugin', 'x'], elsewhere)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('write:entities'),
    });
    expect((await own.program.run(['auth', 'logout'], elsewhere)).code).toBe(0);
  });
});

describe('a package index imported', () => {
  const oracle = DebianOracle.read(SAMPLE);
  interface Import {
    entries: Record<string, number>;
    relationships: Record<string, number>;
  }
  interface Reach {
    count: number;
    truncated: unknown;
    nodes: { name: string; distance: number }[];
  }

  it('is finished by running it again after it was interrupted, and then changes nothing more', async () => {
    const child = own.program.start(['import', 'debian', SAMPLE], { env: { UREG_SERVER: own.service.url } });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const sent = async (): Promise<number> => (await json<{ total_entities: number }>('stats')).total_entities;
    while ((await sent()) < 500 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    await ended;

    const again = await json<Import>('import', 'debian', SAMPLE);
    const entries = oracle.packages.size + oracle.virtual.size;
    const { depends_on, recommends, provides } = oracle.relationships;
    expect(again.entries).toMatchObject({ updated: 0, failed: 0 });
    expect((again.entries.created ?? 0) + (again.entries.unchanged ?? 0)).toBe(entries);
    const third = await json<Import>('import', 'debian', SAMPLE);
    expect(third.entries).toEqual({ created: 0, updated: 0, unchanged: entries, skipped: 0, failed: 0 });
    expect(third.relationships.unchanged).toBe(depends_on + recommends + provides);
    const stats = await json<{ relationships_by_type: Record<string, number> }>('stats');
    expect(stats.relationships_by_type).toMatchObject({ depends_on, recommends, provides });
  });

  it.each(['libc6', 'libsystemd0', 'default-dbus-session-bus'])(
    'has the impact of %s that the raw file has',
    async (name) => {
      const answer = await json<Reach>('graph', 'impact', `resource_${name}`, '--limit', '10000');
      expect(answer.truncated).toBeNull();
      expect(new Map(answer.nodes.map((node) => [node.name, node.distance]))).toEqual(oracle.impactOf(name));
      expect(answer.count).toBe(oracle.impactOf(name).size);
    },
  );

  it.each(['gnome', 'evolution', 'libc6'])('has the dependencies of %s that the raw file has', async (name) => {
    const answer = await json<Reach>('graph', 'dependencies', `resource_${name}`, '--limit', '10000');
    expect(new Map(answer.nodes.map((node) => [node.name, node.distance]))).toEqual(oracle.dependenciesOf(name));
  });

  it('has the dependencies and the impact of three hundred packages that the raw file has', async () => {
    const headers = { authorization: `Bearer ${own.service.adminKey}` };
    const reach = async (path: string): Promise<Map<string, number>> => {
      const answer = await fetch(`${own.service.url}/api/v1/graph/${path}?limit=10000`, { headers });
      const { nodes, truncated } = (await answer.json()) as Reach;
      expect([path, truncated]).toEqual([path, null]);
      return new Map(nodes.map((node) => [node.name, node.distance]));
    };
    const differing: string[] = [];
    for (const name of new Random(300).some([...oracle.packages], 300)) {
      const [needs, breaks] = [`dependencies/resource_${name}`, `impact/resource_${name}`];
      if (!isDeepStrictEqual(await reach(needs), oracle.dependenciesOf(name))) differing.push(needs);
      if (!isDeepStrictEqual(await reach(breaks), oracle.impactOf(name))) differing.push(breaks);
    }
    expect(differing).toEqual([]);
  });

  it('is found by its words and listed by its section', async () => {
    const hits = await json<{ name: string }[]>('search', 'desktop environment', '--type', 'resource');
    expect(hits.map(({ name }) => name)).toContain('gnome');
    const listed = await ureg('list', 'resource', '--tag', 'virtual', '--all', '-o', 'template={{name}}');
    expect(listed.stdout.trim().split('\n').sort()).toEqual([...oracle.virtual].sort());
  });

  it('is exported whole, and imported again changes nothing', async () => {
    expect((await ureg('export', '--to', 'catalog.ndjson')).code).toBe(0);
    const lines = readFileSync(join(own.program.home, 'catalog.ndjson'), 'utf8').trim().split('\n').length;
    const again = await json<Record<string, number>>('import', 'catalog.ndjson');
    expect(again).toMatchObject({ created: 0, updated: 0, unchanged: lines, failed: 0 });
  });
});
