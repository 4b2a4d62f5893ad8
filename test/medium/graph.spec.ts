import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import type { Json } from '../support/api-client.js';
import { storeGraph } from './graph-fixture.js';
import type { StoredGraph } from './graph-fixture.js';
import { diamonds, edge, star } from './graph-oracle.js';

let app: TestApp;

beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

const get = (path: string, headers?: Record<string, string>) => app.api.get(`/api/v1/graph${path}`, headers);
const store = (nodes: number, edges: ReturnType<typeof edge>[]) => storeGraph(app.uow, nodes, edges);
const numbers = (graph: StoredGraph, nodes: Json[]): number[] => nodes.map(({ key }) => graph.number(key));

describe('GET /graph', () => {
  test('answers the entries within the depth with their distance, and the relationships walked', async () => {
    const edges = [
      edge(1, 2),
      edge(1, 3, { type: 'calls', weight: 2.5 }),
      edge(2, 3),
      edge(3, 4),
      edge(4, 5),
      edge(6, 1),
    ];
    const graph = await store(6, edges);
    const { status, body } = await get(`?root_id=${graph.key(1)}&depth=2`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ root_id: graph.uids[1], depth: 2, truncated: null, skipped_hubs: [] });
    expect(numbers(graph, body.nodes)).toEqual([1, 2, 3, 4]);
    expect(body.nodes.map((node: Json) => node.distance)).toEqual([0, 1, 1, 2]);
    expect(body.nodes[1]).toEqual({
      ...{ id: graph.uids[2], key: graph.key(2), type: 'service', name: graph.key(2).slice(4), version: null },
      ...{ title: null, status: 'running', health: 'unknown', feature: null, distance: 1 },
    });
    expect(body.edges.map((one: Json) => Number(one.id))).toEqual(
      [1, 2, 3, 4].map((i) => graph.edgeIds.get(edges[i - 1].id)),
    );
    expect(body.edges[1]).toEqual({
      ...{ id: String(graph.edgeIds.get(edges[1].id)), source_id: graph.uids[1], target_id: graph.uids[3] },
      ...{ type: 'calls', weight: 2.5, bidirectional: false },
    });
  });

  test('walks along, against or both ways, over the types asked for', async () => {
    const graph = await store(5, [
      edge(1, 2),
      edge(3, 1),
      edge(1, 4, { type: 'calls' }),
      edge(5, 1, { bidirectional: true }),
    ]);
    const reached = async (query: string): Promise<number[]> =>
      numbers(graph, (await get(`?root_id=${graph.uids[1]}${query}`)).body.nodes);
    expect(await reached('')).toEqual([1, 2, 4, 5]);
    expect(await reached('&direction=in')).toEqual([1, 3, 5]);
    expect(await reached('&direction=both')).toEqual([1, 2, 3, 4, 5]);
    expect(await reached('&types=calls')).toEqual([1, 4]);
    expect(await reached('&types=calls,depends_on')).toEqual([1, 2, 4, 5]);
    expect(await reached('&types=calls&types=DEPENDS_ON&direction=in')).toEqual([1, 3, 5]);
  });

  test('tells what cut it short, and how far it is whole', async () => {
    const graph = await store(41, [...star(30), edge(2, 32), edge(3, 33)]);
    const { body } = await get(`?root_id=${graph.key(1)}&limit=5`);
    expect(body.nodes).toHaveLength(5);
    expect(body.edges).toHaveLength(4);
    expect(body.truncated).toEqual({ reason: 'limit', at_depth: 1 });
    expect((await get(`?root_id=${graph.key(1)}&depth=1`)).body.truncated).toBeNull();
  });

  test('does not walk through a hub, except from it', async () => {
    const leaves = 5_001;
    const hub = star(leaves).map((one) => ({ ...one, source: 2, target: one.target + 1 }));
    const graph = await store(leaves + 2, [edge(1, 2), ...hub]);
    const { body } = await get(`?root_id=${graph.key(1)}`);
    expect(numbers(graph, body.nodes)).toEqual([1, 2]);
    expect(body.truncated).toEqual({ reason: 'hub', at_depth: 2 });
    expect(body.skipped_hubs).toEqual([{ id: graph.uids[2], key: graph.key(2), degree: leaves, distance: 1 }]);
    const fromHub = await get(`?root_id=${graph.key(2)}&limit=10000`);
    expect(fromHub.body.nodes).toHaveLength(leaves + 1);
    expect(fromHub.body.edges).toHaveLength(leaves);
    const dependencies = await get(`/dependencies/${graph.key(1)}`);
    expect(dependencies.body).toMatchObject({ count: leaves + 1, truncated: null });
  });

  test('is quick on a ladder of diamonds and a complete bipartite graph', async () => {
    const ladder = await store(31, diamonds(10));
    expect((await get(`?root_id=${ladder.key(1)}&depth=10`)).body).toMatchObject({ truncated: null });
    const bipartite = await store(
      120,
      Array.from({ length: 3_600 }, (_, i) => edge(1 + Math.floor(i / 60), 61 + (i % 60))),
    );
    const { body } = await get(`?root_id=${bipartite.key(1)}&depth=10&direction=both`);
    expect(body.nodes).toHaveLength(120);
    expect(body.edges).toHaveLength(3_600);
  });

  test('streams lines to those who accept them', async () => {
    const graph = await store(3, [edge(1, 2), edge(2, 3)]);
    const { headers, body } = await get(`?root_id=${graph.key(1)}`, { accept: 'application/x-ndjson' });
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    const lines = linesOf(body);
    expect(lines.map(({ kind }) => kind)).toEqual(['root', 'node', 'node', 'edge', 'edge', 'summary']);
    expect(lines.at(-1)).toEqual({
      kind: 'summary',
      root_id: graph.uids[1],
      depth: 3,
      truncated: null,
      skipped_hubs: [],
      count: 3,
    });
  });
});

