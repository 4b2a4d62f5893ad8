import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { DebianOracle } from '../../../test/support/debian-oracle.js';
import { ImportPlan, type ReadResult } from './import-plan.js';

interface WireEntry {
  type: string;
  name: string;
  version?: string;
  title?: string;
  description?: string;
  tags: string[];
  metadata: Record<string, unknown>;
}

interface WireEdge {
  source_id: string;
  target_id: string;
  type: string;
  metadata?: Record<string, unknown>;
}

interface Planned {
  result: ReadResult;
  complaints: string[];
  entries: WireEntry[];
  edges: WireEdge[];
  lost: string[];
  announced: number;
}

/** Plans an import and accepts every entry but the refused ones; an id is the name (and the version where it matters). */
async function plan(bytes: AsyncIterable<Buffer>, refused: readonly string[] = []): Promise<Planned> {
  const importPlan = new ImportPlan();
  const complaints: string[] = [];
  const result = await importPlan.read(bytes, ({ line, reason }) => complaints.push(`${line} ${reason}`));
  const entries: WireEntry[] = [];
  for (const { line, subject } of importPlan.entries()) {
    entries.push(JSON.parse(line.toString()) as WireEntry);
    if (!refused.includes(subject.name)) subject.id = subject.name;
  }
  const lost: string[] = [];
  const edges = [...importPlan.edges((label) => lost.push(label))].map(({ line }) => JSON.parse(line) as WireEdge);
  return { result, complaints, entries, edges, lost, announced: importPlan.edgeCount };
}

async function* lines(...packages: object[]): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(packages.map((one) => JSON.stringify({ version: '1', ...one })).join('\n')));
}

const shown = (edges: WireEdge[]): string[] => edges.map((edge) => `${edge.source_id} ${edge.type} ${edge.target_id}`);
const dep = (...names: string[]): { name: string }[] => names.map((name) => ({ name }));

describe('an entry made of a package', () => {
  it('has the name, version, summary, description and section, and the rest as metadata', async () => {
    const { entries } = await plan(
      lines({
        name: 'demo',
        version: '1:2.0-1',
        section: 'contrib/libs',
        summary: 'does things',
        description: 'Line one.\nLine "two" — ünïcode.',
        maintainer: 'Jane',
        homepage: 'https://example.org/',
        tags: ['role::program'],
        installedSize: 12,
      }),
    );
    expect(entries).toEqual([
      {
        type: 'resource',
        name: 'demo',
        version: '1:2.0-1',
        title: 'does things',
        description: 'Line one.\nLine "two" — ünïcode.',
        tags: ['libs'],
        metadata: {
          origin: 'debian',
          section: 'contrib/libs',
          homepage: 'https://example.org/',
          maintainer: 'Jane',
          installed_size: 12,
          debtags: ['role::program'],
        },
      },
    ]);
  });

  it('names the groups that nothing satisfies, and those it satisfies itself', async () => {
    const { entries, edges } = await plan(
      lines({ name: 'a', depends: [dep('gone', 'lost'), dep('a')], recommends: [dep('nowhere')] }, { name: 'b' }),
    );
    expect(entries[0]?.metadata).toEqual({
      origin: 'debian',
      unresolved: { depends: [dep('gone', 'lost')], recommends: [dep('nowhere')] },
      self_relations: { depends: [dep('a')] },
    });
    expect(edges).toEqual([]);
  });
});

