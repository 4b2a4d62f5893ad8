import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import type { Json } from '../support/api-client.js';
import { graphApi, numbersOf } from './graph-fixture.js';
import type { GraphApi, StoredGraph } from './graph-fixture.js';
import { edge } from './graph-oracle.js';

let app: TestApp;
let get: GraphApi['get'];
let store: GraphApi['store'];

beforeAll(async () => {
  app = await testApp();
  ({ get, store } = graphApi(app));
});
afterAll(() => app.close());

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
    expect(numbersOf(graph, short.nodes)).toEqual([1, 4]);
    expect(short).toMatchObject({ length: 1, cost: 10, edges: [{ id: String(graph.edgeIds.get(edges[0].id)) }] });
    const { body: light } = await path(graph, 1, 4, '&weighted=true');
    expect(numbersOf(graph, light.nodes)).toEqual([1, 2, 3, 4]);
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
    expect(body.map(({ size, truncated, nodes }: Json) => [size, truncated, numbersOf(graph, nodes)])).toEqual([
      [3, false, [3, 4, 5]],
      [2, false, [1, 2]],
    ]);
    expect(headers.get('x-total-count')).toBe('3');
    const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')![1];
    const { body: rest, headers: last } = await app.api.get(next);
    expect(rest.map(({ nodes }: Json) => numbersOf(graph, nodes))).toEqual([[6, 7]]);
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