const linesOf = (text: string): Json[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);

describe('GET /graph/dependencies and /graph/impact', () => {
  test('answer everything transitively, with distance and one path', async () => {
    const edges = [
      edge(1, 2),
      edge(2, 3, { type: 'requires' }),
      edge(1, 4),
      edge(4, 3),
      edge(3, 1),
      edge(3, 5, { type: 'calls' }),
    ];
    const graph = await store(5, edges);
    const { body } = await get(`/dependencies/${graph.key(1)}`);
    expect(body.root).toMatchObject({ key: graph.key(1), distance: 0 });
    expect(body).toMatchObject({ count: 3, truncated: null, by_type: { service: 3 } });
    expect(
      body.nodes.map(({ key, distance, path }: Json) => [graph.number(key), distance, path.map(graph.number)]),
    ).toEqual([
      [2, 1, [1, 2]],
      [4, 1, [1, 4]],
      [3, 2, [1, 2, 3]],
    ]);
    expect(body.nodes[0]).not.toHaveProperty('has_alternative');
    const impact = (await get(`/impact/${graph.key(3)}`)).body;
    expect(numbers(graph, impact.nodes)).toEqual([2, 4, 1]);
    expect(impact.nodes[2].path).toEqual([3, 2, 1].map(graph.key));
    expect(numbers(graph, (await get(`/impact/${graph.key(5)}?types=calls`)).body.nodes)).toEqual([3]);
  });

  test('end where they are asked to, and say when that cut something off', async () => {
    const graph = await store(6, [edge(1, 2), edge(2, 3), edge(3, 4), edge(1, 5), edge(1, 6)]);
    const { body: shallow } = await get(`/dependencies/${graph.key(1)}?depth=2`);
    expect(numbers(graph, shallow.nodes)).toEqual([2, 5, 6, 3]);
    expect(shallow.truncated).toBeNull();
    const { body: few } = await get(`/dependencies/${graph.key(1)}?limit=2`);
    expect(numbers(graph, few.nodes)).toEqual([2, 5]);
    expect(few).toMatchObject({ count: 2, truncated: { reason: 'limit', at_depth: 1 } });
    expect((await get(`/dependencies/${graph.key(1)}?limit=5`)).body.truncated).toBeNull();
  });

  test('of an entry that stands alone are empty', async () => {
    const graph = await store(1, []);
    const { body } = await get(`/impact/${graph.key(1)}`);
    expect(body).toMatchObject({ nodes: [], count: 0, truncated: null, by_type: {}, alternatives: [] });
  });

  test('stream the same as lines, in one piece or many', async () => {
    const graph = await store(2_001, star(2_000));
    const { body } = await get(`/dependencies/${graph.key(1)}`);
    const lines = linesOf((await get(`/dependencies/${graph.key(1)}`, { accept: 'application/x-ndjson' })).body);
    expect(lines[0]).toEqual({ kind: 'root', ...body.root });
    expect(lines.slice(1, -1)).toEqual(body.nodes.map((node: Json) => ({ kind: 'node', ...node })));
    expect(lines.at(-1)).toEqual({ kind: 'summary', count: 2_000, truncated: null, by_type: { service: 2_000 } });
  });

  test('count by type', async () => {
    const graph = await store(4, star(3));
    await app.uow.query("UPDATE entry SET kind = 'model' WHERE id = ANY($1::bigint[])", [[graph.ids[2], graph.ids[3]]]);
    const { body } = await get(`/dependencies/${graph.key(1)}`);
    expect(Object.entries(body.by_type)).toEqual([['model', 2], ['service', 1]]); // prettier-ignore
  });
});

