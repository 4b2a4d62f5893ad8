import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import type { Json } from '../support/api-client.js';
import { graphApi, numbersOf } from './graph-fixture.js';
import type { GraphApi, StoredGraph } from './graph-fixture.js';
import { chain, diamonds, edge, star } from './graph-oracle.js';
import type { OracleEdge } from './graph-oracle.js';

let app: TestApp;
let get: GraphApi['get'];
let store: GraphApi['store'];

beforeAll(async () => {
  app = await testApp();
  ({ get, store } = graphApi(app));
});
afterAll(() => app.close());

const change = (graph: StoredGraph, number: number, sets: string) =>
  app.uow.query(`UPDATE entry SET ${sets} WHERE id = $1`, [graph.ids[number]]);
const write = (graph: StoredGraph, of: OracleEdge, metadata: object) =>
  app.uow.query('UPDATE relationship SET metadata = $2 WHERE id = $1', [
    graph.edgeIds.get(of.id),
    JSON.stringify(metadata),
  ]);
const restricted = `security_context = '{"visibility":"restricted","readers":[]}'`;
const asViewer = async (): Promise<GraphApi['get']> => {
  const { body } = await app.api.post('/api/v1/gateway/keys', { name: 'v', type: 'api_key', permissions: ['read:*'] });
  return (path) => app.api.as(body.key).get(`/api/v1/graph${path}`);
};

describe('GET /graph/paths', () => {
  const paths = async (graph: StoredGraph, source: number, target: number, query = '', ask = get) => {
    const { body } = await ask(`/paths?source=${graph.key(source)}&target=${graph.key(target)}${query}`);
    return { ...body, ways: body.paths?.map(({ nodes }: Json) => numbersOf(graph, nodes)) };
  };

  test('answers every way, shorter ones first, with relationships, length and cost', async () => {
    const edges = [edge(1, 2), edge(2, 4, { weight: 3 }), edge(2, 4, { type: 'calls', weight: 2 }), edge(1, 3), edge(3, 2), edge(1, 4)]; // prettier-ignore
    const graph = await store(4, edges);
    const answer = await paths(graph, 1, 4);
    expect(answer).toMatchObject({ max_depth: 5, count: 3, truncated: null });
    expect(answer.ways).toEqual([[1, 4], [1, 2, 4], [1, 3, 2, 4]]); // prettier-ignore
    expect(answer.paths[1]).toMatchObject({ length: 2, cost: 3 });
    expect(answer.paths[1].edges[1]).toMatchObject({
      type: 'calls',
      source_id: graph.uids[2],
      target_id: graph.uids[4],
    });
    expect((await paths(graph, 1, 4, '&types=depends_on')).paths[1].cost).toBe(4);
    expect((await paths(graph, 1, 4, '&max_depth=2')).ways).toEqual([[1, 4], [1, 2, 4]]); // prettier-ignore
    expect((await paths(graph, 4, 1)).ways).toEqual([]);
    expect((await paths(graph, 4, 1, '&direction=in')).count).toBe(3);
    expect((await paths(graph, 2, 2)).ways).toEqual([[2]]);
  });

  test('walks bidirectional relationships both ways, and never enters what is restricted', async () => {
    const graph = await store(4, [edge(2, 1, { bidirectional: true }), edge(2, 4), edge(1, 3), edge(3, 4)]);
    expect((await paths(graph, 1, 4)).ways).toEqual([[1, 2, 4], [1, 3, 4]]); // prettier-ignore
    await change(graph, 3, restricted);
    expect((await paths(graph, 1, 4, '', await asViewer())).ways).toEqual([[1, 2, 4]]);
  });

  test('says what is missing: more paths than asked for, over a ladder of diamonds', async () => {
    const graph = await store(16, diamonds(5));
    const { ways, truncated } = await paths(graph, 1, 16, '&max_depth=10&limit=7');
    expect(new Set(ways.map(String)).size).toBe(7);
    expect(truncated).toEqual({ reason: 'limit', at_depth: 10 });
    expect((await paths(graph, 1, 16, '&max_depth=10&limit=100')).count).toBe(32);
  });

  test('between the ends of stars and chains are quick', async () => {
    const leaves = 3_000;
    const graph = await store(leaves + 12, [
      ...star(leaves),
      ...chain(11).map((one) => ({ ...one, source: one.source + leaves + 1, target: one.target + leaves + 1 })),
      edge(2, leaves + 2),
    ]);
    expect((await paths(graph, 1, 3)).ways).toEqual([[1, 3]]);
    expect((await paths(graph, 1, leaves + 3)).ways).toEqual([[1, 2, leaves + 2, leaves + 3]]);
    expect((await paths(graph, 1, leaves + 12, '&max_depth=10')).count).toBe(0);
    expect((await paths(graph, 5, 6, '&direction=both&max_depth=10')).ways).toEqual([[5, 1, 6]]);
  });
});

