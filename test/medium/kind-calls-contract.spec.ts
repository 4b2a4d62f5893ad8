import type { Json } from '../support/api-client.js';
import { KIND_FIXTURES, KindClient } from '../support/kind-fixtures.js';
import type { KindFixture } from '../support/kind-fixtures.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

/** Some kinds have fields that are stored encrypted. */
const MASTER_KEY = { REGISTRY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') };

const TYPES = { ndjson: 'application/x-ndjson', json: 'application/json', yaml: 'application/yaml' } as const;

let app: TestApp;
/** An empty registry. */
let other: TestApp;
beforeAll(async () => {
  app = await testApp({ env: MASTER_KEY });
  other = await testApp({ env: MASTER_KEY });
});
afterAll(async () => {
  await app.close();
  await other.close();
});

describe.each<KindFixture>(KIND_FIXTURES)('the calls of kind $kind.name', ({ kind, instead, samplesAt }) => {
  let client: KindClient;
  beforeAll(() => {
    client = new KindClient(app.api, kind, { instead });
  });

  it('keep log lines and answer them by level, time and text, the newest first', async () => {
    const { id } = await client.make('logging');
    const path = client.at(id, 'logs');
    expect(await app.api.post(path, { level: 'INFO', message: 'one' })).toMatchObject({
      status: 201,
      body: { accepted: 1 },
    });
    const lines = [
      { level: 'error', message: 'Two', fields: { code: 'E42' }, at: '2030-01-01T00:00:00Z' },
      { level: 'warn', message: 'three', at: '2030-01-01T00:00:01+00:00' },
    ];
    expect(await app.api.post(path, lines)).toMatchObject({ status: 201, body: { accepted: 2 } });
    const messages = async (query: string) =>
      (await client.get(id, `logs?${query}`)).map(({ message }: Json) => message);
    expect(await messages('')).toEqual(['three', 'Two', 'one']);
    expect(await messages('level=error,info')).toEqual(['Two', 'one']);
    expect(await messages('since=2030-01-01T00:00:01Z')).toEqual(['three']);
    expect(await messages('q=two')).toEqual(['Two']);
    expect(await messages('q=e42')).toEqual(['Two']);
    expect(await messages('limit=1')).toEqual(['three']);
    const bad = await app.api.post(path, [{ level: 'info', message: 'fine' }, { level: 'loud', message: 'x' }]); // prettier-ignore
    expect(bad).toMatchObject({ status: 400, body: { errors: [{ field: '1.level' }] } });
  });

  it('record metrics and answer the latest of each, or a series, oldest first', async () => {
    const { id } = await client.make('measured');
    const path = client.at(id, 'metrics');
    const at = (second: number) => `2030-01-01T00:00:0${second}.000Z`;
    const series = [3, 1, 2].map((second) => ({ name: 'cpu', value: second / 10, unit: 'ratio', at: at(second) }));
    expect(await app.api.post(path, series)).toMatchObject({ status: 201, body: { accepted: 3 } });
    expect(await app.api.post(path, { name: 'queue', value: 7, tags: { q: 'a' } })).toMatchObject({ status: 201 });
    const samples = (answer: Json): Json => (samplesAt === undefined ? answer : answer[samplesAt]);
    expect(samples(await client.get(id, 'metrics'))).toMatchObject([
      { name: 'cpu', value: 0.3, unit: 'ratio', tags: {}, at: at(3) },
      { name: 'queue', value: 7, unit: null, tags: { q: 'a' } },
    ]);
    const values = async (query: string) =>
      samples(await client.get(id, `metrics?name=cpu${query}`)).map(({ value }: Json) => value);
    expect(await values('')).toEqual([0.1, 0.2, 0.3]);
    expect(await values(`&from=${at(2)}`)).toEqual([0.2, 0.3]);
    expect(await values(`&to=${at(2)}`)).toEqual([0.1, 0.2]);
    expect(await values('&limit=2')).toEqual([0.2, 0.3]);
    const bad = await app.api.post(path, { name: 'cpu', value: 'high' });
    expect(bad).toMatchObject({ status: 400, body: { errors: [{ field: 'value' }] } });
  });

  it('keep settings with a revision of their own', async () => {
    const { id } = await client.make('configured');
    const path = client.at(id, 'config');
    const none = { config: {}, revision: 0, updated_at: null, updated_by: null };
    expect(await client.get(id, 'config')).toEqual(none);
    const settings = { level: 'info', deep: { list: [1, null] } };
    const first = await app.api.put(path, settings, { 'If-Match': '"0"' });
    expect(first).toMatchObject({ status: 200, body: { config: settings, revision: 1 } });
    expect(first.body.updated_by).toMatch(/^admin_key:/);
    expect(first.headers.get('etag')).toBe('"1"');
    expect(await client.get(id, 'config')).toEqual(first.body);
    expect(await app.api.get(path, { 'If-None-Match': '"1"' })).toMatchObject({ status: 304 });
    expect(await app.api.put(path, settings)).toMatchObject({ body: { revision: 1 } });
    expect(await app.api.put(path, {}, { 'If-Match': '"0"' })).toMatchObject({ status: 412 });
    expect(await app.api.put(path, {})).toMatchObject({ status: 200, body: { config: {}, revision: 2 } });
    for (const bad of [[], 'text', { big: 'x'.repeat(66_000) }])
      expect(await app.api.put(path, JSON.stringify(bad))).toMatchObject({ status: 400 });
    expect(await client.get(id)).toMatchObject({ revision: 1 });
    const events = await client.get(id, 'events');
    expect(events.map(({ type }: Json) => type)).toEqual(['config_changed', 'config_changed', 'entity_created']);
    expect(events[0]).toMatchObject({ config_revision: 2 });
  });

  it('replace what an entry depends on, and tell what depends on it, cycles included', async () => {
    const [a, b, c] = [await client.make('dep-a'), await client.make('dep-b'), await client.make('dep-c')];
    const path = client.at(a.id, 'dependencies');
    const two = [
      { id: b.key, metadata: { since: '2026' } },
      { id: c.id, type: 'requires' },
    ];
    const shown = [
      {
        id: b.id,
        key: b.key,
        type: 'depends_on',
        metadata: { since: '2026' },
        entity_type: kind.name,
        status: b.status,
      },
      { id: c.id, type: 'requires', metadata: {} },
    ];
    const written = await app.api.put(path, two);
    const byKey = (list: Json[]): Json[] => list.toSorted((x, y) => (x.key < y.key ? -1 : 1));
    expect(byKey(written.body)).toMatchObject(shown);
    expect(await client.get(a.id, 'dependencies')).toEqual(written.body);
    expect(await app.api.put(client.at(b.id, 'dependencies'), [{ id: a.id }])).toMatchObject({ status: 200 });
    expect(await client.get(b.id, 'dependents')).toMatchObject([{ id: a.id, type: 'depends_on' }]);
    expect(await client.get(a.id, 'dependents')).toMatchObject([{ id: b.id }]);
    expect(await app.api.put(path, [{ id: c.id, type: 'requires' }])).toMatchObject({ body: [{ id: c.id }] });
    expect(await client.get(b.id, 'dependents')).toEqual([]);
    const bad = await app.api.put(path, [{ id: c.id }, { id: 'svc_nowhere' }]);
    expect(bad).toMatchObject({ status: 422, body: { code: 'dependencies.unknown', errors: [{ field: '1.id' }] } });
    const itself = await app.api.put(path, [{ id: a.key }]);
    expect(itself).toMatchObject({ status: 422, body: { code: 'dependencies.itself', errors: [{ field: '0.id' }] } });
    expect(await client.get(a.id, 'dependencies')).toMatchObject([{ id: c.id }]);
    for (const [body, field] of [
      [{}, 'body'],
      [[{ id: c.id, type: 'owns' }], '0.type'],
      [[{}], '0.id'],
    ] as const)
      // prettier-ignore
      expect(await app.api.put(path, body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('tell what happened to an entry, page by page, the newest first', async () => {
    const { id } = await client.make('eventful');
    for (const title of ['a', 'b', 'c']) await app.api.patch(client.at(id), { title });
    const whole = await client.get(id, 'events');
    expect(whole.map(({ type, revision }: Json) => [type, revision])).toEqual([
      ['entity_updated', 4],
      ['entity_updated', 3],
      ['entity_updated', 2],
      ['entity_created', 1],
    ]);
    const [{ actor, patch }] = whole;
    expect({ actor, patch }).toEqual({
      actor: expect.stringMatching(/^admin_key:/),
      patch: [{ op: 'replace', path: '/title', value: 'c' }],
    });
    const seen: number[] = [];
    for (let path: string | undefined = client.at(id, 'events?limit=3&count=exact'); path;) {
      const { body, headers } = await app.api.get(path);
      expect(headers.get('x-total-count')).toBe('4');
      seen.push(...body.map(({ revision }: Json) => revision));
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual([4, 3, 2, 1]);
  });

  it('count them by what they are, and tell how they are', async () => {
    const before = (await app.api.get(`${client.path}/stats`)).body;
    const { id } = await client.make('counted', { owner: 'team-count' });
    await client.make('counted-too', { owner: 'team-count' });
    await app.api.patch(`/api/v1/entities/${id}`, { health: 'unhealthy' });
    const { body: stats } = await app.api.get(`${client.path}/stats`);
    expect(stats).toMatchObject({
      total: before.total + 2,
      by_owner: { 'team-count': 2 },
      by_health: { unhealthy: 1 },
    });
    for (const field of kind.filters) expect(stats[`by_${field}`]).toBeInstanceOf(Object);
    const { body: overview } = await app.api.get(`${client.path}/stats/overview`);
    expect(overview).toMatchObject({ total: stats.total, by_status: stats.by_status, by_health: stats.by_health });
    expect(overview.unhealthy).toMatchObject([{ id, health: 'unhealthy' }]);
    expect(overview.last_24_hours.created).toBe(stats.total);
    expect(overview.last_24_hours.updated).toBeGreaterThan(0);
  });

  it('give an empty registry the same entries, and nothing new the second time', async () => {
    const [one, two] = [await client.make('going-out', { description: '# no\n- yes' }), await client.make('going-in')];
    for (const [from, to] of [
      [one, two],
      [two, one],
    ] as const)
      // prettier-ignore
      await app.api.put(client.at(from.id, 'dependencies'), [{ id: to.id, weight: 0.5, metadata: { a: 1 } }]);
    const there = new KindClient(other.api, kind, { instead });
    const exported = async ({ api }: TestApp, format: keyof typeof TYPES): Promise<string> =>
      (await api.fetch('GET', `${client.path}/export?format=${format}&secrets=true`)).text();
    const lines = async (from: TestApp): Promise<string[]> => (await exported(from, 'ndjson')).split('\n').toSorted();
    const { total } = (await app.api.get(`${client.path}/stats`)).body;
    for (const [format, created] of [
      ['ndjson', total],
      ['json', 0],
      ['yaml', 0],
    ] as const) {
      // prettier-ignore
      const headers = { 'Content-Type': TYPES[format] };
      const answer = await other.api.post(`${client.path}/import`, await exported(app, format), headers);
      expect(answer).toMatchObject({
        status: 200,
        body: { created, unchanged: total - created, failed: 0, errors: [] },
      });
      expect(await lines(other)).toEqual(await lines(app));
    }
    const read = await there.get(one.key);
    expect(read.status).toBe(one.status);
    // Of a secret the checksum knows a fingerprint, and no two registries make the same.
    if (kind.secrets.length === 0) expect(read.checksum).toBe(one.checksum);
    expect(await there.get(one.key, 'dependencies')).toMatchObject([{ key: two.key, weight: 0.5, metadata: { a: 1 } }]);
  });
});
