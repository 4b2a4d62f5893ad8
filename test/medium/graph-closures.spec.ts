import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import type { Json } from '../support/api-client.js';
import { graphApi, linesOf, numbersOf } from './graph-fixture.js';
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
    expect(numbersOf(graph, impact.nodes)).toEqual([2, 4, 1]);
    expect(impact.nodes[2].path).toEqual([3, 2, 1].map(graph.key));
    expect(numbersOf(graph, (await get(`/impact/${graph.key(5)}?types=calls`)).body.nodes)).toEqual([3]);
  });

  test('end where they are asked to, and say when that cut something off', async () => {
    const graph = await store(6, [edge(1, 2), edge(2, 3), edge(3, 4), edge(1, 5), edge(1, 6)]);
    const { body: shallow } = await get(`/dependencies/${graph.key(1)}?depth=2`);
    expect(numbersOf(graph, shallow.nodes)).toEqual([2, 5, 6, 3]);
    expect(shallow.truncated).toBeNull();
    const { body: few } = await get(`/dependencies/${graph.key(1)}?limit=2`);
    expect(numbersOf(graph, few.nodes)).toEqual([2, 5]);
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

  test('a reader that leaves in the middle harms nobody', async () => {
    const graph = await store(2_001, star(2_000));
    for (const accept of ['application/json', 'application/x-ndjson']) {
      const headers = { 'x-api-key': app.adminKey, accept };
      const asking = request(`${app.url}/api/v1/graph/dependencies/${graph.key(1)}`, { headers }).end();
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      await once(answer, 'data');
      answer.destroy();
    }
    expect((await get(`/dependencies/${graph.key(1)}`)).body.count).toBe(2_000);
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