describe('relationships made of groups', () => {
  it('end at the first alternative that is a package, even where an earlier one is virtual', async () => {
    const { edges } = await plan(
      lines(
        { name: 'a', depends: [dep('mta', 'gone', 'exim', 'postfix')] },
        { name: 'postfix' },
        { name: 'exim', provides: ['mta'] },
      ),
    );
    expect(shown(edges)).toEqual(['a depends_on exim']);
  });

  it('end at a virtual package when no alternative is a package, which its providers then provide', async () => {
    const { entries, edges } = await plan(
      lines(
        { name: 'a', depends: [dep('gone', 'mta')] },
        { name: 'exim', provides: ['mta', 'unused'] },
        { name: 'postfix', provides: [{ name: 'mta', version: '3' }, 'mta'] },
      ),
    );
    expect(entries.at(-1)).toEqual({
      type: 'resource',
      name: 'mta',
      title: 'mta (virtual package)',
      tags: ['virtual'],
      metadata: { origin: 'debian', virtual: true },
    });
    expect(entries).toHaveLength(4);
    expect(shown(edges)).toEqual(['a depends_on mta', 'exim provides mta', 'postfix provides mta']);
    expect(edges.at(-1)?.metadata).toEqual({ versions: ['3'] });
  });

  it('carry every alternative and constraint, several groups of one target on one edge', async () => {
    const low = [{ name: 'b', op: '>=', version: '1' }];
    const high = [{ name: 'b', op: '<<', version: '2' }, { name: 'c' }];
    const { edges } = await plan(lines({ name: 'a', depends: [low, high], recommends: [dep('b')] }, { name: 'b' }));
    expect(edges).toEqual([
      { source_id: 'a', target_id: 'b', type: 'depends_on', metadata: { groups: [low, high] } },
      { source_id: 'a', target_id: 'b', type: 'recommends', metadata: { groups: [dep('b')] } },
    ]);
  });

  it('keep a package that provides what it needs: the virtual package stands between', async () => {
    const { edges } = await plan(lines({ name: 'a', depends: [dep('v')], provides: ['v'] }));
    expect(shown(edges)).toEqual(['a depends_on v', 'a provides v']);
  });

  it('are left out and named when an entry at one end was refused', async () => {
    const { edges, lost } = await plan(
      lines({ name: 'a', depends: [dep('b')] }, { name: 'b', depends: [dep('c')] }, { name: 'c' }),
      ['b'],
    );
    expect(edges).toEqual([]);
    expect(lost).toEqual(['a depends_on b', 'b depends_on c']);
  });

  it('end at the newest of several versions of a package', async () => {
    const importPlan = new ImportPlan();
    await importPlan.read(
      lines({ name: 'b', version: '9' }, { name: 'b', version: '10' }, { name: 'a', depends: [dep('b')] }),
      () => undefined,
    );
    for (const { subject } of importPlan.entries())
      subject.id = 'version' in subject ? `${subject.name}@${subject.version}` : subject.name;
    const [edge] = [...importPlan.edges(() => undefined)];
    expect(edge && (JSON.parse(edge.line) as WireEdge).target_id).toBe('b@10');
  });
});

describe('a whole index', () => {
  it('keeps the first of two lines of the same name and version and says so', async () => {
    const { result, complaints, entries } = await plan(
      lines({ name: 'a', summary: 'first' }, { name: 'a', summary: 'second' }),
    );
    expect(result).toEqual({ packages: 1, broken: 0, duplicates: 1 });
    expect(complaints).toEqual(['2 a 1 stands in an earlier line already; the first one counts']);
    expect(entries.map(({ title }) => title)).toEqual(['first']);
  });

  it('comes to the same relationships as the oracle works out from the raw file', async () => {
    const file = 'test/fixtures/debian-sample.jsonl.gz';
    const oracle = DebianOracle.read(file);
    const { entries, edges, announced } = await plan(
      createReadStream(file).pipe(createGunzip()) as AsyncIterable<Buffer>,
    );
    const byType = (type: string): WireEdge[] => edges.filter((edge) => edge.type === type);

    expect(new Set(entries.map(({ name }) => name))).toEqual(new Set([...oracle.packages, ...oracle.virtual]));
    expect(entries.filter(({ tags }) => tags.includes('virtual')).map(({ name }) => name)).toEqual([...oracle.virtual]);
    expect({
      depends_on: byType('depends_on').length,
      recommends: byType('recommends').length,
      provides: byType('provides').length,
    }).toEqual(oracle.relationships);
    expect(edges).toHaveLength(announced);
    const targets = new Map<string, string[]>();
    for (const edge of byType('depends_on'))
      targets.set(edge.source_id, [...(targets.get(edge.source_id) ?? []), edge.target_id]);
    for (const name of oracle.packages) {
      expect([name, (targets.get(name) ?? []).sort()]).toEqual([name, oracle.directDependenciesOf(name).sort()]);
    }
  });
});
