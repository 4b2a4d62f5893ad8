import { REGISTRY_LEVELS } from '../../src/kinds/registries/registry.kind.js';
import { Random } from '../support/random.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const REGISTRIES = '/api/v1/registries';
const ROUNDS = 5;
const MOVES = 40;

interface Node {
  id: string;
  level: string;
  parent: string | null;
}

/** Whether the second is the first or above it, by the model. */
function isWithin(nodes: ReadonlyMap<string, Node>, id: string, other: string): boolean {
  for (let at: string | null = id; at !== null; at = nodes.get(at)!.parent) if (at === other) return true;
  return false;
}

const rank = (level: string): number => REGISTRY_LEVELS.indexOf(level as (typeof REGISTRY_LEVELS)[number]);

describe('moves of registries at random', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const stored = async (nodes: ReadonlyMap<string, Node>): Promise<Map<string, Node>> => {
    const rows = await app.uow.query<Node>(
      `SELECT e.uid AS id, e.spec ->> 'level' AS level, p.uid AS parent, e.spec ->> 'parent_id' AS told
       FROM entry e LEFT JOIN entry p ON p.id = e.registry_id WHERE e.uid = ANY ($1::uuid[])`,
      [[...nodes.keys()]],
    );
    for (const row of rows as (Node & { told: string | null })[]) expect(row.told).toBe(row.parent);
    return new Map(rows.map(({ id, level, parent }) => [id, { id, level, parent }]));
  };
  const assertTree = (nodes: ReadonlyMap<string, Node>): void => {
    for (const { level, parent } of nodes.values())
      if (parent !== null) expect(rank(level)).toBeGreaterThan(rank(nodes.get(parent)!.level));
  };
  const planted = async (random: Random, round: number): Promise<Map<string, Node>> => {
    const nodes = new Map<string, Node>();
    for (let i = 0; i < 12; i++) {
      const level = random.pick(REGISTRY_LEVELS);
      const above = [...nodes.values()].filter((node) => rank(node.level) < rank(level));
      const parent = above.length > 0 && random.next() < 0.8 ? random.pick(above).id : null;
      const answer = await app.api.post(REGISTRIES, { name: `n-${round}-${i}`, level, parent_id: parent });
      expect(answer.status).toBe(201);
      nodes.set(answer.body.id, { id: answer.body.id, level, parent });
    }
    return nodes;
  };

  it.each(Array.from({ length: ROUNDS }, (_, round) => round))(
    'go where the model says they may, tree %i',
    async (round) => {
      const random = new Random(round + 1);
      const nodes = await planted(random, round);
      for (let i = 0; i < MOVES; i++) {
        const node = random.pick([...nodes.values()]);
        const parent = random.next() < 0.1 ? null : random.pick([...nodes.values()]);
        const { status, body } = await app.api.post(`${REGISTRIES}/${node.id}/move`, { parent_id: parent?.id ?? null });
        const same = parent?.id === node.parent;
        const cycle = parent !== null && !same && isWithin(nodes, parent.id, node.id);
        const level = parent !== null && rank(parent.level) >= rank(node.level);
        expect([status, body.code]).toEqual(
          cycle ? [422, 'registry.cycle'] : level ? [422, 'registry.level'] : [200, undefined],
        );
        if (status === 200) node.parent = parent?.id ?? null;
      }
      expect(await stored(nodes)).toEqual(nodes);
      assertTree(nodes);
    },
  );

  it('at the same time, with levels that change, leave a tree', async () => {
    const random = new Random(99);
    const nodes = [...(await planted(random, 99)).keys()];
    const refusals = new Set<string>();
    const worker = async (): Promise<void> => {
      for (let i = 0; i < 25; i++) {
        const [id, parent_id] = [random.pick(nodes), random.pick(nodes)];
        const change = random.next() < 0.5 ? { parent_id } : { parent_id, level: random.pick(REGISTRY_LEVELS) };
        const { status, body } = await app.api.patch(`${REGISTRIES}/${id}`, change);
        expect([200, 422]).toContain(status);
        if (status === 422) refusals.add(body.code);
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    const after = await stored(new Map(nodes.map((id) => [id, { id, level: '', parent: null }])));
    expect(after.size).toBe(nodes.length);
    assertTree(after);
    expect([...refusals].every((code) => ['registry.cycle', 'registry.level'].includes(code))).toBe(true);
  });
});
