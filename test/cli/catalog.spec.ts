import { execFileSync } from 'node:child_process';
import { ENTRY_TYPES } from '../../src/entries/entry-types.js';
import { useFixture } from './support/fixture.js';
import { RELATIONSHIP } from './support/stub-catalog.js';

jest.setTimeout(120_000);

const fixture = useFixture();
const bodies = (): unknown[] =>
  fixture.stub.seen.filter(({ body }) => body !== '').map(({ body }) => JSON.parse(body) as unknown);

describe('relationships', () => {
  it('are listed of one entry, or by their ends', async () => {
    const row = await fixture.ureg(['rel', 'list', 'svc_a', '--direction', 'in', '--types', 'calls']);
    expect(row.stdout).toContain(`${RELATIONSHIP.id}\tplugin_my-service@1.0.0\tdepends_on\tsvc_my-api\t1\t`);
    await fixture.ureg(['relationship', 'list', '--source', 'svc_a', '--sort=-created_at']);
    expect(fixture.requests()).toEqual([
      'GET /api/v1/entities/svc_a/relationships?types=calls&direction=in&limit=50&count=exact',
      'GET /api/v1/relationships?source_id=svc_a&sort=-created_at&limit=50&count=exact',
    ]);
    expect((await fixture.ureg(['rel', 'list', '--direction', 'in'])).code).toBe(2);
    expect((await fixture.ureg(['rel', 'list', 'svc_a', '--target', 'svc_b'])).code).toBe(2);
  });

  it('keep what an update does not name, at the revision it was seen at', async () => {
    const made = await fixture.ureg(['rel', 'create', 'svc_a', 'calls', 'svc_b', '--metadata', 'via=grpc']);
    expect(made.stdout).toBe(`created relationship ${RELATIONSHIP.source_key} depends_on svc_my-api 1042\n`);
    await fixture.ureg(['rel', 'update', '1042', '--weight', '3', '--one-way', '--metadata', 'tier=1']);
    expect(bodies()).toEqual([
      { source_id: 'svc_a', type: 'calls', target_id: 'svc_b', metadata: { via: 'grpc' } },
      { weight: 3, bidirectional: false, metadata: { since: '2026-01', tier: 1 } },
    ]);
    expect(fixture.stub.seen.at(-1)?.headers['if-match']).toBe('"4"');
    expect((await fixture.ureg(['rel', 'update', '1042'])).code).toBe(2);
  });
});

describe('features', () => {
  it('lists them when nothing follows, as with the word list', async () => {
    const alone = await fixture.ureg(['features']);
    expect(alone.stdout).toContain('ai-ml');
    expect((await fixture.ureg(['features', 'list'])).stdout).toBe(alone.stdout);
    expect((await fixture.ureg(['-o', 'name', 'features'])).stdout).toBe('ai-ml\n');
    expect((await fixture.ureg(['features', '--help'])).stdout).toContain('create');
    expect(await fixture.ureg(['features', 'nope'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nope'),
    });
  });
});

describe('history', () => {
  it('says what changed in few words', async () => {
    const { stdout } = await fixture.ureg(['history', 'plugin_my-service']);
    expect(stdout).toContain('3\t2026-03-01T09:30:00.000Z\tupdated\tstatus=inactive, -metadata.tier\tadmin_key:a');
  });
});

describe('keys', () => {
  const key = `ureg_${'7'.repeat(45)}k3Xa`;

  it('that leaked are reported from what is piped in, and shown by no dry run', async () => {
    const dry = await fixture.ureg(['key', 'leaked', '-n'], { stdin: `${key}\n` });
    expect([dry.code, dry.stdout.includes(key)]).toEqual([0, false]);
    const findings = JSON.stringify([{ token: key, type: 't', source: 'commit' }]);
    expect(
      await fixture.ureg(['key', 'leaked', '--yes', '--url', 'https://e.com/x'], { stdin: findings }),
    ).toMatchObject({
      code: 0,
      stderr: '1 of 1 was a key of this registry\n',
    });
    expect(bodies()).toEqual([[{ token: key, type: 't', source: 'commit', url: 'https://e.com/x' }]]);
    expect((await fixture.ureg(['key', 'leaked', '--yes'])).code).toBe(2);
  });

  it('that tokens are signed with go at once only when that is confirmed', async () => {
    expect((await fixture.ureg(['key', 'signing', 'rotate', '--withdraw'])).code).toBe(2);
    expect(fixture.stub.seen).toEqual([]);
    await fixture.ureg(['key', 'signing', 'rotate', '--withdraw', '-y']);
    await fixture.ureg(['key', 'signing', 'rotate']);
    expect(bodies()).toEqual([{ withdraw: true }, { withdraw: false }]);
  });
});

describe('explain', () => {
  it('tells what openapi.json says', () => {
    const check = (): Buffer =>
      execFileSync(process.execPath, ['scripts/cli-resources.mjs', '--check'], { stdio: 'pipe' });
    expect(check).not.toThrow();
  });

  it('knows every type of entry, and asks nobody', async () => {
    const { stdout } = await fixture.ureg(['api-resources', '-o', 'json']);
    const rows = JSON.parse(stdout) as { name: string; type: string | null; prefix: string; commands: string[] }[];
    expect(rows.flatMap(({ type }) => type ?? []).sort()).toEqual([...ENTRY_TYPES].sort());
    expect(rows.find(({ name }) => name === 'grid')).toMatchObject({ type: 'grid_node', prefix: 'node' });
    expect(rows.filter(({ commands }) => commands.length === 0)).toEqual([]);
    expect(fixture.stub.seen).toEqual([]);
  });

  it('finds a kind by any of its names, and what is inside a field', async () => {
    const text = await fixture.ureg(['explain', 'service']);
    expect(text.stdout).toMatch(/^service: [^]*\nkeys: {5}svc_<name>\n[^]*\n {2}ports {2}object\[\]\n/);
    const [byType, byPrefix, byPath] = await Promise.all(
      ['feature_flag', 'feat', 'features'].map((name) => fixture.ureg(['explain', name, '-o', 'json'])),
    );
    expect(JSON.parse(byType?.stdout ?? '')).toMatchObject({ name: 'feature-flag', path: '/api/v1/features' });
    expect([byPrefix?.stdout, byPath?.stdout]).toEqual([byType?.stdout, byType?.stdout]);
    expect((await fixture.ureg(['explain', 'service.ports'])).stdout).toMatch(
      /^service\.ports: object\[\]\n[^]*\n\* port {2}integer\n/,
    );
    expect(await fixture.ureg(['explain', 'servce'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean service?'),
    });
    expect(await fixture.ureg(['explain', 'service.prots'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it has: '),
    });
  });
});
