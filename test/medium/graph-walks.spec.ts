import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import type { Json } from '../support/api-client.js';
import { graphApi, linesOf, numbersOf } from './graph-fixture.js';
import type { GraphApi } from './graph-fixture.js';
import { diamonds, edge, star } from './graph-oracle.js';

let app: TestApp;
let get: GraphApi['get'];
let store: GraphApi['store'];

beforeAll(async () => {
  app = await testApp();
  ({ get, store } = graphApi(app));
});
afterAll(() => app.close());

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
    expect(numbersOf(graph, body.nodes)).toEqual([1, 2, 3, 4]);
    expect(body.nodes.map((node: Json) => node.distance)).toEqual([0, 1, 1, 2]);
    expect(body.nodes[1]).toEqual({
      id: graph.uids[2],
      key: graph.key(2),
      type: 'service',
      name: graph.key(2).slice(4),
      version: null,
      title: null,
      status: 'running',
      health: 'unknown',
      feature: null,
      distance: 1,
    });
    expect(body.edges.map((one: Json) => Number(one.id))).toEqual(
      [1, 2, 3, 4].map((i) => graph.edgeIds.get(edges[i - 1].id)),
    );
    expect(body.edges[1]).toEqual({
      id: String(graph.edgeIds.get(edges[1].id)),
      source_id: graph.uids[1],
      target_id: graph.uids[3],
      type: 'calls',
      weight: 2.5,
      bidirectional: false,
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
      numbersOf(graph, (await get(`?root_id=${graph.uids[1]}${query}`)).body.nodes);
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
    expect(numbersOf(graph, body.nodes)).toEqual([1, 2]);
    expect(body.truncated).toEqual({ reason: 'hub', at_depth: 2 });
    expect(body.skipped_hubs).toEqual([{ id: graph.uids[2], key: graph.key(2), degree: leaves, distance: 1 }]);
    // Of what a caller may not see it is told no number.
    await app.uow.query(`UPDATE entry SET security_context = '{"visibility":"restricted","readers":[]}' WHERE id = $1`, [graph.ids[5]]); // prettier-ignore
    const key = { name: 'v', type: 'api_key', permissions: ['read:*'] };
    const viewer = app.api.as((await app.api.post('/api/v1/gateway/keys', key)).body.key as string);
    const seen = await viewer.get(`/api/v1/graph?root_id=${graph.key(1)}`);
    expect(seen.body.skipped_hubs[0].degree).toBe(leaves - 1);
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
