import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useOwnService } from './support/own-service.js';
import type { Ended } from './support/program.js';

jest.setTimeout(300_000);

const own = useOwnService();
const { ureg, json } = own;

/** A shop: the front calls and needs what stands behind it, and two of these need each other. */
const ENTRIES = ['front', 'cart', 'orders', 'payments', 'ledger', 'mail'];
const EDGES = [
  ['front', 'cart', 'depends_on'],
  ['front', 'orders', 'depends_on'],
  ['cart', 'ledger', 'depends_on'],
  ['orders', 'payments', 'requires'],
  ['payments', 'orders', 'requires'],
  ['payments', 'ledger', 'depends_on'],
  ['orders', 'mail', 'calls'],
] as const;

beforeAll(async () => {
  const lines = [
    ...ENTRIES.map((name) => ({ kind: 'entry', type: 'service', name, title: `The "${name}" & <more>` })),
    ...EDGES.map(([source, target, type]) => ({
      kind: 'relationship',
      source_id: `svc_${source}`,
      target_id: `svc_${target}`,
      type,
    })),
  ];
  const stdin = lines.map((line) => JSON.stringify(line)).join('\n');
  const ended = await own.program.run(['import', '-'], { stdin, env: { UREG_SERVER: own.service.url } });
  if (ended.code !== 0) throw new Error(ended.stderr);
});

const done = async (...args: string[]): Promise<Ended> => {
  const ended = await ureg(...args);
  expect([args, ended.code, ended.code === 0 ? '' : ended.stderr]).toEqual([args, 0, '']);
  return ended;
};

describe('ureg graph', () => {
  it('draws a tree in which every entry stands once, by the relationship that leads to it', async () => {
    const rows = await json<{ branch: string; key: string }[]>('graph', 'svc_front', '--tree');
    expect(rows.map(({ branch }) => branch)).toEqual([
      'svc_front',
      '├─ depends_on svc_cart',
      '│  └─ depends_on svc_ledger',
      '└─ depends_on svc_orders',
      '   ├─ calls svc_mail',
      '   └─ requires svc_payments',
    ]);
    const upwards = await done('graph', 'svc_ledger', '1', '--tree', '--direction', 'in', '-o', 'csv');
    expect(upwards.stdout).toContain('├─ ← depends_on svc_cart');
  });

  it('writes Graphviz and Mermaid', async () => {
    const dot = (await done('graph', 'svc_front', '--dot')).stdout;
    expect(dot).toMatch(/^digraph [^]*\}\n$/);
    expect(dot).toContain('"svc_front" -> "svc_cart" [label="depends_on"];');
    const mermaid = (await done('graph', 'svc_front', '--mermaid')).stdout;
    expect(mermaid).toMatch(/^flowchart /);
    expect(mermaid.match(/-->\|"depends_on"\|/g)).toHaveLength(4);
  });

  it('draws a picture that any browser shows', async () => {
    const { stderr } = await done('graph', 'svc_front', '--svg', 'shop.svg');
    expect(stderr).toContain('wrote the picture to shop.svg');
    const svg = readFileSync(join(own.program.home, 'shop.svg'), 'utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^]*<\/svg>\n$/);
    expect(svg.match(/<text /g)).toHaveLength(ENTRIES.length);
    expect(svg.match(/marker-end/g)).toHaveLength(EDGES.length);
    expect(svg).toContain('svc_cart: The &quot;cart&quot; &amp; &lt;more&gt;');
    expect(svg).not.toContain('<more>');
  });

  it('refuses two shapes at once, and a picture that cannot be written', async () => {
    const both = await ureg('graph', 'svc_front', '--dot', '--svg', 'x.svg');
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--dot and --svg cannot be used together')]);
    const nowhere = await ureg('graph', 'svc_front', '--svg', 'no/such/folder/x.svg');
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('cannot write "no/such/folder/x.svg"')]);
  });

  it('tells what breaks, what leads where, and all ways there', async () => {
    expect((await done('graph', 'impact', 'svc_ledger', '-o', 'name')).stdout.trim().split('\n').sort()).toEqual([
      'svc_cart',
      'svc_front',
      'svc_orders',
      'svc_payments',
    ]);
    expect((await done('graph', 'path', 'svc_front', 'svc_ledger', '-o', 'name')).stdout).toBe(
      'svc_front\nsvc_cart\nsvc_ledger\n',
    );
    const all = await done('graph', 'path', 'svc_front', 'svc_ledger', '--all', '-o', 'name');
    expect(all.stdout).toBe('svc_front > svc_cart > svc_ledger\nsvc_front > svc_orders > svc_payments > svc_ledger\n');
    expect((await ureg('graph', 'path', 'svc_ledger', 'svc_front')).code).toBe(3);
  });

  it('measures the whole: what is central, what belongs together, what hangs together', async () => {
    const top = await json<{ key: string; in_degree: number; exact: boolean }[]>('graph', 'centrality', '--limit', '1');
    expect(top).toMatchObject([{ key: 'svc_orders', exact: true }]);
    const one = await json<Record<string, unknown>>('graph', 'centrality', 'svc_ledger');
    expect(one).toMatchObject({ key: 'svc_ledger', in_degree: 2, out_degree: 0, betweenness_centrality: 0 });
    const found = await json<{ modularity: number; communities: { size: number }[] }>('graph', 'communities');
    expect(found.communities.reduce((sum, { size }) => sum + size, 0)).toBeGreaterThanOrEqual(ENTRIES.length);
    const circles = await json<{ components: { nodes: { key: string }[] }[] }>('graph', 'components', '--strong');
    expect(circles.components.map(({ nodes }) => nodes.map(({ key }) => key).sort())).toEqual([
      ['svc_orders', 'svc_payments'],
    ]);
    expect((await done('graph', 'suggestions', 'svc_mail', '-o', 'json')).stdout).toMatch(/^\[/);
  });
});
