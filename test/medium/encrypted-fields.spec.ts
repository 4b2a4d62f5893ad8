import { EntrySecrets } from '../../src/entries/secrets/entry-secrets.js';
import { SecretUpkeep } from '../../src/entries/secrets/secret-upkeep.js';
import { SecretBox } from '../../src/platform/crypto/secret-box.js';
import type { ApiClient } from '../support/api-client.js';
import { ApiClient as Client } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

/** What keeps the record, wherever it is kept. */
interface Recording {
  record(rows: readonly { uid: string }[]): Promise<void>;
}

const ENTITIES = '/api/v1/entities';
const MASK = '********';
const MASTER = Buffer.alloc(32, 9).toString('base64');
const FIELDS = { encrypted_fields: ['password', 'db.password', 'tokens'] };
const SECRETS = ['plain-hunter2', 'plain-dragon', 'plain-tok-1', 'plain-changed', 'plain-bulk', 'plain-again'];

describe('encrypted fields of metadata', () => {
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
    type: 'service',
    name: `secretive-${++made}`,
    metadata: {
      tier: 1,
      password: 'plain-hunter2',
      db: { user: 'app', password: 'plain-dragon' },
      tokens: ['plain-tok-1'],
    },
    security_context: FIELDS,
    ...more,
  });
  const MASKED = { tier: 1, password: MASK, db: { user: 'app', password: MASK }, tokens: MASK };
  const create = async (more?: object) => {
    const answer = await writer.post(ENTITIES, body(more));
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  const seenBy = async (client: ApiClient, id: string) => (await client.get(`${ENTITIES}/${id}`)).body.metadata;

  it('are masked without read:secrets and in the clear with it', async () => {
    const entry = await create();
    expect(entry.metadata).toEqual(MASKED);
    expect(await seenBy(writer, entry.id)).toEqual(MASKED);
    const clear = await admin.get(`${ENTITIES}/${entry.id}`);
    expect(clear.body.metadata).toEqual({
      tier: 1,
      password: 'plain-hunter2',
      db: { user: 'app', password: 'plain-dragon' },
      tokens: ['plain-tok-1'],
    });
    expect(clear.headers.get('cache-control')).toBe('no-store');
    const list = `${ENTITIES}?name=${entry.name}`;
    expect((await writer.get(list)).body[0].metadata).toEqual(MASKED);
    expect((await admin.get(list)).body[0].metadata.password).toBe('plain-hunter2');
  });

  it('keep their value when the mask comes back', async () => {
    const entry = await create();
    const put = await writer.put(`${ENTITIES}/${entry.id}`, {
      metadata: { ...MASKED, tier: 2 },
      security_context: FIELDS,
    });
    expect([put.status, put.body.metadata.tier, put.body.revision]).toEqual([200, 2, 2]);
    const patch = await writer.patch(`${ENTITIES}/${entry.id}`, { metadata: { db: { password: MASK, port: 1 } } });
    expect(patch.body.metadata.db).toEqual({ user: 'app', password: MASK, port: 1 });
    expect(await seenBy(admin, entry.id)).toMatchObject({
      password: 'plain-hunter2',
      db: { password: 'plain-dragon' },
    });
    const changed = await writer.patch(`${ENTITIES}/${entry.id}`, { metadata: { password: 'plain-changed' } });
    expect(changed.body).toMatchObject({ revision: 4, metadata: { password: MASK } });
    expect((await seenBy(admin, entry.id)).password).toBe('plain-changed');
    await writer.patch(`${ENTITIES}/${entry.id}`, { metadata: { password: null } });
    expect(await seenBy(admin, entry.id)).not.toHaveProperty('password');
    const left = await app.uow.query(
      'SELECT field FROM entry_secret s JOIN entry e ON e.id = s.entry_id WHERE e.uid = $1',
      [entry.id],
    );
    expect(new Set(left.map(({ field }) => field))).toEqual(new Set(['/db/password', '/tokens']));
  });

  it('change nothing when the same value is sent, and the checksum when another is', async () => {
    const sent = body();
    const first = (await writer.post(ENTITIES, sent)).body;
    const again = await writer.put(`${ENTITIES}/${first.id}`, {
      metadata: sent.metadata,
      security_context: FIELDS,
      feature: first.feature,
    });
    expect([again.body.revision, again.body.checksum]).toEqual([1, first.checksum]);
    const bulk = (metadata: object) =>
      writer
        .post(`${ENTITIES}/bulk?on_conflict=update`, [{ ...sent, metadata }])
        .then(({ body: [result] }) => result.status);
    expect(await bulk(sent.metadata)).toBe('unchanged');
    expect(await bulk({ ...sent.metadata, password: 'plain-bulk' })).toBe('updated');
    expect(await bulk(MASKED)).toBe('unchanged');
    expect((await seenBy(admin, first.id)).password).toBe('plain-bulk');
    const history = (await writer.get(`${ENTITIES}/${first.id}/history`)).body;
    expect(history[0].patch).toEqual([{ op: 'replace', path: '/metadata/password', value: MASK }]);
  });

  it('cannot be laid open by who only has the mask', async () => {
    const entry = await create();
    const patch = (change: object, client = writer) => client.patch(`${ENTITIES}/${entry.id}`, change);
    for (const security_context of [
      { encrypted_fields: null },
      { encrypted_fields: [] },
      { encrypted_fields: ['db'] },
    ]) {
      const refused = await patch({ security_context });
      expect(refused).toMatchObject({ status: 422, body: { code: 'entity.secret_masked' } });
    }
    expect(await seenBy(admin, entry.id)).toMatchObject({ password: 'plain-hunter2' });
    const open = await patch({
      security_context: { encrypted_fields: ['password', 'tokens'] },
      metadata: { db: { password: 'no secret any more' } },
    });
    expect(open.body.metadata).toMatchObject({ password: MASK, db: { password: 'no secret any more' } });
    expect(await seenBy(admin, entry.id)).toMatchObject({ password: 'plain-hunter2' });
  });

  it('are exported in the clear with read:secrets, and imported elsewhere', async () => {
    const entry = await create();
    const line = async (client: ApiClient) => {
      const { body: text } = await client.get(`${ENTITIES}/export?format=ndjson`, { accept: 'application/x-ndjson' });
      const found = (text as string).split('\n').find((one) => one.includes(`"${entry.name}"`))!;
      return JSON.parse(found);
    };
    expect((await line(writer)).metadata).toEqual(MASKED);
    const exported = await line(admin);
    expect(exported.metadata.password).toBe('plain-hunter2');
    const post = (item: object) =>
      writer.post(`${ENTITIES}/import?on_conflict=update`, `${JSON.stringify(item)}\n`, {
        'content-type': 'application/x-ndjson',
      });
    expect((await post(exported)).body).toMatchObject({ unchanged: 1, failed: 0 });
    expect((await post({ ...exported, name: `${entry.name}-copy` })).body).toMatchObject({ created: 1 });
    expect((await seenBy(admin, `svc_${entry.name}-copy`)).password).toBe('plain-hunter2');
    expect((await post({ ...exported, name: `${entry.name}-masked`, metadata: MASKED })).body).toMatchObject({
      created: 1,
    });
    expect((await seenBy(admin, `svc_${entry.name}-masked`)).password).toBe(MASK);
  });

  it('follow one rule in the words of the enterprise catalog: by id, in lists and in every format of the export', async () => {
    const entry = await create();
    const registry = '/v1/registry';
    const of = (one: string): string => one.split('\n').find((line) => line.includes(`svc_${entry.name}"`))!;
    const sights: Record<string, (client: ApiClient) => Promise<{ text: string; cache: string | null }>> = {};
    const see = (what: string, path: string, pick: (text: string) => string): void => {
      sights[what] = async (client) => {
        const answer = await client.fetch('GET', `${registry}${path}`);
        return { text: pick(await answer.text()), cache: answer.headers.get('cache-control') };
      };
    };
    see('by id', `/entries/svc_${entry.name}`, (text) => text);
    see('by uid', `/entries/${entry.id}`, (text) => text);
    see('in a list', `/entries?name=${entry.name}`, (text) => text);
    see('as json', '/bulk/export?format=json', of);
    see('as ndjson', '/bulk/export?format=ndjson', of);
    see('as csv', '/bulk/export?format=csv', (text) => text.split('\n').find((line) => line.includes(entry.name))!);
    for (const [what, sight] of Object.entries(sights)) {
      const [masked, clear] = [await sight(writer), await sight(admin)];
      expect({ what, masked: masked.text }).toEqual({ what, masked: expect.stringContaining(MASK) });
      for (const secret of ['plain-hunter2', 'plain-dragon', 'plain-tok-1']) {
        expect(masked.text).not.toContain(secret);
        expect({ what, clear: clear.text }).toEqual({ what, clear: expect.stringContaining(secret) });
      }
      expect({ what, cache: clear.cache }).toEqual({ what, cache: 'no-store' });
    }
    const put = await admin.put(`${registry}/entries/svc_${entry.name}`, {
      metadata: { ...MASKED, tier: 3 },
      security_context: FIELDS,
    });
    expect(put.body.metadata).toEqual({ ...MASKED, tier: 3 });
    expect(await seenBy(admin, entry.id)).toMatchObject({ tier: 3, password: 'plain-hunter2' });
  });

  it('leave a record of each time they are shown, and of none when only masks were', async () => {
    const entry = await create();
    const paths = [`/entries/${entry.id}`, `/entries?name=${entry.name}`, '/bulk/export'];
    const record = jest.spyOn(app.app.get<unknown, Recording>(EntrySecrets), 'record');
    const records = (): number => record.mock.calls.filter(([rows]) => rows.some(({ uid }) => uid === entry.id)).length;
    for (const path of paths) await writer.get(`/v1/registry${path}`);
    expect(records()).toBe(0);
    for (const path of paths) await admin.get(`/v1/registry${path}`);
    expect(records()).toBe(3);
    const known = await admin.get(`/v1/registry${paths[0]}`, { 'If-None-Match': `"${entry.revision}"` });
    expect([known.status, records()]).toEqual([304, 3]);
    record.mockRestore();
  });

  it('are named by what is wrong', async () => {
    const refused = await writer.post(ENTITIES, body({ security_context: { encrypted_fields: 'password' } }));
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].field).toBe('security_context.encrypted_fields');
  });

  it('are sealed for their own entry: a row moved in the database opens nowhere', async () => {
    const [one, other] = [await create(), await create()];
    await app.uow.query(
      `UPDATE entry_secret s SET sealed = o.sealed FROM entry_secret o, entry e, entry f
       WHERE s.entry_id = e.id AND o.entry_id = f.id AND e.uid = $1 AND f.uid = $2 AND s.field = o.field`,
      [one.id, other.id],
    );
    expect(await admin.get(`${ENTITIES}/${one.id}`)).toMatchObject({
      status: 503,
      body: { code: 'secrets.unreadable' },
    });
    expect((await writer.get(`${ENTITIES}/${one.id}`)).status).toBe(200);
    expect((await admin.delete(`${ENTITIES}/${one.id}`)).status).toBe(204);
    const [{ n }] = await app.uow.query(
      'SELECT count(*)::int AS n FROM entry_secret WHERE entry_id NOT IN (SELECT id FROM entry)',
    );
    expect(n).toBe(0);
  });

  it('move to the newest data key by and by', async () => {
    const [entry, broken] = [await create(), await create()];
    await app.uow.query(
      "UPDATE entry_secret SET sealed = 'enc:v1:1:' || repeat('A', 40) FROM entry e WHERE e.id = entry_id AND e.uid = $1",
      [broken.id],
    );
    const version = await app.app.get(SecretBox).rotate();
    expect(await app.app.get(SecretUpkeep).reseal()).toBeGreaterThan(0);
    const versions = await app.uow.query(
      `SELECT DISTINCT split_part(sealed, ':', 3)::int AS v FROM entry_secret
       WHERE entry_id <> (SELECT id FROM entry WHERE uid = $1)`,
      [broken.id],
    );
    expect(versions).toEqual([{ v: version }]);
    expect(await seenBy(admin, entry.id)).toMatchObject({ password: 'plain-hunter2' });
    expect(await app.app.get(SecretUpkeep).reseal()).toBe(0);
  });

  it('are nowhere in the clear: no table, no event, no search, no log, no kept answer', async () => {
    const name = `retried-${++made}`;
    const sent = body({ name });
    for (let attempt = 0; attempt < 2; attempt++)
      expect((await admin.post(ENTITIES, sent, { 'idempotency-key': 'once' })).status).toBe(201);
    await admin.patch(`${ENTITIES}/svc_${name}`, { metadata: { password: 'plain-again' } });
    await admin.get(`${ENTITIES}/svc_${name}`);
    await eventually('the event is numbered', async () => {
      const { body: events } = await admin.get('/api/v1/events?since=0&limit=1000');
      return JSON.stringify(events).includes(name);
    });
    const answers = [
      await admin.get(`/api/v1/search?q=${name}`),
      await admin.post('/api/v1/search', { query: '', filters: { metadata: { password: 'plain-again' } }, limit: 5 }),
      await admin.get(`${ENTITIES}/svc_${name}/history`),
      await admin.get('/api/v1/events?since=0&limit=1000'),
    ];
    expect(answers[1].body).toEqual([]);
    const tables = await app.uow.query<{ name: string }>(
      `SELECT quote_ident(relname) AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm')`,
    );
    const dump: string[] = [];
    for (const { name: table } of tables) {
      const [{ text }] = await app.uow.query<{ text: string }>(
        `SELECT coalesce(string_agg(t::text, chr(10)), '') AS text FROM ${table} t`,
      );
      dump.push(text);
    }
    const everything = [...dump, ...app.log, JSON.stringify(answers.map(({ body: answer }) => answer))].join('\n');
    expect(everything).toContain(name);
    for (const secret of SECRETS) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString('hex'));
      expect(everything).not.toContain(Buffer.from(secret).toString('base64').slice(0, -3));
    }
  });
});
