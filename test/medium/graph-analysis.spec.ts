import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import type { Json } from '../support/api-client.js';
import { eventually } from '../support/processes.js';
import { graphApi, numbersOf, storeEdges } from './graph-fixture.js';
import type { GraphApi, StoredGraph } from './graph-fixture.js';
import { edge, star } from './graph-oracle.js';

let app: TestApp;
let get: GraphApi['get'];
let store: GraphApi['store'];

beforeAll(async () => {
  app = await testApp();
  ({ get, store } = graphApi(app));
});
afterAll(() => app.close());

/** Nothing but what a test stores. */
beforeEach(async () => {
  await app.uow.query('DELETE FROM entry');
});

const viewer = async (): Promise<GraphApi['get']> => {
  const { body } = await app.api.post('/api/v1/gateway/keys', { name: 'v', type: 'api_key', permissions: ['read:*'] });
  return (path) => app.api.as(body.key).get(`/api/v1/graph${path}`);
};

const restrict = (graph: StoredGraph, ...numbers: number[]) =>
  app.uow.query(
    `UPDATE entry SET security_context = '{"visibility":"restricted","readers":[]}' WHERE id = ANY($1::bigint[])`,
    [numbers.map((number) => graph.ids[number])],
  );

describe('GET /graph/centrality', () => {
  test('measures all entries as networkx does, and sorts by one measure', async () => {
    const graph = await store(4, [edge(1, 2), edge(2, 3), edge(2, 3, { type: 'calls' }), edge(4, 2)]);
    const { status, body, headers } = await get('/centrality?metric=betweenness&limit=2&count=exact');
    expect(status).toBe(200);
    expect(numbersOf(graph, body)).toEqual([2, 1]);
    expect(body[0]).toMatchObject({
      degree_centrality: 1,
      in_degree: 2,
      out_degree: 1,
      betweenness_centrality: 2 / 6,
      closeness_centrality: 2 / 3,
      ranks: { degree: 1, betweenness: 1, pagerank: 2 },
      exact: true,
      sample_size: null,
      standard_error: null,
      stale: false,
      entries: 4,
    });
    expect(headers.get('x-total-count')).toBe('4');
    expect(headers.get('link')).toContain('offset=2');
    const { body: one } = await get(`/centrality/${graph.key(3)}`);
    expect(one).toMatchObject({ key: graph.key(3), in_degree: 1, closeness_centrality: expect.closeTo(0.6, 9) });
    expect(one.pagerank).toBeGreaterThan(body[0].pagerank);
    expect(Date.parse(one.computed_at)).toBeGreaterThan(0);
  });

  test('counts a bidirectional relationship each way', async () => {
    const graph = await store(2, [edge(1, 2, { bidirectional: true })]);
    const { body } = await get(`/centrality/${graph.key(1)}`);
    expect(body).toMatchObject({ in_degree: 1, out_degree: 1, degree_centrality: 2 });
  });

  test('is worked out once, and again when relationships or entries have changed', async () => {
    const graph = await store(3, [edge(1, 2)]);
    const first = (await get(`/centrality/${graph.key(1)}`)).body;
    expect((await get(`/centrality/${graph.key(2)}`)).body.computed_at).toBe(first.computed_at);
    await storeEdges(app.uow, graph.ids, [edge(3, 1)]);
    const second = (await get(`/centrality/${graph.key(1)}`)).body;
    expect(second).toMatchObject({ in_degree: 1, out_degree: 1, stale: false });
    expect(second.graph_version).toBeGreaterThan(first.graph_version);
    await store(1, []);
    expect((await get(`/centrality/${graph.key(1)}`)).body).toMatchObject({ entries: 4, stale: false });
  });

  test('is answered stale at once where it takes long, worked out behind the answer, and waited for on request', async () => {
    const graph = await store(3, [edge(1, 2)]);
    await get('/centrality');
    await app.uow.query('UPDATE graph_run SET milliseconds = 100000');
    await storeEdges(app.uow, graph.ids, [edge(3, 1)]);
    const newcomer = await store(1, []);
    expect((await get(`/centrality/${newcomer.key(1)}`)).body).toMatchObject({
      stale: true,
      degree_centrality: null,
      ranks: null,
      entries: 3,
    });
    await eventually('the change is counted', async () => {
      const { in_degree, stale } = (await get(`/centrality/${graph.key(1)}`)).body;
      return in_degree === 1 && !stale;
    });
    await app.uow.query('UPDATE graph_run SET milliseconds = 100000');
    await storeEdges(app.uow, graph.ids, [edge(2, 1)]);
    expect((await get(`/centrality/${graph.key(1)}?fresh=true`)).body).toMatchObject({ in_degree: 2, stale: false });
  });

  test('of an empty registry is empty', async () => {
    expect((await get('/centrality')).body).toEqual([]);
    expect((await get('/communities')).body).toMatchObject({ communities: [], count: 0, modularity: 0 });
    expect((await get('/components')).body).toMatchObject({ components: [], count: 0 });
  });
});