describe('alternatives', () => {
  const told = async (graph: StoredGraph, root: number): Promise<Record<number, boolean>> => {
    const { body } = await get(`/impact/${graph.key(root)}`);
    return Object.fromEntries(body.nodes.map(({ key, has_alternative }: Json) => [graph.number(key), has_alternative]));
  };
  const name = (graph: StoredGraph, number: number): string => graph.key(number).slice('svc_'.length);
  const write = (graph: StoredGraph, of: { id: number }, metadata: unknown) =>
    app.uow.query('UPDATE relationship SET metadata = $2 WHERE id = $1', [
      graph.edgeIds.get(of.id),
      JSON.stringify(metadata),
    ]);

  test('written on the relationship count when they are registered and every group has one', async () => {
    const edges = [edge(2, 1), edge(3, 1), edge(4, 1), edge(5, 1), edge(6, 1), edge(7, 1)];
    const graph = await store(9, edges);
    const [own, other, second] = [1, 8, 9].map((number) => ({ name: name(graph, number), op: '>=', version: '1' }));
    await write(graph, edges[0], { groups: [[own, other]] });
    await write(graph, edges[1], { groups: [[own, other], [own, second]] }); // prettier-ignore
    await write(graph, edges[2], { groups: [[own, other], [own]] });
    await write(graph, edges[3], { groups: [[own, { name: 'not-registered' }]] });
    await write(graph, edges[4], { alternatives: [other.name.toUpperCase()] });
    expect(await told(graph, 1)).toEqual({ 2: true, 3: true, 4: false, 5: false, 6: true, 7: false });
  });

  test('that fail with the root are none', async () => {
    const edges = [edge(2, 1), edge(3, 1), edge(4, 2)];
    const graph = await store(5, edges);
    await write(graph, edges[0], { groups: [[name(graph, 1), name(graph, 3)]] });
    await write(graph, edges[2], { groups: [[name(graph, 2), name(graph, 5)]] });
    expect(await told(graph, 1)).toEqual({ 2: false, 3: false, 4: true });
  });

  test('must hold for every relationship between the two', async () => {
    const edges = [edge(2, 1), edge(2, 1, { type: 'requires' })];
    const graph = await store(3, edges);
    await write(graph, edges[0], { alternatives: [name(graph, 3)] });
    expect(await told(graph, 1)).toEqual({ 2: false });
    await write(graph, edges[1], { alternatives: [name(graph, 3)] });
    expect(await told(graph, 1)).toEqual({ 2: true });
  });

  test('are other providers of what is needed, or of what the needed one provides', async () => {
    const provides = (source: number, target: number) => edge(source, target, { type: 'provides' });
    // 1 and 2 both provide 3; 4 needs 1, 5 needs 3 itself; 6 needs 7, whose only provider of 8 it is.
    const graph = await store(8, [provides(1, 3), provides(2, 3), edge(4, 1), edge(5, 3), edge(6, 7), provides(7, 8)]);
    expect(await told(graph, 1)).toEqual({ 4: true });
    expect(await told(graph, 3)).toEqual({ 5: true });
    expect(await told(graph, 7)).toEqual({ 6: false });
    const { body } = await get(`/impact/${graph.key(1)}`);
    expect(body.alternatives).toEqual([expect.objectContaining({ key: graph.key(2) })]);
    expect((await get(`/impact/${graph.key(7)}`)).body.alternatives).toEqual([]);
  });

  test('in metadata of any other shape are none', async () => {
    const shapes = [
      { groups: {} },
      { groups: [null, 7, [null, 7, {}, { name: 7 }]] },
      { alternatives: 'x' },
      { groups: [] },
      { alternatives: [[]] },
    ];
    const edges = shapes.map((_, i) => edge(i + 2, 1));
    const graph = await store(shapes.length + 1, edges);
    for (const [i, shape] of shapes.entries()) await write(graph, edges[i], shape);
    expect(Object.values(await told(graph, 1))).toEqual(shapes.map(() => false));
  });
});

