import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import type { Json } from '../support/api-client.js';
import { graphApi, numbersOf } from './graph-fixture.js';
import type { GraphApi } from './graph-fixture.js';
import { edge, star } from './graph-oracle.js';

let app: TestApp;
let get: GraphApi['get'];
let store: GraphApi['store'];

beforeAll(async () => {
  app = await testApp();
  ({ get, store } = graphApi(app));
});
afterAll(() => app.close());

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
    expect(numbersOf(graph, out.calls)).toEqual([5]);
    expect(numbersOf(graph, out.depends_on)).toEqual([2]);
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
