import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import { useFixture } from './support/fixture.js';
import { ENTRY } from './support/stub-entry.js';
import type { Seen } from './support/stub-registry.js';

jest.setTimeout(120_000);

const fixture = useFixture({ here: true });
const complete = async (...args: string[]): Promise<string> => (await fixture.ureg(['__complete', ...args])).stdout;

/** The registry answers every request with this list. */
const answering = (rows: unknown) => (_: Seen, response: ServerResponse) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(rows));
  return true;
};

/** Of each sort of name: what is asked of the registry, and what its answer becomes. */
const SORTS: readonly (readonly [what: string, request: string, row: object, line: string])[] = [
  ['relationship', 'relationships?limit=50', { id: '12', source_key: 'svc_a', type: 'calls', target_key: 'svc_b' }, '12\tsvc_a -calls-> svc_b'], // prettier-ignore
  ['rule', 'classification/rules', { id: 'r1', match: 'stripe|adyen', feature: 'payments' }, 'r1\tstripe|adyen -> payments'], // prettier-ignore
  ['feedback', 'ai/feedback?limit=50', { id: 'f1', text: 'pays', category: 'service', feature: null }, 'f1\tpays -> service'], // prettier-ignore
  ['segment', 'features/segments?limit=50', { key: 'beta', name: 'Beta testers' }, 'beta\tBeta testers'],
  ['flag-revision', 'entities/of-it/history?limit=50', { revision: 3, type: 'entity_updated', actor: 'ann', at: '2026' }, '3\tentity_updated ann 2026'], // prettier-ignore
  ['draft', 'config/drafts', { name: 'db.pool.size', scope: 'global' }, 'db.pool.size'],
  ['config-version', 'config/of-it/history?limit=50', { version: 2, operation: 'update', actor: 'ann', at: '2026', comment: 'more' }, '2\tupdate ann 2026 more'], // prettier-ignore
  ['mesh-version', 'mesh/versions?limit=50', { version: 7, actor: 'ann', at: '2026', note: null }, '7\tann 2026'],
  ['trace', 'mesh/traces?limit=50', { trace_id: '5b8e', root_service: 'shop', root_name: 'GET /', duration_ms: 12 }, '5b8e\tshop GET / 12 ms'], // prettier-ignore
  ['instance', 'services/of-it/instances', { id: 'web-1', host: '10.0.0.1', port: 80, status: 'passing' }, 'web-1\t10.0.0.1:80 passing'], // prettier-ignore
  ['workload', 'engines/of-it/workloads?limit=50', { id: 'w1', task: 'train', status: 'queued' }, 'w1\ttrain queued'],
  ['service-operation', 'services/of-it/operations?limit=50', { id: 'o1', verb: 'start', state: 'running', created_at: '2026' }, 'o1\tstart running 2026'], // prettier-ignore
  ['engine-operation', 'engines/of-it/operations?limit=50', { id: 'o1', verb: 'scale', state: 'failed', created_at: '2026' }, 'o1\tscale failed 2026'], // prettier-ignore
  ['host', 'system/facts', { host: 'build-1', facts: {} }, 'build-1'],
  ['permission', 'gateway/permissions', { permission: 'read:entities', routes: [] }, 'read:entities'],
  ['role', 'gateway/roles', { name: 'viewer' }, 'viewer'],
  ['key', 'gateway/keys?status=active&limit=1000', { name: 'ci' }, 'ci'],
  ['feature', 'feature-categories', { name: 'ai-ml' }, 'ai-ml'],
  ['config', 'config?limit=1000&sort=name', { name: 'db.pool.size' }, 'db.pool.size'],
  ['mesh-setting', 'mesh/routes/of-it/config', { config: { pool: { size: 20 } } }, 'pool.size'],
  ['service', 'services?limit=50&sort=-updated_at', { key: 'svc_a', name: 'a' }, 'svc_a'],
  ['service-name', 'services?limit=50&sort=-updated_at', { key: 'svc_a', name: 'a' }, 'a'],
];