describe('GET /graph/communities', () => {
  test('finds groups that are related among themselves, and shows the members with most neighbours', async () => {
    const clique = (numbers: number[]) =>
      numbers.flatMap((a) => numbers.filter((b) => b > a).map((b) => edge(a, b, { type: 'calls' })));
    const graph = await store(9, [...clique([1, 2, 3, 4]), ...clique([5, 6, 7, 8]), edge(4, 5)]);
    const { body } = await get('/communities?members=1');
    expect(body).toMatchObject({ count: 3, entries: 9, stale: false });
    expect(
      body.communities.map(({ number, size, truncated, members }: Json) => [
        number,
        size,
        truncated,
        numbersOf(graph, members),
      ]),
    ).toEqual([
      [1, 4, true, [4]],
      [2, 4, true, [5]],
      [3, 1, false, [9]],
    ]);
    expect(body.modularity).toBeCloseTo(0.4231, 3);
    expect((await get('/communities?limit=1&offset=2')).body.communities).toEqual([
      expect.objectContaining({ number: 3 }),
    ]);
  });
});

describe('GET /graph/components', () => {
  test('lists what hangs together, weakly or in circles, over the types asked for', async () => {
    const graph = await store(6, [edge(1, 2), edge(3, 2), edge(4, 5), edge(5, 4, { type: 'calls' })]);
    const listed = async (query: string) => {
      const { body } = await get(`/components${query}`);
      return [body.count, body.components.map(({ nodes }: Json) => numbersOf(graph, nodes))];
    };
    expect(await listed('')).toEqual([3, [[1, 2, 3], [4, 5], [6]]]); // prettier-ignore
    expect(await listed('?limit=1&offset=1')).toEqual([3, [[4, 5]]]);
    expect(await listed('?connection=strong')).toEqual([1, [[4, 5]]]);
    expect(await listed('?connection=strong&types=calls')).toEqual([0, []]);
    expect(await listed('?types=calls&limit=2')).toEqual([5, [[4, 5], [1]]]); // prettier-ignore
  });

  test('shows the first hundred of a large one, and is worked out anew after a change', async () => {
    const graph = await store(151, star(149));
    const [first] = (await get('/components')).body.components;
    expect(first).toMatchObject({ size: 150, truncated: true });
    expect(first.nodes).toHaveLength(100);
    await storeEdges(app.uow, graph.ids, [edge(151, 1)]);
    expect((await get('/components')).body).toMatchObject({ count: 1, stale: false });
  });
});

describe('what is restricted', () => {
  test('is not part of the graph that others see measured, not even by what it changes', async () => {
    const graph = await store(4, [edge(1, 2), edge(2, 3), edge(4, 2)]);
    const asViewer = await viewer();
    expect((await asViewer(`/centrality/${graph.key(2)}`)).body).toMatchObject({ in_degree: 2, entries: 4 });
    expect((await asViewer('/communities')).body.entries).toBe(4);
    await restrict(graph, 2);
    expect((await asViewer(`/centrality/${graph.key(2)}`)).status).toBe(404);
    expect((await asViewer(`/centrality/${graph.key(3)}`)).body).toMatchObject({ in_degree: 0, entries: 3 });
    expect(numbersOf(graph, (await asViewer('/centrality')).body)).toEqual([1, 3, 4]);
    expect((await asViewer('/components')).body).toMatchObject({ count: 3, entries: 3 });
    expect((await asViewer('/communities')).body).toMatchObject({ count: 3, entries: 3 });
    expect((await get(`/centrality/${graph.key(3)}`)).body).toMatchObject({ in_degree: 1, entries: 4 });
    expect((await get('/components')).body).toMatchObject({ count: 1, entries: 4 });
    await restrict(graph, 1);
    expect(numbersOf(graph, (await asViewer('/centrality')).body)).toEqual([3, 4]);
  });

  test('has no measures for its readers, who see the open graph as well', async () => {
    const graph = await store(3, [edge(1, 2), edge(2, 3)]);
    const asViewer = await viewer();
    await restrict(graph, 1, 2);
    await app.uow.query(
      `UPDATE entry SET security_context = '{"visibility":"restricted","readers":["role:viewer"]}' WHERE id = $1`,
      [graph.ids[2]],
    );
    const { body } = await app.api.post('/api/v1/gateway/keys', { name: 'r', type: 'api_key', role: 'viewer' });
    const asReader: GraphApi['get'] = (path) => app.api.as(body.key).get(`/api/v1/graph${path}`);
    expect((await asViewer(`/centrality/${graph.key(2)}`)).status).toBe(404);
    expect((await asReader(`/centrality/${graph.key(2)}`)).body).toMatchObject({ in_degree: null, entries: 1 });
  });
});

describe('wrong questions', () => {
  test.each([
    ['/centrality?metric=fame', 'metric'],
    ['/centrality?limit=0', 'limit'],
    ['/centrality?fresh=1', 'fresh'],
    ['/communities?members=101', 'members'],
    ['/components?connection=loose', 'connection'],
    ['/components?types=never_heard_of', 'types'],
  ])('%s is refused, naming %s', async (path, field) => {
    const { status, body } = await get(path);
    expect([status, body.errors?.map((error: Json) => error.field)]).toEqual([400, expect.arrayContaining([field])]);
  });
});
