import { EntryIds } from '../../src/entries/entry-ids.js';
import { EntryMetrics } from '../../src/entries/kind/metrics/entry-metrics.service.js';
import { MetricRetention } from '../../src/entries/kind/metrics/metric-retention.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { SocketFollower } from '../support/event-followers.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const SERVICES = '/api/v1/services';
const LINES = { 'Content-Type': 'application/x-ndjson' };

describe('calls that all kinds share', () => {
  let app: TestApp;
  let nobodySpecial: ApiClient;
  beforeAll(async () => {
    app = await testApp();
    const key = { name: 'reader', type: 'api_key', permissions: ['read:*', 'write:*'] };
    nobodySpecial = app.api.as((await app.api.post('/api/v1/gateway/keys', key)).body.key);
  });
  afterAll(() => app.close());

  const make = async (name: string, more: object = {}): Promise<Json> => {
    const answer = await app.api.post(SERVICES, { name, ...more });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body;
  };
  const insideId = async ({ id }: Json): Promise<string> => (await app.app.get(EntryIds).resolve(id)).id;
  const secret = { security_context: { visibility: 'restricted', readers: ['role:chosen'] } };

  it('keep the last thousand log lines, whoever writes at the same time', async () => {
    const { id } = await make('chatty');
    const batch = (writer: number) => Array.from({ length: 300 }, (_, n) => ({ level: 'info', message: `${writer} ${n}` })); // prettier-ignore
    const answers = await Promise.all([0, 1, 2, 3, 4, 5].map((writer) => app.api.post(`${SERVICES}/${id}/logs`, batch(writer)))); // prettier-ignore
    for (const answer of answers) expect(answer).toMatchObject({ status: 201 });
    const [{ n }] = await app.uow.query<{ n: string }>('SELECT count(*) AS n FROM entry_log');
    expect(n).toBe('1000');
    const { body } = await app.api.get(`${SERVICES}/${id}/logs?limit=1000`);
    expect(body).toHaveLength(1000);
    expect(new Set(body.map(({ message }: Json) => message)).size).toBe(1000);
    const tooMany = await app.api.post(`${SERVICES}/${id}/logs`, [...batch(1), ...batch(2), ...batch(3), ...batch(4)]);
    expect(tooMany).toMatchObject({ status: 400, body: { errors: [{ field: 'body' }] } });
  });

  it('drop metrics that are old, and those over the number kept of one name', async () => {
    const entry = await insideId(await make('sampled'));
    const metrics = app.app.get(EntryMetrics);
    const now = Date.now();
    const many = Array.from({ length: 10_050 }, (_, n) => ({ name: 'many', value: n, at: new Date(now - 60_000 + n) }));
    const old = [8, 6].map((days) => ({ name: 'old', value: days, at: new Date(now - days * 86_400_000) }));
    await metrics.record(entry, [...many, ...old]);
    expect(await app.app.get(MetricRetention).drop()).toBe(51);
    const from = new Date(0);
    expect(await metrics.series(entry, 'old', { from })).toEqual([{ at: old[1].at, value: 6 }]);
    const kept = await metrics.series(entry, 'many', { from });
    expect([kept.length, kept[0].value, kept.at(-1)!.value]).toEqual([10_000, 50, 10_049]);
    const last = await metrics.series(entry, 'many', { from, to: many[10_047].at, limit: 2 });
    expect(last.map(({ value }) => value)).toEqual([10_046, 10_047]);
  });

  it('let one of two writers of the same settings through', async () => {
    const { id } = await make('contested');
    const put = (n: number) => app.api.put(`${SERVICES}/${id}/config`, { n }, { 'If-Match': '"0"' });
    const answers = await Promise.all([1, 2, 3].map(put));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412]);
  });

  it('tell of what depends on what in the feed, and leave alone what the caller does not see', async () => {
    const [a, b] = [await make('web'), await make('api')];
    const hidden = await make('vault', secret);
    const path = `${SERVICES}/${a.id}/dependencies`;
    await app.api.put(path, [{ id: hidden.id, metadata: { kept: true } }, { id: b.id }]);
    expect((await nobodySpecial.get(path)).body).toMatchObject([{ id: b.id }]);
    const blind = await nobodySpecial.put(path, [{ id: hidden.key }]);
    expect(blind).toMatchObject({ status: 422, body: { code: 'dependencies.unknown' } });
    expect((await nobodySpecial.put(path, [])).body).toEqual([]);
    expect((await app.api.get(path)).body).toMatchObject([{ id: hidden.id, metadata: { kept: true } }]);
    let told: string[] = [];
    await eventually('all three events have their numbers', async () => {
      const { body: events } = await app.api.get('/api/v1/events?types=relationship_*&limit=1000');
      const ofThese = events.filter(({ relationship }: Json) => relationship.source_id === a.id);
      told = ofThese.map((one: Json) => `${one.type} ${one.relationship.target_key}`);
      return told.length === 3;
    });
    expect(told.slice(0, 2).toSorted()).toEqual([
      `relationship_created ${b.key}`,
      `relationship_created ${hidden.key}`,
    ]);
    expect(told.slice(2)).toEqual([`relationship_deleted ${b.key}`]);
  });

  it('deliver transitions by poll and WebSocket, those of restricted entries to who may see them', async () => {
    const [open, hidden] = [await make('open'), await make('hidden', secret)];
    const all = await SocketFollower.follow(app.url, app.adminKey, { types: ['transition'] });
    const some = await SocketFollower.follow(app.url, nobodySpecial.key!, { types: ['transition'] });
    for (const { id } of [hidden, open])
      expect(await app.api.post(`${SERVICES}/${id}/install`)).toMatchObject({ status: 200 });
    const message = {
      type: 'transition',
      seq: expect.any(Number),
      at: expect.stringMatching(/Z$/),
      verb: 'install',
      from: 'created',
      to: 'installed',
      entity: { id: open.id, status: 'installed' },
    };
    expect(await some.next('transition')).toMatchObject(message);
    await all.next('transition');
    const polled = (await nobodySpecial.get('/api/v1/events?types=transition')).body;
    expect(polled).toMatchObject([message]);
    const told = (await app.api.get('/api/v1/events?types=transition')).body;
    expect(told.map(({ entity }: Json) => entity.id)).toEqual([hidden.id, open.id]);
    expect(all.events.map(({ entity }) => entity.id)).toContain(hidden.id);
    expect(some.events).toHaveLength(1);
    all.cut();
    some.cut();
  });

  it('hide restricted entries from every call, and count none', async () => {
    const { id } = await make('unseen', { ...secret, owner: 'hush' });
    await app.api.patch(`/api/v1/entities/${id}`, { health: 'unhealthy' });
    for (const call of ['logs', 'metrics', 'config', 'dependencies', 'dependents', 'events'])
      expect(await nobodySpecial.get(`${SERVICES}/${id}/${call}`)).toMatchObject({ status: 404 });
    const line = { level: 'info', message: 'x' };
    expect(await nobodySpecial.post(`${SERVICES}/${id}/logs`, line)).toMatchObject({ status: 404 });
    const [whole, seen] = [(await app.api.get(`${SERVICES}/stats`)).body, (await nobodySpecial.get(`${SERVICES}/stats`)).body]; // prettier-ignore
    expect(whole.by_owner).toEqual({ hush: 1 });
    expect(seen).toMatchObject({ by_owner: {}, by_health: { unknown: seen.total } });
    expect(seen.total).toBeLessThan(whole.total);
    const [all, some] = [(await app.api.get(`${SERVICES}/stats/overview`)).body, (await nobodySpecial.get(`${SERVICES}/stats/overview`)).body]; // prettier-ignore
    expect(all.unhealthy).toMatchObject([{ id }]);
    expect(some.unhealthy).toEqual([]);
    expect(some.last_24_hours.created).toBe(seen.total);
    const exported = await (await nobodySpecial.fetch('GET', `${SERVICES}/export`)).text();
    expect(exported).not.toContain('unseen');
    expect(exported).not.toContain('vault');
  });

  describe('importing', () => {
    const send = (items: object[], query = '') =>
      app.api.post(`${SERVICES}/import${query}`, items.map((item) => JSON.stringify(item)).join('\n'), LINES);

    it('finds what stands further down, and tells of each item what is wrong with it', async () => {
      const far = Array.from({ length: 600 }, (_, n) => ({ name: `far-${n}`, depends_on: [{ id: `svc_far-${599 - n}` }] })); // prettier-ignore
      const wrong = [
        { name: 'surprising', surprise: 1 },
        { name: 'lonely', depends_on: [{ id: 'svc_far-1' }, { id: 'svc_nowhere' }] },
        { name: 'odd', status: 'flying' },
        { name: 'vain', depends_on: [{ id: 'svc_vain' }] },
      ];
      const { status, body } = await send([...far, ...wrong]);
      expect({ status, ...body, errors: 0 }).toMatchObject({ status: 200, created: 602, failed: 4, dependencies: 601 });
      const places = body.errors.map(({ index, error }: Json) => [index, error.status, error.errors[0].field]);
      expect(places.toSorted(([a]: Json, [b]: Json) => a - b)).toEqual([
        [600, 400, 'surprise'],
        [601, 404, 'depends_on.1.id'],
        [602, 400, 'status'],
        [603, 422, 'depends_on.0.id'],
      ]);
      expect((await app.api.get(`${SERVICES}/far-0/dependencies`)).body).toMatchObject([{ key: 'svc_far-599' }]);
    });

    it('is whole or nothing when it is to be atomic', async () => {
      const pair = [{ name: 'atom-a', depends_on: [{ id: 'svc_atom-b' }] }, { name: 'atom-b' }];
      const refused = await send([...pair, { name: 'atom-c', depends_on: [{ id: 'svc_nowhere' }] }], '?mode=atomic');
      expect(refused).toMatchObject({ status: 404, body: { errors: [{ field: '2.depends_on.0.id' }], index: 2 } });
      expect(await app.api.get(`${SERVICES}/atom-a`)).toMatchObject({ status: 404 });
      expect(await send(pair, '?mode=atomic')).toMatchObject({ status: 200, body: { created: 2, dependencies: 1 } });
      expect(await send(pair, '?mode=atomic')).toMatchObject({ status: 200, body: { unchanged: 2, dependencies: 0 } });
      expect(await send(pair, '?mode=atomic&on_conflict=fail')).toMatchObject({ status: 409 });
    });

    it('takes YAML as people write it', async () => {
      const text =
        '# ours\n---\n- name: by-hand\n  type: worker\n  depends_on:\n    - id: svc_far-1\n      type: requires\n';
      const yaml = { 'Content-Type': 'application/yaml' };
      expect(await app.api.post(`${SERVICES}/import`, text, yaml)).toMatchObject({ body: { created: 1, failed: 0 } });
      expect((await app.api.get(`${SERVICES}/by-hand`)).body).toMatchObject({ type: 'worker', status: 'created' });
      expect(await app.api.post(`${SERVICES}/import`, '[]\n', yaml)).toMatchObject({ body: { created: 0 } });
      expect(await app.api.post(`${SERVICES}/import`, 'name: x\n', yaml)).toMatchObject({ status: 400 });
    });
  });
});