describe('names for the completion scripts', () => {
  it.each(SORTS)('of sort %s are those the registry lists', async (what, request, row, line) => {
    fixture.stub.override = answering(what.endsWith('-setting') ? row : [row]);
    expect(await complete(what, '', '--of', 'of-it')).toBe(`${line}\n`);
    expect(fixture.requests()).toEqual([`GET /api/v1/${request}`]);
  });

  it('begin with what was typed, however far down they stand', async () => {
    const row = { source_key: 'svc_a', type: 'calls', target_key: 'svc_b' };
    fixture.stub.override = answering([{ id: '12', ...row }, { id: '21', ...row }, { id: '2', ...row }]); // prettier-ignore
    expect(await complete('relationship', '2')).toBe('21\tsvc_a -calls-> svc_b\n2\tsvc_a -calls-> svc_b\n');
    expect(fixture.requests()).toEqual(['GET /api/v1/relationships?limit=1000']);
    fixture.stub.override = undefined;
    expect(await complete('entry', 'plugin_my')).toBe(`${ENTRY.key}\n`);
    expect(fixture.requests().slice(1)).toEqual([
      'GET /api/v1/entities?limit=200&sort=-updated_at',
      'GET /api/v1/search/suggest?q=my&limit=50',
    ]);
    fixture.stub.reset();
    await complete('plugin', 'plugin_my-service@1');
    expect(fixture.requests()).toEqual(['GET /api/v1/plugins?name=my-service&limit=1000']);
    expect(await complete('type', 'plu')).toBe('plugin\n');
    expect(await complete('nothing-of-the-kind', '')).toBe('');
  });

  it('of entries are those last changed and those that search knows, and either when the other fails', async () => {
    const suggested = [{ text: 'shop', kind: 'name', key: 'svc_shop', type: 'service' }, { text: 'shops', kind: 'word', key: null, type: null }]; // prettier-ignore
    fixture.stub.override = (seen, response) =>
      seen.path.endsWith('/suggest') ? answering(suggested)(seen, response) : (response.writeHead(403).end(), true);
    expect(await complete('entry', 'svc_sh')).toBe('svc_shop\n');
    expect(await complete('service-name', 'sh')).toBe('shop\n');
    fixture.stub.override = (seen, response) =>
      seen.path.endsWith('/suggest')
        ? (response.writeHead(403).end(), true)
        : answering([{ key: 'svc_shelf', name: 'shelf' }])(seen, response);
    expect(await complete('service', 'svc_sh')).toBe('svc_shelf\n');
    expect(await complete('service-name', 'sh')).toBe('shelf\n');
  });

  it('stand once, in one word and one line, whatever the registry says', async () => {
    fixture.stub.override = answering([
      { id: 'a', match: 'one\ntwo\tthree\u001b[2J', feature: 'x'.repeat(200) },
      { id: 'a', match: 'again', feature: 'x' },
      { id: 'b c', match: 'blank', feature: 'x' },
      { id: 'b\u0007', match: 'bell', feature: 'x' },
    ]);
    expect(await complete('rule', '')).toBe('a\tagain -> x\n');
    fixture.stub.override = answering([{ id: 'a', match: 'one\ntwo\tthree\u001b[2J', feature: 'x'.repeat(200) }]);
    expect(await complete('rule', '')).toMatch(/^a\tone two three \[2J -> x{1,80}…\n$/);
  });

  it('of profiles are those of the user’s file, and no registry is asked', async () => {
    const folder = join(fixture.program.home, '.config', 'universal-registry');
    mkdirSync(folder, { recursive: true });
    const profiles = { prod: { server: 'https://registry.example.com' }, staging: {} };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ profiles }), { mode: 0o600 });
    expect(await complete('profile', '')).toBe('prod\thttps://registry.example.com\nstaging\n');
    expect(await complete('profile', 's')).toBe('staging\n');
    expect(fixture.requests()).toEqual([]);
  });

  it('are none, and nothing is said, when the registry cannot be asked', async () => {
    const silent = { code: 0, stdout: '', stderr: '' };
    const gone = { env: { UREG_SERVER: 'http://127.0.0.1:9' } };
    expect(await fixture.ureg(['__complete', 'relationship', 'x'], gone)).toMatchObject(silent);
    fixture.stub.reset(401);
    expect(await fixture.ureg(['__complete', 'key', 'x'])).toMatchObject(silent);
    fixture.stub.reset(500);
    expect(await fixture.ureg(['__complete', 'rule', ''])).toMatchObject(silent);
    fixture.stub.reset('silent');
    const late = await fixture.ureg(['__complete', 'relationship', 'x']);
    expect(late).toMatchObject(silent);
    expect(late.ms).toBeLessThan(2500);
  });
});