describe('GET /graph/neighbors', () => {
  test('groups by type and tells the direction', async () => {
    const edges = [
      edge(1, 2),
      edge(3, 1),
      edge(1, 4, { type: 'constructor', weight: 0.5 }),
      edge(5, 1, { type: 'calls', bidirectional: true }),
    ];
    const graph = await store(5, edges);
    const { body } = await get(`/neighbors/${graph.key(1)}`);
    expect(body).toMatchObject({
      root: { key: graph.key(1) },
      out_degree: 2,
      in_degree: 2,
      count: 4,
      next: {},
      truncated: null,
    });
    expect(Object.keys(body.neighbors)).toEqual(['calls', 'constructor', 'depends_on']);
    expect(body.neighbors.constructor).toEqual([
      expect.objectContaining({ key: graph.key(4), direction: 'out', weight: 0.5, bidirectional: false }),
    ]);
    expect(body.neighbors.depends_on.map(({ key, direction }: Json) => [graph.number(key), direction])).toEqual([
      [2, 'out'],
      [3, 'in'],
    ]);
    const out = (await get(`/neighbors/${graph.key(1)}?direction=out&types=calls,depends_on`)).body.neighbors;
    expect(numbers(graph, out.calls)).toEqual([5]);
    expect(numbers(graph, out.depends_on)).toEqual([2]);
  });

  test('pages through a hub, every neighbour once', async () => {
    const edges = [...star(25), ...star(12).map(({ target }) => edge(target, 1)), edge(1, 30, { type: 'calls' })];
    const graph = await store(30, edges);
    const seen: [number, string][] = [];
    let path = `/neighbors/${graph.key(1)}?limit=7`;
    for (let page = 0; path; page++) {
      const { status, body } = await get(path);
      expect(status).toBe(200);
      expect(body.truncated).toEqual(body.next.depends_on ? { reason: 'limit', at_depth: 1 } : null);
      expect('calls' in body.neighbors).toBe(page === 0);
      for (const { key, direction } of body.neighbors.depends_on) seen.push([graph.number(key), direction]);
      path = body.next.depends_on ? `/neighbors/${graph.key(1)}?limit=7&cursor=${body.next.depends_on}` : '';
    }
    const expected = [
      ...star(25).map(({ target }) => [target, 'out']),
      ...star(12).map(({ target }) => [target, 'in']),
    ];
    expect(seen).toEqual(expected);
  });

  test('refuses cursors that are not its own', async () => {
    const graph = await store(12, star(10));
    const { depends_on: cursor } = (await get(`/neighbors/${graph.key(1)}?limit=2`)).body.next;
    for (const path of [
      `/neighbors/${graph.key(2)}?cursor=${cursor}`,
      `/neighbors/${graph.key(1)}?cursor=${cursor}&direction=in`,
      `/neighbors/${graph.key(1)}?cursor=${cursor}&types=calls`,
      `/neighbors/${graph.key(1)}?cursor=nonsense`,
    ]) {
      const { status, body } = await get(path);
      expect([path, status, body.errors[0].field]).toEqual([path, 400, 'cursor']);
    }
  });
});

