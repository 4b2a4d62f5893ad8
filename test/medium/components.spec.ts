import { KindCatalog } from '../../src/entries/kind/kind-catalog.js';
import { EntriesService } from '../../src/entries/entries.service.js';
import { SecretUpkeep } from '../../src/entries/secrets/secret-upkeep.js';
import { SecretBox } from '../../src/platform/crypto/secret-box.js';
import type { ApiClient } from '../support/api-client.js';
import { ApiClient as Client } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const COMPONENTS = '/api/v1/components';
const ENTITIES = '/api/v1/entities';
const MASK = '********';
const MASTER = Buffer.alloc(32, 7).toString('base64');
const PLAIN = 'plain-s3cret';
const STRING = `postgresql://orders:${PLAIN}@db.example.com:5432/orders`;
const OTHER = `postgresql://orders:${PLAIN}-2@db.example.com:5432/orders`;

describe('components', () => {
  let place: TestPlace;
  let app: GatewayApp;
  let admin: ApiClient;
  let writer: ApiClient;
  let made = 0;

  beforeAll(async () => {
    place = await testPlace();
    app = await gatewayApp(place, { env: { REGISTRY_MASTER_KEY: MASTER } });
    admin = new Client(app.url, app.adminKey);
    writer = admin.as((await madeKey(app, { permissions: ['read:*', 'write:*'] })).key);
  });
  afterAll(async () => {
    await app.close();
    await place.drop();
  });

  const body = (more: object = {}) => ({
    name: `db-${++made}`,
    type: 'database',
    provider: 'postgresql',
    connection_string: STRING,
    capacity: { storage: '100Gi' },
    replication: { factor: 3, mode: 'async' },
    ...more,
  });
  const create = async (more?: object) => {
    const answer = await writer.post(COMPONENTS, body(more));
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  const connection = async (id: string) => (await admin.get(`${COMPONENTS}/${id}/connection`)).body.connection_string;

  it('answer their connection string masked to everybody, and nothing where there is none', async () => {
    const one = await create();
    const none = await create({ connection_string: undefined });
    expect(one).toMatchObject({ connection_string: MASK, capacity: { storage: '100Gi' }, replication: { factor: 3 } });
    expect(none.connection_string).toBeNull();
    for (const client of [writer, admin]) {
      expect((await client.get(`${COMPONENTS}/${one.id}`)).body.connection_string).toBe(MASK);
      expect((await client.get(`${COMPONENTS}?name=${one.name}`)).body[0].connection_string).toBe(MASK);
      expect((await client.get(`${ENTITIES}/${one.id}`)).body.spec.connection_string).toBe(MASK);
    }
    expect((await admin.get(`${COMPONENTS}/${none.id}/connection`)).body.code).toBe('connection_string.not_found');
  });

  it('reveal it with read:secrets alone, on record', async () => {
    const { id, key } = await create();
    const answer = await admin.get(`${COMPONENTS}/${key}/connection`);
    expect(answer).toMatchObject({ status: 200, body: { connection_string: STRING } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await writer.get(`${COMPONENTS}/${id}/connection`)).status).toBe(403);
    const reader = admin.as((await madeKey(app, { permissions: ['read:secrets'] })).key);
    expect((await reader.get(`${COMPONENTS}/${id}/connection`)).status).toBe(200);
    const rows = await app.uow.query<{ actor: string; text: string }>(
      "SELECT actor, row_to_json(a)::text AS text FROM audit a WHERE subject_id = $1 AND action LIKE '%secret%'",
      [id],
    );
    expect(rows).toHaveLength(2);
    for (const { text } of rows) {
      expect(text).toContain('connection_string');
      expect(text).not.toContain(PLAIN);
    }
    expect((await admin.get(`${COMPONENTS}/nowhere/connection`)).body.code).toBe('component.not_found');
  });

  it('keep it when the mask comes back, change the checksum when it changes, and lose it when it is taken out', async () => {
    const first = await create();
    const at = `${COMPONENTS}/${first.id}`;
    const kept = await writer.patch(at, { title: 'Orders', connection_string: MASK });
    expect([kept.status, kept.body.revision]).toEqual([200, 2]);
    expect(await connection(first.id)).toBe(STRING);
    const same = await writer.patch(at, { connection_string: STRING });
    expect([same.body.revision, same.body.checksum]).toEqual([2, kept.body.checksum]);
    const changed = await writer.patch(at, { connection_string: OTHER });
    expect(changed.body.revision).toBe(3);
    expect(changed.body.checksum).not.toBe(kept.body.checksum);
    expect(await connection(first.id)).toBe(OTHER);
    const [{ patch }] = (await writer.get(`${ENTITIES}/${first.id}/history`)).body;
    expect(patch).toEqual([{ op: 'replace', path: '/spec/connection_string', value: MASK }]);
    expect((await writer.post(`${at}/enable`)).body).toMatchObject({ status: 'enabled', connection_string: MASK });
    expect(await connection(first.id)).toBe(OTHER);
    const put = await writer.put(at, { ...body(), name: undefined, connection_string: MASK });
    expect(put.body.connection_string).toBe(MASK);
    expect(await connection(first.id)).toBe(OTHER);
    const gone = await writer.patch(at, { connection_string: null });
    expect(gone.body.connection_string).toBeNull();
    expect((await admin.get(`${at}/connection`)).status).toBe(404);
    expect((await writer.patch(at, { connection_string: MASK })).body.connection_string).toBeNull();
  });

  it('take it through the catalog too: create, put, patch, bulk, import and export', async () => {
    const spec = { type: 'database', provider: 'postgresql', connection_string: STRING };
    const name = `catalog-${++made}`;
    const one = await writer.post(ENTITIES, { type: 'component', name, spec });
    expect(one.body.spec.connection_string).toBe(MASK);
    const put = await writer.put(`${ENTITIES}/${one.body.id}`, { spec: { ...spec, connection_string: OTHER } });
    expect(put.body.spec.connection_string).toBe(MASK);
    expect(await connection(one.body.id)).toBe(OTHER);
    await writer.patch(`${ENTITIES}/${one.body.id}`, { spec: { connection_string: STRING } });
    expect(await connection(one.body.id)).toBe(STRING);
    const { feature } = put.body;
    const bulk = (connection_string: string) =>
      writer
        .post(`${ENTITIES}/bulk?on_conflict=update`, [
          { type: 'component', name, feature, spec: { ...spec, connection_string } },
        ])
        .then((answer) => answer.body[0].status);
    expect([await bulk(STRING), await bulk(MASK), await bulk(OTHER)]).toEqual(['unchanged', 'unchanged', 'updated']);
    const { body: text } = await admin.get(`${ENTITIES}/export?format=ndjson`);
    expect(text).not.toContain(PLAIN);
    const line = (text as string).split('\n').find((found) => found.includes(name))!;
    const again = (item: object) =>
      writer.post(`${ENTITIES}/import?on_conflict=update`, `${JSON.stringify(item)}\n`, {
        'content-type': 'application/x-ndjson',
      });
    expect((await again(JSON.parse(line))).body).toMatchObject({ unchanged: 1, failed: 0 });
    for (const path of [ENTITIES, COMPONENTS]) {
      const open = await admin.get(`${path}/export?format=ndjson&secrets=true`);
      expect(open.body).toContain(OTHER);
      const refused = await writer.get(`${path}/export?secrets=true`);
      expect([refused.status, refused.body.missing]).toEqual([403, 'read:secrets']);
    }
    expect((await again({ ...JSON.parse(line), name: `${name}-copy` })).body).toMatchObject({ created: 1 });
    expect((await writer.get(`${COMPONENTS}/${name}-copy`)).body.connection_string).toBeNull();
  });

  it.each([
    ['redis', 'http://cache.example.com'],
    ['postgresql', 'host=db password=plain-s3cret'],
    ['s3', 'bucket:80'],
    ['other', 'words'],
    ['redis', 5],
    ['redis', 'x'.repeat(4097)],
  ])('refuse one that is none of %s, naming the field and not the value', async (provider, connection_string) => {
    const refused = await writer.post(COMPONENTS, body({ provider, connection_string }));
    expect([refused.status, refused.body.errors.map(({ field }: { field: string }) => field)]).toEqual([
      400,
      expect.arrayContaining(['connection_string']),
    ]);
    expect(JSON.stringify(refused.body)).not.toContain(PLAIN);
    const spec = { type: 'database', provider, connection_string };
    const inner = await writer.post(ENTITIES, { type: 'component', name: 'x', spec });
    expect([inner.status, inner.body.errors[0].field]).toEqual([400, 'spec.connection_string']);
  });

  it('refuse another provider whose addresses look otherwise, unless the string changes with it', async () => {
    const { id } = await create();
    const refused = await writer.patch(`${COMPONENTS}/${id}`, { provider: 'redis' });
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'connection_string']);
    const changed = await writer.patch(`${COMPONENTS}/${id}`, {
      provider: 'redis',
      type: 'cache',
      connection_string: 'cache:6379',
    });
    expect(changed.status).toBe(200);
  });

  it('say how they are probed, in memory only', async () => {
    const { id } = await create();
    const none = await create({ connection_string: undefined });
    const hooks = app.app.get(KindCatalog).hooksOf('component');
    const row = (uid: string) => app.app.get(EntriesService).get(uid);
    expect(await hooks.probeOf!(await row(id))).toMatchObject({ type: 'postgresql', target: STRING });
    expect(await hooks.probeOf!(await row(none.id))).toBeUndefined();
  });

  it('are narrowed by type and provider', async () => {
    await create({ name: 'kept-cache', type: 'cache', provider: 'redis', connection_string: 'cache:1' });
    const { body: list } = await writer.get(`${COMPONENTS}?type=cache&provider=redis&limit=1000`);
    expect(list.map(({ name }: { name: string }) => name)).toContain('kept-cache');
    expect(new Set(list.map(({ provider }: { provider: string }) => provider))).toEqual(new Set(['redis']));
    expect((await writer.get(`${COMPONENTS}?provider=oracle`)).status).toBe(400);
  });

  it('have it sealed anew by a rotation of keys', async () => {
    const { id } = await create();
    await app.app.get(SecretBox).rotate();
    expect(await app.app.get(SecretUpkeep).reseal()).toBeGreaterThan(0);
    expect(await connection(id)).toBe(STRING);
  });

  it('have it nowhere in the clear: no table, no event, no search, no log, no kept answer', async () => {
    const name = `kept-${++made}`;
    const sent = body({ name });
    for (let attempt = 0; attempt < 2; attempt++)
      expect((await admin.post(COMPONENTS, sent, { 'idempotency-key': 'once' })).status).toBe(201);
    await admin.patch(`${COMPONENTS}/${name}`, { connection_string: OTHER });
    await admin.get(`${COMPONENTS}/${name}/connection`);
    await eventually('the event is numbered', async () => {
      const { body: events } = await admin.get('/api/v1/events?since=0&limit=1000');
      return JSON.stringify(events).includes(name);
    });
    const answers = [
      await admin.get(`/api/v1/search?q=${name}`),
      await admin.get('/api/v1/events?since=0&limit=1000'),
      await admin.get(`${ENTITIES}/comp_${name}/history`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(JSON.stringify(answers.map((answer) => answer.body))).not.toContain(PLAIN);
    expect(app.log.join('\n')).not.toContain(PLAIN);
    const tables = await app.uow.query<{ name: string }>(
      "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    for (const { name: table } of tables) {
      const found = await app.uow.query(`SELECT 1 FROM ${table} t WHERE t::text LIKE $1 LIMIT 1`, [`%${PLAIN}%`]);
      expect({ table, found: found.length }).toEqual({ table, found: 0 });
    }
  });
});