describe('the versions that relationships ask for', () => {
  test('are told along dependencies, and of each relationship of a walk on request', async () => {
    const edges = [edge(1, 2), edge(1, 3), edge(2, 4), edge(3, 4, { type: 'requires' }), edge(4, 5)];
    const graph = await store(5, edges);
    const name = (number: number): string => graph.key(number).slice('svc_'.length);
    await change(graph, 2, `version = '1.4.0'`);
    await change(graph, 3, `version = '2.36-9'`);
    await write(graph, edges[0], { constraint: '>=1.0.0,<2.0.0' });
    await write(graph, edges[1], { groups: [[{ name: name(3), op: '>=', version: '2.37' }]] });
    await write(graph, edges[2], { constraint: '^1' });
    const { body } = await get(`/dependencies/${graph.key(1)}`);
    expect(body.nodes.map(({ constraint, constraint_state }: Json) => [constraint, constraint_state])).toEqual([
      ['>=1.0.0,<2.0.0', 'satisfied'],
      [`${name(3)} (>= 2.37)`, 'unsatisfied'],
      ['^1', 'unknown'],
      [null, 'satisfied'],
    ]);
    const walk = await get(`?root_id=${graph.key(1)}&include=constraints`);
    expect(walk.body.edges.map(({ constraint_state }: Json) => constraint_state)).toEqual([
      'satisfied',
      'unsatisfied',
      'unknown',
      'satisfied',
      'satisfied',
    ]);
    expect((await get(`?root_id=${graph.key(1)}`)).body.edges[0]).not.toHaveProperty('constraint');
    expect((await get(`/impact/${graph.key(4)}`)).body.nodes[0]).not.toHaveProperty('constraint');
  });
});

describe('GET /graph/suggestions/{id}', () => {
  test('finds entries with neighbours in common, related as most of these are', async () => {
    // 1 and 7 call 2 and 3; 2 and 3 depend on 4, and 2 on 5. 6 is a hub's leaf.
    const calls = (source: number, target: number) => edge(source, target, { type: 'calls' });
    const graph = await store(8, [
      calls(1, 2),
      calls(1, 3),
      calls(7, 2),
      calls(7, 3),
      edge(2, 4),
      edge(3, 4),
      edge(2, 5),
    ]);
    const { status, body } = await get(`/suggestions/${graph.key(1)}`);
    expect(status).toBe(200);
    expect(numbersOf(graph, body.map(({ entity }: Json) => entity))).toEqual([4, 7, 5]); // prettier-ignore
    expect(body[0]).toMatchObject({
      source_id: graph.uids[1],
      target_id: graph.uids[4],
      type: 'depends_on',
      reason: '2 neighbours in common',
      reasons: [{ kind: 'shared_neighbors' }],
    });
    expect(body[1]).toMatchObject({ source_id: graph.uids[7], target_id: graph.uids[1], type: 'calls' });
    expect(body[0].score).toBeGreaterThan(body[2].score);
    expect((await get(`/suggestions/${graph.key(1)}?limit=1`)).body).toHaveLength(1);
  });

  test('finds what is declared as needed, or mentioned, and not related yet', async () => {
    const graph = await store(5, [edge(1, 2)]);
    const name = (number: number): string => graph.key(number).slice('svc_'.length);
    await change(
      graph,
      1,
      `metadata = '${JSON.stringify({ unresolved: { depends: [[{ name: name(2) }, { name: name(3), op: '>=', version: '1' }]] } })}',
       spec = '${JSON.stringify({ dependencies: { plugins: [`${name(4)}>=2.0.0,<3.0.0`] } })}', description = 'Writes to ${name(5)} and ${name(3)}.'`,
    );
    const { body } = await get(`/suggestions/${graph.key(1)}`);
    expect(body.map(({ entity, reason }: Json) => [graph.number(entity.key), reason])).toEqual([
      [3, `"${name(3)}" is declared as needed`],
      [4, `"${name(4)}" is declared as needed`],
      [5, `the text mentions "${name(5)}"`],
    ]);
    expect(body[0].reasons.map(({ kind }: Json) => kind)).toEqual(['declared', 'mentioned']);
    await change(graph, 3, restricted);
    const seen = await (await asViewer())(`/suggestions/${graph.key(1)}`);
    expect(seen.body.map(({ entity }: Json) => graph.number(entity.key))).toEqual([4, 5]);
  });

  test('knows no neighbours over what the caller may not see, nor over hubs', async () => {
    const graph = await store(404, [edge(1, 2), edge(2, 3), ...star(400).map((one) => ({ ...one, source: 4, target: one.target + 3 })), edge(1, 4)]); // prettier-ignore
    expect(
      (await get(`/suggestions/${graph.key(1)}`)).body.map(({ entity }: Json) => graph.number(entity.key)),
    ).toEqual([3]);
    await change(graph, 2, restricted);
    expect((await (await asViewer())(`/suggestions/${graph.key(1)}`)).body).toEqual([]);
  });
});