describe('GET /graph/path', () => {
  const path = (graph: StoredGraph, source: number, target: number, query = '') =>
    get(`/path?source=${graph.key(source)}&target=${graph.key(target)}${query}`);

  test('answers the fewest steps, or the least weight', async () => {
    const edges = [
      edge(1, 4, { weight: 10 }),
      edge(1, 2, { weight: 0.5 }),
      edge(2, 3, { weight: 0 }),
      edge(3, 4, { weight: 1.25 }),
    ];
    const graph = await store(4, edges);
    const { body: short } = await path(graph, 1, 4);
    expect(numbers(graph, short.nodes)).toEqual([1, 4]);
    expect(short).toMatchObject({ length: 1, cost: 10, edges: [{ id: String(graph.edgeIds.get(edges[0].id)) }] });
    const { body: light } = await path(graph, 1, 4, '&weighted=true');
    expect(numbers(graph, light.nodes)).toEqual([1, 2, 3, 4]);
    expect(light.nodes.map((node: Json) => node.distance)).toEqual([0, 1, 2, 3]);
    expect(light).toMatchObject({ length: 3, cost: 1.75 });
    expect(light.edges[1]).toMatchObject({ source_id: graph.uids[2], target_id: graph.uids[3], weight: 0 });
    expect((await path(graph, 2, 2)).body).toMatchObject({ length: 0, cost: 0, edges: [] });
  });

  test('takes the lightest of parallel relationships, and bidirectional ones backwards', async () => {
    const edges = [
      edge(1, 2, { weight: 3 }),
      edge(1, 2, { type: 'calls', weight: 2 }),
      edge(3, 2, { bidirectional: true }),
    ];
    const graph = await store(3, edges);
    for (const weighted of ['false', 'true']) {
      const { body } = await path(graph, 1, 3, `&weighted=${weighted}`);
      expect(body.edges.map((one: Json) => Number(one.id))).toEqual([
        graph.edgeIds.get(edges[1].id),
        graph.edgeIds.get(edges[2].id),
      ]);
      expect(body.cost).toBe(3);
    }
  });

  test('says that there is none when there is none', async () => {
    const graph = await store(3, [edge(1, 2), edge(3, 2)]);
    for (const query of ['', '&weighted=true', '&types=requires&direction=both']) {
      const { status, body } = await path(graph, 1, 3, query);
      expect([status, body.code]).toEqual([404, 'graph.no_path']);
    }
    expect((await path(graph, 1, 3, '&direction=both')).body.length).toBe(2);
    expect((await path(graph, 2, 1, '&direction=in')).body.length).toBe(1);
  });
});

