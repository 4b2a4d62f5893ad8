import type { ApiClient, Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { NODES, aLabel, aNode, balance, beat, chosen, get, someNodes, until } from './grid-fixture.js';

const STRATEGIES = ['round_robin', 'least_connections', 'weighted', 'random', 'consistent_hash'];

let app: TestApp;
let api: ApiClient;
beforeAll(async () => {
  app = await testApp({ env: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
  api = app.api;
});
afterAll(() => app.close());

const countsOf = (ids: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
};

async function times(count: number, ask: (n: number) => Promise<string>): Promise<string[]> {
  const found: string[] = [];
  for (let n = 0; n < count; n++) found.push(await ask(n));
  return found;
}

describe('balancing', () => {
  it('goes round by turns and in proportion to weights, and says whose turn it was', async () => {
    const label = aLabel();
    const heavy = await aNode(api, label, { weight: 3 });
    const light = await aNode(api, label, { weight: 1 });
    const counts = countsOf(await times(40, () => chosen(api, label)));
    expect([counts.get(heavy.id), counts.get(light.id)]).toEqual([30, 10]);
    const { body } = await balance(api, label, { strategy: 'ROUND_ROBIN' });
    expect(body).toMatchObject({
      strategy: 'round_robin',
      node: { address: '10.0.0.1:9000', status: 'active', region: null, labels: { test: label } },
      why: { matching: 2, candidates: 2, excluded: {}, turn: 40, shared: true, same_zone: null, degraded: false },
      guard: null,
    });
    expect(body.reason).toContain('turn 40 of a cycle of 4');
  });

  it('by least_connections follows what nodes report, what they were given and what was released', async () => {
    const label = aLabel();
    const [one, two] = await someNodes(api, label, 2);
    await beat(api, one, { connections: 2, cpu: 0.5 });
    await beat(api, two, { connections: 0 });
    expect(await times(2, () => chosen(api, label, { strategy: 'least_connections' }))).toEqual([two.id, two.id]);
    expect(await get(api, one)).toMatchObject({ connections: 2, cpu: 0.5, memory: null });
    const path = `${NODES}/${two.id}/release`;
    expect(await api.post(path, { connections: 7 })).toMatchObject({ status: 200, body: { connections: 0 } });
    expect(await api.post(path)).toMatchObject({ status: 200, body: { id: two.id, connections: 0, status: 'active' } });
    expect(await chosen(api, label, { strategy: 'least_connections' })).toBe(two.id);
    expect(await api.post(path, { connections: 0 })).toMatchObject({ status: 400, body: { errors: [{ field: 'connections' }] } }); // prettier-ignore
  });

  it('by random takes the less busy of two', async () => {
    const label = aLabel();
    const [busy, idle] = await someNodes(api, label, 2);
    await beat(api, busy, { connections: 1000 });
    const counts = countsOf(await times(60, () => chosen(api, label, { strategy: 'random' })));
    // Only who is drawn twice is not compared with another.
    expect(counts.get(idle.id)).toBeGreaterThan(30);
  });

  it('by weighted draws in proportion to weights', async () => {
    const label = aLabel();
    const heavy = await aNode(api, label, { weight: 9 });
    await aNode(api, label, { weight: 1 });
    const counts = countsOf(await times(100, () => chosen(api, label, { strategy: 'weighted' })));
    expect(counts.get(heavy.id)).toBeGreaterThan(70);
  });

  it('by consistent_hash gives a key the same node again, and another one only when that is gone or too busy', async () => {
    const label = aLabel();
    const nodes = await someNodes(api, label, 5);
    const keys = Array.from({ length: 100 }, (_, n) => `session-${n}`);
    const homes = () => times(100, (n) => chosen(api, label, { strategy: 'consistent_hash', key: keys[n] }));
    const before = await homes();
    expect(await homes()).toEqual(before);
    await api.post(`${NODES}/${nodes[0].id}/deactivate`);
    const after = await homes();
    for (const [n, id] of before.entries()) if (id !== nodes[0].id) expect(after[n]).toBe(id);
    expect(after).not.toContain(nodes[0].id);
    const hot = nodes.find(({ id }) => id === after[0])!;
    await beat(api, hot, { connections: 1000 });
    const { body } = await balance(api, label, { strategy: 'consistent_hash', key: keys[0] });
    expect(body.node.id).not.toBe(hot.id);
    expect(body).toMatchObject({
      why: { instead_of: hot.key },
      reason: expect.stringContaining('1.25 times the mean'),
    });
  });

  it('keeps to type, region, zone and labels, and prefers a zone while it can', async () => {
    const label = aLabel();
    const here = await aNode(api, label, { region: 'eu', zone: 'eu-a', type: 'worker', labels: { test: label, gpu: 'a100', ssd: true } }); // prettier-ignore
    const there = await aNode(api, label, { region: 'eu', zone: 'eu-b', capacity: 2 });
    const far = await aNode(api, label, { region: 'us', zone: 'us-a', labels: { test: label, gpu: 'h100' } });
    const own = { key: 'test', operator: 'eq', values: [label] };
    const found = async (question: object, more: object[] = []): Promise<Set<string>> =>
      new Set(await times(6, () => chosen(api, label, { affinity: [own, ...more], ...question })));
    expect(await found({ type: 'worker' })).toEqual(new Set([here.id]));
    expect(await found({ region: 'us' })).toEqual(new Set([far.id]));
    expect(await found({ zone: 'eu-a' })).toEqual(new Set([here.id]));
    expect(await found({}, [{ key: 'gpu', operator: 'in', values: ['a100', 'h100'] }])).toEqual(new Set([here.id, far.id])); // prettier-ignore
    expect(await found({}, [{ key: 'gpu', operator: 'ne', values: ['a100'] }, { key: 'gpu', operator: 'exists' }])).toEqual(new Set([far.id])); // prettier-ignore
    expect(await found({}, [{ key: 'ssd', operator: 'eq', values: ['true'] }])).toEqual(new Set([here.id]));
    await api.post(`${NODES}/${there.id}/release`, { connections: 10 });
    const near = { zone: 'eu-b', prefer_same_zone: true };
    const first = await times(2, () => chosen(api, label, near));
    expect(first).toEqual([there.id, there.id]);
    // Full by now.
    const { body } = await balance(api, label, near);
    expect(body).toMatchObject({ why: { matching: 3, candidates: 2, same_zone: false } });
    expect(body.node.id).not.toBe(there.id);
  });

  it('says what keeps nodes from work when none can take any', async () => {
    const label = aLabel();
    expect(await balance(api, label)).toMatchObject({ status: 409, body: { code: 'grid.no_node', matching: 0 } });
    const full = await aNode(api, label, { capacity: 1 });
    await chosen(api, label);
    await api.post(NODES, { name: `pending-${label}`, host: 'h', port: 1, labels: { test: label } });
    for (const strategy of STRATEGIES)
      expect(await balance(api, label, { strategy, key: 'k' })).toMatchObject({
        status: 409,
        body: { code: 'grid.no_node', matching: 2, excluded: { pending: 1, full: 1 } },
      });
    expect(await get(api, full)).toMatchObject({ available: false, connections: 1 });
  });

  it('refuses questions that say too little or too much, naming the field', async () => {
    for (const [question, field] of [
      [{ strategy: 'consistent_hash' }, 'key'],
      [{ prefer_same_zone: true }, 'prefer_same_zone'],
      [{ strategy: 'fastest' }, 'strategy'],
      [{ type: 'car' }, 'type'],
      [{ affinity: [{ key: 'a', operator: 'eq', values: [] }] }, 'affinity.0.values'],
      [{ affinity: [{ key: 'a', operator: 'exists', values: ['b'] }] }, 'affinity.0.values'],
      [{ affinity: [{ key: 'a', operator: 'like' }] }, 'affinity.0.operator'],
      [{ surprise: 1 }, 'surprise'],
    ] as const)
      expect(await api.post('/api/v1/grid/balance', question)).toMatchObject({ status: 400, body: { errors: [{ field }] } }); // prettier-ignore
  });

  it('leaves out what the caller may not see', async () => {
    const label = aLabel();
    const open = await aNode(api, label);
    const security_context = { visibility: 'restricted', readers: ['role:nobody'] };
    const secret = await aNode(api, label, { security_context });
    const { key } = (await api.post('/api/v1/gateway/keys', { name: `g-${label}`, type: 'api_key', role: 'viewer' })).body; // prettier-ignore
    const viewer = api.as(key);
    expect(new Set(await times(6, () => chosen(viewer, label)))).toEqual(new Set([open.id]));
    expect(new Set(await times(6, () => chosen(api, label)))).toEqual(new Set([open.id, secret.id]));
    const seen = JSON.stringify((await viewer.get('/api/v1/grid/topology')).body);
    expect(seen).toContain(open.id);
    expect(seen).not.toContain(secret.id);
    expect(await viewer.post(`${NODES}/${secret.id}/release`)).toMatchObject({ status: 404 });
  });
});

describe('a drained node', () => {
  it('gets no new work from any strategy although its probes pass and its heartbeats come', async () => {
    const label = aLabel();
    const other = await aNode(api, label);
    const port = Number(new URL(app.url).port);
    const node = await aNode(api, label, {
      host: '127.0.0.1',
      port,
      ttl_seconds: 600,
      health_check: { type: 'tcp', interval: 1 },
    });
    await beat(api, node, { connections: 3 });
    const drained = await api.post(`${NODES}/${node.id}/drain`, { grace_seconds: 600 });
    expect(drained).toMatchObject({ status: 200, body: { status: 'draining', available: false, draining: { remove: false } } }); // prettier-ignore
    const works = async (): Promise<void> => {
      for (const strategy of STRATEGIES)
        expect(new Set(await times(8, (n) => chosen(api, label, { strategy, key: `k${n}` })))).toEqual(new Set([other.id])); // prettier-ignore
    };
    await works();
    expect(await beat(api, node, { connections: 3 })).toMatchObject({ status: 200, body: { status: 'draining', drain: true } }); // prettier-ignore
    expect(await api.post(`${NODES}/${node.id}/health`, { status: 'healthy' })).toMatchObject({ status: 200 });
    await works();
    expect(await get(api, node)).toMatchObject({ status: 'draining', connections: 3 });
    await api.post(`${NODES}/${node.id}/release`, { connections: 3 });
    await until('its connections are released', async () => (await get(api, node)).status === 'drained');
    await beat(api, node, { connections: 0 });
    expect((await api.get(`${NODES}/${node.id}/health?check=true`)).status).toBe(200);
    await works();
    expect(await get(api, node)).toMatchObject({ status: 'drained', draining: null });
    await api.post(`${NODES}/${node.id}/activate`);
    expect(new Set(await times(4, () => chosen(api, label)))).toEqual(new Set([node.id, other.id]));
  });

  it('is drained when its grace is over, whatever it has still', async () => {
    const node = await aNode(api, aLabel());
    await beat(api, node, { connections: 3 });
    await api.post(`${NODES}/${node.id}/drain`, { grace_seconds: 1 });
    await until('the grace is over', async () => (await get(api, node)).status === 'drained');
    expect(await get(api, node)).toMatchObject({ connections: 3 });
    const events = (await api.get(`${NODES}/${node.id}/events?types=transition`)).body;
    expect(events[0]).toMatchObject({ verb: 'drained', from: 'draining', to: 'drained' });
  });

  it('takes work again when the drain is called off', async () => {
    const label = aLabel();
    const node = await aNode(api, label);
    await beat(api, node, { connections: 3 });
    await api.post(`${NODES}/${node.id}/drain`);
    expect((await balance(api, label)).status).toBe(409);
    expect(await api.post(`${NODES}/${node.id}/activate`)).toMatchObject({
      body: { status: 'active', draining: null },
    });
    expect(await chosen(api, label)).toBe(node.id);
    expect(await api.post(`${NODES}/${node.id}/drain`, { grace_seconds: -1 })).toMatchObject({ status: 400, body: { errors: [{ field: 'grace_seconds' }] } }); // prettier-ignore
  });
});

describe('removing a node', () => {
  const remove = (node: Json, query = '') => api.delete(`${NODES}/${node.id}${query}`);

  it('drains it first while it has connections', async () => {
    const label = aLabel();
    const node = await aNode(api, label);
    await chosen(api, label);
    expect(await api.delete(`/api/v1/entities/${node.id}`)).toMatchObject({ status: 409, body: { code: 'grid_node.in_use', connections: 1 } }); // prettier-ignore
    expect(await remove(node)).toMatchObject({ status: 202, body: { status: 'draining', draining: { remove: true } } });
    expect((await balance(api, label)).status).toBe(409);
    await api.post(`${NODES}/${node.id}/release`);
    await until('it is gone', async () => (await api.get(`${NODES}/${node.id}`)).status === 404);
    expect(await balance(api, label)).toMatchObject({ body: { matching: 0 } });
  });

  it('takes it away at once when it has none, or by force', async () => {
    const label = aLabel();
    expect((await remove(await aNode(api, label))).status).toBe(204);
    const node = await aNode(api, label);
    await chosen(api, label);
    expect((await remove(node, '?force=true')).status).toBe(204);
    expect(await balance(api, label)).toMatchObject({ status: 409, body: { matching: 0 } });
    expect(await beat(api, node)).toMatchObject({ status: 404, body: { code: 'grid_node.not_found' } });
  });
});

describe('the topology', () => {
  it('shows regions, zones and nodes with what they do, and stats add it up', async () => {
    const label = aLabel();
    const [one, two] = [
      await aNode(api, label, { region: label, zone: 'a', capacity: 10, type: 'gateway' }),
      await aNode(api, label, { region: label, zone: 'b', capacity: 5, type: 'gateway' }),
    ];
    await beat(api, one, { connections: 4 });
    await api.post(`${NODES}/${two.id}/deactivate`);
    const { body } = await api.get(`/api/v1/grid/topology?region=${label}`);
    expect(body).toMatchObject({
      nodes: 2,
      available: 1,
      connections: 4,
      capacity: 15,
      regions: [{ region: label, zones: [{ zone: 'a', members: [{ id: one.id, connections: 4, available: true }] }, { zone: 'b', members: [{ id: two.id, status: 'inactive' }] }] }],
    }); // prettier-ignore
    expect((await api.get(`/api/v1/grid/topology?region=${label}&zone=b`)).body.nodes).toBe(1);
    expect(await api.get('/api/v1/grid/topology?type=car')).toMatchObject({ status: 400 });
    const stats = (await api.get('/api/v1/grid/stats')).body;
    expect(stats).toMatchObject({ by_type: { gateway: 2 }, guard: { active: false, until: null } });
    expect(stats.balanced.round_robin).toBeGreaterThan(0);
    expect(stats.by_status.inactive).toBeGreaterThan(0);
    const metrics = (await api.get('/metrics')).body;
    expect(metrics).toMatch(/^registry_grid_nodes\{state="available"\} \d+$/m);
    expect(metrics).toMatch(/^registry_grid_decisions_total\{strategy="round_robin"\} \d+$/m);
  });
});
