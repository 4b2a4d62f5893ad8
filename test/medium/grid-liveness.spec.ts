import { isNative } from '../support/database.js';
import type { ApiClient, Json } from '../support/api-client.js';
import type { TestApp } from '../support/test-app.js';
import { NODES, aLabel, aNode, affinityOf, balance, beat, chosen, expectOk, get, replicas, someNodes, until } from './grid-fixture.js'; // prettier-ignore

let apps: TestApp[];
let apis: ApiClient[];
let close: () => Promise<void>;
let api: ApiClient;
let other: ApiClient;
beforeAll(async () => {
  ({ apps, apis, close } = await replicas(3));
  [api, other] = apis;
});
afterAll(() => close());

const livenessOf = async (one: ApiClient, node: Json): Promise<string> => (await get(one, node)).liveness;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Beats all the time, until it is told to stop. */
function beating(nodes: readonly Json[], body: object = {}, everyMs = 300): { stop(): Promise<void> } {
  const stop = new AbortController();
  const run = (async () => {
    while (!stop.signal.aborted) {
      await Promise.all(nodes.map((node, n) => beat(apis[n % apis.length], node, body)));
      await pause(everyMs);
    }
  })();
  return { stop: () => (stop.abort(), run) };
}

describe('heartbeats', () => {
  it('make a node healthy; silence makes it degraded, unhealthy and expired, on every replica', async () => {
    const label = aLabel();
    const node = await aNode(api, label, { ttl_seconds: 3 });
    const never = await aNode(api, label);
    expect(await get(api, node)).toMatchObject({ liveness: null, last_heartbeat_at: null, health: 'unknown' });
    const load = { connections: 2, cpu: 0.25, memory: 0.5, requests: 12.5 };
    const answer = await beat(other, node, load);
    expect(answer).toMatchObject({ status: 200, body: { id: node.id, status: 'active', drain: false, connections: 2, ttl_seconds: 3 } }); // prettier-ignore
    const beats = beating([node], load);
    await until('its health is good', async () => (await get(other, node)).health === 'healthy');
    await beats.stop();
    const seen = new Set<string>();
    await until('it is given up', async () => {
      seen.add(await livenessOf(api, node));
      return seen.has('expired');
    });
    const order = [...seen].filter((state) => state !== null);
    expect(order).toEqual(['beating', 'late', 'silent', 'expired'].filter((state) => seen.has(state)));
    expect(order.length).toBeGreaterThan(2);
    await until('its health says so', async () => (await get(other, node)).health === 'unhealthy');
    const events = (await api.get(`${NODES}/${node.id}/events?types=health_changed`)).body;
    expect(events.map(({ to }: Json) => to)).toEqual(expect.arrayContaining(['healthy', 'unhealthy']));
    expect(await get(api, node)).toMatchObject({ status: 'active', available: false, cpu: 0.25, requests: 12.5 });
    await until('others hear', async () => (await livenessOf(other, node)) === 'expired');
    for (const one of apis) expect(await chosen(one, label)).toBe(never.id);
    await beat(other, node);
    await until('it is back', async () => (await get(api, node)).available);
    await until('it is well', async () => (await get(api, node)).health === 'healthy');
    await aNode(api, label);
  });

  it('of one that is late leave it the last to get work', async () => {
    const label = aLabel();
    const late = await aNode(api, label, { ttl_seconds: 3 });
    await beat(api, late);
    await until('it is late', async () => (await livenessOf(api, late)) === 'late');
    expect(await balance(api, label)).toMatchObject({ body: { node: { id: late.id }, why: { degraded: true } } });
    const fresh = await aNode(api, label);
    expect(new Set([await chosen(api, label), await chosen(api, label)])).toEqual(new Set([fresh.id]));
  });

  it('tell other replicas what a node is doing', async () => {
    const label = aLabel();
    const [busy, idle] = await someNodes(api, label, 2, { ttl_seconds: 60 });
    await beat(api, busy, { connections: 50 });
    await beat(api, idle, { connections: 1 });
    await until('others know', async () => (await get(other, busy)).connections === 50);
    const picked = await chosen(other, label, { strategy: 'least_connections' });
    expect(picked).toBe(idle.id);
    await until('and what they gave', async () => (await get(api, idle)).connections === 2);
    await api.post(`${NODES}/${idle.id}/release`);
    await until('and what was released', async () => (await get(other, idle)).connections === 1);
  });

  it('that are late because nobody could listen are waited for', async () => {
    const node = await aNode(api, aLabel(), { ttl_seconds: 2 });
    await beat(api, node);
    await until('it beats', async () => (await livenessOf(api, node)) === 'beating');
    await apps[0].uow.run(async () => {
      await apps[0].uow.query(`UPDATE grid_liveness SET swept_at = clock_timestamp() - interval '5 s'`);
      await apps[0].uow.query(`UPDATE grid_heartbeat SET beat_at = clock_timestamp() - interval '5 s' WHERE ttl = 2`);
    });
    await pause(800);
    expect(await livenessOf(api, node)).toBe('beating');
    await until('it is late', async () => (await livenessOf(api, node)) !== 'beating');
  });

  it('with another time to live are waited for so long', async () => {
    const node = await aNode(api, aLabel(), { ttl_seconds: 1 });
    await beat(api, node);
    await until('it beats', async () => (await livenessOf(other, node)) === 'beating');
    await api.patch(`${NODES}/${node.id}`, { ttl_seconds: 600 });
    await beat(api, node);
    await pause(2500);
    expect(await livenessOf(api, node)).toBe('beating');
  });

  it('that are malformed are refused, naming the field', async () => {
    const node = await aNode(api, aLabel());
    for (const [body, field] of [
      [{ connections: -1 }, 'connections'],
      [{ cpu: 'high' }, 'cpu'],
      [{ load: 1 }, 'load'],
    ] as const)
      expect(await beat(api, node, body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect(await api.post(`${NODES}/node_nobody/heartbeat`)).toMatchObject({ status: 404 });
  });
});

describe('a loss of most nodes at once', () => {
  it('keeps the last known set, says so, and gives them up at the stated deadline', async () => {
    const label = aLabel();
    const nodes = await someNodes(api, label, 20, { ttl_seconds: 2 });
    const [staying, leaving] = [nodes.slice(0, 4), nodes.slice(4)];
    const heart = beating(staying);
    const fleet = beating(leaving);
    try {
      await until('all beat', async () => (await Promise.all(nodes.map((node) => livenessOf(api, node)))).every((one) => one === 'beating')); // prettier-ignore
      // Those of other tests that are silent long since count for nobody.
      await until('nobody else is waited for', async () => (await api.get('/api/v1/grid/stats')).body.by_liveness.late === undefined); // prettier-ignore
      await fleet.stop();
      const stats = async (one: ApiClient): Promise<Json> => (await one.get('/api/v1/grid/stats')).body;
      await until('the guard holds', async () => (await stats(api)).guard.active);
      const { guard } = await stats(api);
      expect(Date.parse(guard.until) - Date.parse(guard.since)).toBe(60_000);
      await pause(5000);
      // Silent for more than twice their time to live, and served all the same: on every replica, which says why.
      for (const one of apis) {
        await until('every replica says so', async () => (await balance(one, label)).body.guard !== null);
        const { body } = await balance(one, label);
        expect(body).toMatchObject({ why: { candidates: 20, excluded: {} }, guard: { until: guard.until } });
        expect((await one.get('/api/v1/grid/topology')).headers.get('x-grid-guard')).toBe(guard.until);
      }
      expect((await api.get('/metrics')).body).toMatch(/^registry_grid_guard_active 1$/m);
      // The deadline comes.
      await apps[0].uow.query(`UPDATE grid_liveness SET guard_until = clock_timestamp() + interval '1 s'`);
      await until('the silent are given up', async () => (await balance(other, label)).body.why.candidates === 4);
      const after = expectOk(await balance(api, label), 200);
      expect(after.why.excluded).toEqual({ expired: 16 });
      await until('and it says nothing any more', async () => (await balance(api, label)).body.guard === null);
      expect((await stats(api)).guard).toEqual({ active: false, since: null, until: null, silent: 0 });
    } finally {
      await Promise.all([heart.stop(), fleet.stop()]);
    }
  });

  it('is given up at once when somebody says so', async () => {
    const label = aLabel();
    const nodes = await someNodes(api, label, 24, { ttl_seconds: 2 });
    await Promise.all(nodes.map((node) => beat(api, node)));
    const guard = async (): Promise<Json> => (await api.get('/api/v1/grid/stats')).body.guard;
    await until('the guard holds', async () => (await guard()).active);
    expect(await api.post('/api/v1/grid/guard/release')).toMatchObject({ status: 200, body: { guard: { active: false } } }); // prettier-ignore
    // On a machine so busy that nobody could listen for a while, silence is new, and the guard holds once more.
    const gone = async () => (await api.post('/api/v1/grid/guard/release')) && (await balance(other, label)).status === 409; // prettier-ignore
    await until('none is left', gone);
  });
});

describe('round robin over three replicas', () => {
  it('gives no node more than one of a thousand too many or too few', async () => {
    const label = aLabel();
    const nodes = await someNodes(api, label, 7);
    const heavy = await aNode(api, label, { weight: 3 });
    for (const one of apis) await until('all are known', async () => (await balance(one, label, { strategy: 'random' })).body.why.candidates === 8); // prettier-ignore
    const counts = new Map<string, number>();
    const question = { affinity: affinityOf(label) };
    // The embedded database has one process, with nobody to count with.
    const asked = isNative() ? 1000 : 200;
    let left = asked;
    // Not in step: each replica gets as many as it happens to answer.
    const asking = apis.map(async (one, n) => {
      while (left-- > 0) {
        const { body } = await one.post('/api/v1/grid/balance', question);
        expect(body.why.shared).toBe(true);
        counts.set(body.node.id, (counts.get(body.node.id) ?? 0) + 1);
        if (n === 0) await pause(Math.random() * 3);
      }
    });
    await Promise.all([...asking, ...asking]);
    for (const { id } of nodes) expect(Math.abs(counts.get(id)! - asked / 10)).toBeLessThanOrEqual(1);
    expect(Math.abs(counts.get(heavy.id)! - (3 * asked) / 10)).toBeLessThanOrEqual(1);
  });

  it('goes on by itself while nobody can be counted with', async () => {
    if (!isNative()) return;
    const label = aLabel();
    await someNodes(api, label, 2);
    await apps[0].uow.query('ALTER TABLE grid_turn RENAME TO grid_turn_away');
    try {
      const { body } = await balance(api, label);
      expect(body.why.shared).toBe(false);
    } finally {
      await apps[0].uow.query('ALTER TABLE grid_turn_away RENAME TO grid_turn');
    }
    await until('they are counted again', async () => (await balance(api, label)).body.why.shared);
  });
});

describe('a drain', () => {
  it('is heard of by every replica, and ends no sooner than what they gave is released', async () => {
    const label = aLabel();
    const node = await aNode(api, label, { ttl_seconds: 600 });
    for (const one of apis) await until('it is known', async () => (await balance(one, label)).status === 200);
    const { connections } = await get(other, node);
    expect(connections).toBeGreaterThan(0);
    await other.post(`${NODES}/${node.id}/drain`);
    for (const one of apis) await until('none gives it work', async () => (await balance(one, label)).status === 409);
    await pause(2500);
    expect(await get(api, node)).toMatchObject({ status: 'draining' });
    await api.post(`${NODES}/${node.id}/release`, { connections: 1000 });
    await until('it is drained', async () => (await get(other, node)).status === 'drained');
  });
});