describe('GET /graph/cycles', () => {
  test('lists the sets that need one another, largest first, by pages', async () => {
    const circle = (numbers: number[]) =>
      numbers.map((number, i) => edge(number, numbers[(i + 1) % numbers.length], { type: 'encircles' }));
    const graph = await store(12, [
      ...circle([1, 2]),
      ...circle([3, 4, 5]),
      ...circle([6, 7]),
      edge(8, 9, { type: 'encircles' }),
    ]);
    const { body, headers } = await get('/cycles?types=encircles&count=exact&limit=2');
    expect(body.map(({ size, truncated, nodes }: Json) => [size, truncated, numbers(graph, nodes)])).toEqual([
      [3, false, [3, 4, 5]],
      [2, false, [1, 2]],
    ]);
    expect(headers.get('x-total-count')).toBe('3');
    const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')![1];
    const { body: rest, headers: last } = await app.api.get(next);
    expect(rest.map(({ nodes }: Json) => numbers(graph, nodes))).toEqual([[6, 7]]);
    expect(last.get('link')).toBeNull();
  });

  test('shows the first hundred of a large one', async () => {
    const edges = Array.from({ length: 150 }, (_, i) => edge(i + 1, ((i + 1) % 150) + 1, { type: 'rings' }));
    await store(150, edges);
    const { body } = await get('/cycles?types=rings');
    expect(body).toEqual([{ size: 150, truncated: true, nodes: expect.any(Array) }]);
    expect(body[0].nodes).toHaveLength(100);
  });
});

describe('wrong questions', () => {
  const UNKNOWN = '0192f0c1-7c3a-7a10-9d5e-0242ac120002';
  test.each([
    ['', 'root_id'],
    ['?depth=2', 'root_id'],
    ['?root_id=', 'root_id'],
    ['?root_id=$&depth=0', 'depth'],
    ['?root_id=$&depth=11', 'depth'],
    ['?root_id=$&depth=99', 'depth'],
    ['?root_id=$&depth=1e1', 'depth'],
    ['?root_id=$&depth=2&depth=3', 'depth'],
    ['?root_id=$&limit=0', 'limit'],
    ['?root_id=$&limit=10001', 'limit'],
    ['?root_id=$&limit=-1', 'limit'],
    ['?root_id=$&direction=up', 'direction'],
    ['?root_id=$&types=', 'types'],
    ['?root_id=$&types=never_heard_of', 'types'],
    ["?root_id=$&types=a';DROP TABLE entry;--", 'types'],
    ['?root_id=$&colour=red', 'colour'],
    ['/dependencies/$?depth=99', 'depth'],
    ['/dependencies/$?limit=100001', 'limit'],
    ['/impact/$?types=never_heard_of', 'types'],
    ['/neighbors/$?limit=1001', 'limit'],
    ['/neighbors/$?direction=', 'direction'],
    ['/path', 'source'],
    ['/path?source=$', 'target'],
    ['/path?source=$&target=$&weighted=yes', 'weighted'],
    ['/cycles?types=never_heard_of', 'types'],
    ['/cycles?limit=0', 'limit'],
    ['/cycles?cursor=x', 'cursor'],
  ])('%s is refused, naming %s', async (path, field) => {
    const graph = await store(1, []);
    const { status, body } = await get(path.replaceAll('$', graph.key(1)));
    expect([status, body.errors?.map((error: Json) => error.field)]).toEqual([400, expect.arrayContaining([field])]);
  });

  test.each([
    [`?root_id=${UNKNOWN}`, 'root_id'],
    ['?root_id=svc_nobody', 'root_id'],
    ['?root_id=%F0%9F%92%A9', 'root_id'],
    [`/dependencies/${UNKNOWN}`, 'id'],
    ['/impact/svc_nobody@1.0.0', 'id'],
    ["/neighbors/'%20OR%201=1", 'id'],
    [`/path?source=${UNKNOWN}&target=svc_nobody`, 'source'],
  ])('%s names no entry', async (path, field) => {
    const { status, body } = await get(path);
    expect([status, body.code, body.errors[0].field]).toEqual([404, 'entity.not_found', field]);
  });

  test('need a key, and a permission', async () => {
    expect((await app.api.as(undefined).get('/api/v1/graph/cycles')).status).toBe(401);
  });
});