describe('GET /graph/export', () => {
  const exported = async (graph: StoredGraph, format: string, query = '') => {
    const { status, headers, body } = await get(`/export?format=${format}&root_id=${graph.key(1)}${query}`);
    expect(status).toBe(200);
    return { type: headers.get('content-type'), body };
  };

  test('writes the surroundings of an entry for Graphviz, Mermaid, GraphML and Cytoscape', async () => {
    const edges = [edge(1, 2), edge(2, 3, { type: 'calls', bidirectional: true, weight: 2.5 })];
    const graph = await store(3, edges);
    await change(graph, 2, `title = 'a "quoted" <title> \\ & more', health = 'degraded'`);
    const [one, two, three] = [1, 2, 3].map(graph.key);
    const dot = await exported(graph, 'dot');
    expect(dot.type).toContain('text/vnd.graphviz');
    expect(dot.body).toContain(`"${one}" -> "${two}" [label="depends_on"];`);
    expect(dot.body).toContain(`"${two}" -> "${three}" [label="calls", dir=both];`);
    expect(dot.body).toContain(String.raw`tooltip="a \"quoted\" <title> \\ & more", fillcolor="#fdf0c8"`);
    const word = (number: number): string => `e${graph.uids[number].replaceAll('-', '')}`;
    const mermaid = await exported(graph, 'mermaid');
    expect(mermaid.body).toContain(`${word(1)}["${one}"]`);
    expect(mermaid.body).toContain(`${word(2)} <-->|"calls"| ${word(3)}`);
    const graphml = await exported(graph, 'graphml');
    expect(graphml.body).toContain('<data key="title">a &quot;quoted&quot; &lt;title&gt; \\ &amp; more</data>');
    expect(graphml.body).toContain(`source="${graph.uids[2]}" target="${graph.uids[3]}"><data key="edge_type">calls</data><data key="edge_weight">2.5</data>`); // prettier-ignore
    const { body: cytoscape } = await exported(graph, 'cytoscape');
    expect(cytoscape.elements.nodes.map(({ data }: Json) => data.key)).toEqual([one, two, three]);
    expect(cytoscape.elements.edges[1].data).toMatchObject({
      source: graph.uids[2],
      target: graph.uids[3],
      type: 'calls',
    });
    expect((await exported(graph, 'cytoscape', '&limit=2')).body.remark).toBe('incomplete from 2 steps on (limit)');
    expect((await exported(graph, 'dot', '&limit=2')).body).toContain('// incomplete from 2 steps on (limit)');
  });

  test('without a root writes everything the caller may see', async () => {
    await app.uow.query('DELETE FROM entry');
    const graph = await store(1_502, [...star(1_500), edge(1_502, 1, { type: 'calls' })]);
    const whole = async (ask: GraphApi['get'], query = '') =>
      (await ask(`/export?format=cytoscape${query}`)).body.elements;
    const { nodes, edges } = await whole(get);
    expect([nodes.length, edges.length]).toEqual([1_502, 1_501]);
    expect((await whole(get, '&types=calls')).edges).toHaveLength(1);
    await change(graph, 2, restricted);
    const seen = await whole(await asViewer());
    expect([seen.nodes.length, seen.edges.length]).toEqual([1_501, 1_500]);
    expect(JSON.stringify(seen)).not.toContain(graph.uids[2]);
  });
});

describe('wrong questions', () => {
  test.each([
    ['/paths', 400, 'source'],
    ['/paths?source=$', 400, 'target'],
    ['/paths?source=$&target=$&max_depth=11', 400, 'max_depth'],
    ['/paths?source=$&target=$&limit=101', 400, 'limit'],
    ['/paths?source=$&target=svc_nobody', 404, 'target'],
    ['/suggestions/svc_nobody', 404, 'id'],
    ['/suggestions/$?limit=0', 400, 'limit'],
    ['/export', 400, 'format'],
    ['/export?format=png&root_id=$', 400, 'format'],
    ['/export?format=dot&root_id=svc_nobody', 404, 'root_id'],
    ['/export?format=dot&types=never_heard_of', 400, 'types'],
    ['?root_id=$&include=everything', 400, 'include'],
  ])('%s is refused with %i, naming %s', async (path, expected, field) => {
    const graph = await store(1, []);
    const { status, body } = await get(path.replaceAll('$', graph.key(1)));
    expect([status, body.errors?.map((error: Json) => error.field)]).toEqual([
      expected,
      expect.arrayContaining([field]),
    ]);
  });
});
