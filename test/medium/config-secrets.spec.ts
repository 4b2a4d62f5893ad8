import { parse } from 'yaml';
import type { Json } from '../support/api-client.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { CONFIG, MASTER_KEY, good, put, read, valueOf } from './config-fixture.js';

const MASK = '********';

let place: TestPlace;
let app: TestApp;
let viewer: TestApp['api'];
beforeAll(async () => {
  place = await testPlace();
  app = await testApp({ env: MASTER_KEY, place });
  viewer = await keyFor(['read:config', 'write:config']);
});
afterAll(async () => {
  await app.close();
  await place.drop();
});

async function keyFor(permissions: string[]): Promise<TestApp['api']> {
  const made = await app.api.post('/api/v1/gateway/keys', { name: 'k', type: 'api_key', permissions });
  return app.api.as(good(made).key);
}

/** Every text of every table that could hold a value. */
async function wholeDatabase(uow: TestApp['uow']): Promise<string> {
  const tables = await uow.query<{ name: string }>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await uow.query<{ t: string | null }>(`SELECT string_agg(x::text, ' ') AS t FROM ${name} x`);
    texts.push(rows[0].t ?? '');
  }
  return texts.join('\n');
}

/** The items of an export by their keys; JSON is YAML too. */
const itemsOf = (text: string): Json[] =>
  (parse(text) as Json[]).toSorted((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));

const reveals = async (): Promise<Json[]> =>
  good(await app.api.get('/api/v1/gateway/audit?action=secret.reveal&limit=1000'));

describe('a secret', () => {
  it('is masked without read:secrets, on every way out, and recorded when it is shown', async () => {
    await put(app.api, 's.password', 'hunter2-plain', '', { type: 'secret' });
    await put(app.api, 's.limit', 4711, '', { encrypted: true });
    await put(app.api, 's.url', 'pg://app:${s.password}@db');
    expect(await read(viewer, 's.password')).toMatchObject({ value: MASK, encrypted: true, type: 'secret' });
    expect(await valueOf(viewer, 's.limit')).toBe(MASK);
    expect(await valueOf(viewer, 's.url')).toBe(`pg://app:${MASK}@db`);
    for (const path of ['', '/resolved', '/s.password/history', '/s.password/versions/1', '/export?format=json', '/export?format=env', '/watch', '/s.password?explain=true', '/stats']) {
      const text = await (await viewer.fetch('GET', `${CONFIG}${path}`)).text();
      expect([path, text.includes('hunter2-plain')]).toEqual([path, false]);
    } // prettier-ignore
    const before = (await reveals()).length;
    const shown = await app.api.get(`${CONFIG}/s.password`);
    expect(shown).toMatchObject({ body: { value: 'hunter2-plain' } });
    expect(shown.headers.get('cache-control')).toBe('no-store');
    expect(await valueOf(app.api, 's.limit')).toBe(4711);
    expect(await valueOf(app.api, 's.url')).toBe('pg://app:hunter2-plain@db');
    expect(good(await app.api.get(`${CONFIG}/s.password/versions/1`)).value).toBe('hunter2-plain');
    const told = (await reveals()).slice(0, (await reveals()).length - before);
    expect(told.map(({ subject_key, subject }: Json) => subject_key ?? subject?.key)).toEqual(
      expect.arrayContaining(['cfg_s.password', 'cfg_s.limit']),
    );
    expect(told).toHaveLength(4);
    expect(await wholeDatabase(app.uow)).not.toContain('hunter2-plain');
  });

  it('stays as it is when its mask is sent back, and its answers to changes show none', async () => {
    const made = await put(app.api, 's.token', 'first-secret', '', { type: 'secret' });
    expect(made.value).toBe(MASK);
    expect(await put(app.api, 's.token', MASK)).toMatchObject({ revision: 1 });
    expect(await put(app.api, 's.token', 'second-secret')).toMatchObject({ revision: 2, value: MASK });
    expect(await put(app.api, 's.token', 'second-secret')).toMatchObject({ revision: 2 });
    good(await app.api.post(`${CONFIG}/s.token/rollback`, { version: 1 }));
    expect(await valueOf(app.api, 's.token')).toBe('first-secret');
    expect(good(await app.api.get(`${CONFIG}/s.token/diff?from=1&to=2`)).changes).toEqual([
      { field: 'value', from: MASK, to: MASK },
    ]);
    const open = await app.api.put(`${CONFIG}/s.limit`, { value: MASK, encrypted: false });
    expect(open).toMatchObject({ status: 400, body: { errors: [{ field: 'value' }] } });
    const dry = await app.api.put(`${CONFIG}/s.new`, { value: MASK, type: 'secret' });
    expect(dry).toMatchObject({ status: 400 });
    expect(await put(app.api, 's.limit', 5, 'environment=prod')).toMatchObject({ encrypted: true, value: MASK });
    const wrong = await app.api.put(`${CONFIG}/s.limit`, { value: 'a-wrong-secret' });
    expect(JSON.stringify(wrong.body)).not.toContain('a-wrong-secret');
  });
});

describe('export and import', () => {
  it('give an empty registry the same, secrets included and encrypted anew; without read:secrets none', async () => {
    await put(app.api, 'x.secret', 'exported-secret', '', { type: 'secret', description: 'a secret' });
    await put(app.api, 'x.doc', { a: [1, 'b'] }, 'environment=prod&service=checkout', { validation: { json_schema: { type: 'object' } } }); // prettier-ignore
    const exported = async (from: TestApp['api'], format: string, secrets = true): Promise<string> =>
      (await from.fetch('GET', `${CONFIG}/export?format=${format}&secrets=${secrets}`)).text();
    const other = await testApp({ env: MASTER_KEY });
    try {
      for (const [format, type] of [
        ['json', 'application/json'],
        ['yaml', 'application/yaml'],
      ]) {
        const body = await exported(app.api, format);
        const headers = { 'Content-Type': type };
        const dry = await other.api.post(`${CONFIG}/import?dry_run=true`, body, headers);
        expect(dry).toMatchObject({ status: 200, body: { dry_run: true, failed: 0 } });
        const answer = good(await other.api.post(`${CONFIG}/import`, body, headers));
        expect([answer.failed, answer.created + answer.unchanged]).toEqual([0, dry.body.created + dry.body.unchanged]);
        expect(itemsOf(await exported(other.api, format))).toEqual(itemsOf(body));
      }
      expect(await valueOf(other.api, 'x.secret')).toBe('exported-secret');
      expect(await wholeDatabase(other.uow)).not.toContain('exported-secret');
      const history = good(await other.api.get(`${CONFIG}/x.secret/history`));
      expect(history).toMatchObject([{ version: 1, origin: 'import', value: MASK }]);
    } finally {
      await other.close();
    }
    expect(await viewer.get(`${CONFIG}/export?secrets=true`)).toMatchObject({ status: 403 });
    for (const who of [app.api, viewer]) expect(await exported(who, 'json', false)).not.toContain('exported-secret');
    const masked = await exported(viewer, 'json', false);
    const back = await app.api.post(`${CONFIG}/import`, masked, { 'Content-Type': 'application/json' });
    expect(back).toMatchObject({ status: 200, body: { failed: 0, updated: 0 } });
    expect(await valueOf(app.api, 'x.secret')).toBe('exported-secret');
  }, 180_000);

  it('as .env holds what somebody gets, and sets values of a scope by their variables', async () => {
    await put(app.api, 'e.pool-size', 10);
    await put(app.api, 'e.name', 'a b', 'environment=prod');
    await put(app.api, 'e.key', 'env-secret', '', { type: 'secret' });
    const env = async (api: TestApp['api'], query = '') =>
      (await api.fetch('GET', `${CONFIG}/export?format=env&prefix=e.${query}`)).text();
    expect(await env(app.api, '&environment=prod')).toBe("E_KEY=env-secret\nE_NAME='a b'\nE_POOL_SIZE=10\n");
    expect(await env(viewer)).toBe('# E_KEY is a secret\nE_POOL_SIZE=10\n');
    const text = 'E_POOL_SIZE=20\nE_FRESH=new\nE_KEY=other-secret\n';
    const send = (query: string, body = text) =>
      app.api.post(`${CONFIG}/import?environment=dev${query}`, body, { 'Content-Type': 'text/plain' });
    expect(await send('&dry_run=true')).toMatchObject({ status: 200, body: { created: 3, dry_run: true } });
    expect(await app.api.get(`${CONFIG}/e.fresh?environment=dev`)).toMatchObject({ status: 404 });
    expect(await send('')).toMatchObject({ status: 200, body: { created: 3 } });
    expect(await send('')).toMatchObject({ status: 200, body: { unchanged: 3 } });
    expect(await env(app.api, '&environment=dev')).toBe('E_FRESH=new\nE_KEY=other-secret\nE_POOL_SIZE=20\n');
    expect(await read(app.api, 'e.key', 'environment=dev')).toMatchObject({ type: 'secret', encrypted: true });
    expect(await send('', 'E_POOL_SIZE=many\n')).toMatchObject({ body: { failed: 1 } });
    expect(await send('&mode=atomic', 'E_POOL_SIZE=many\n')).toMatchObject({ status: 400 });
    expect(await send('', 'not a line')).toMatchObject({ status: 400, body: { errors: [{ field: 'line 1' }] } });
  });
});

describe('a draft', () => {
  it('changes nothing until it is published, and is refused when its value has changed since', async () => {
    await put(app.api, 'd.size', 10, '', { validation: { max: 50 } });
    await put(app.api, 'd.secret', 'draft-old', '', { type: 'secret' });
    const save = (key: string, body: object) => app.api.put(`${CONFIG}/${key}/draft`, body);
    expect(await save('d.size', { value: 20, comment: 'more' })).toMatchObject({
      status: 200,
      body: { value: 20, current_value: 10, base_revision: 1, outdated: false },
    });
    expect((await save('d.size', { value: 51 })).body.errors[0]).toMatchObject({ field: 'value' });
    good(await save('d.secret', { value: 'draft-new' }));
    good(await save('d.fresh', { value: true }));
    expect(await valueOf(app.api, 'd.size')).toBe(10);
    expect(await wholeDatabase(app.uow)).not.toContain('draft-new');
    const publish = (body: object) => app.api.post(`${CONFIG}/publish`, body);
    expect(good(await publish({ prefix: 'd.', dry_run: true })).published).toHaveLength(3);
    await put(app.api, 'd.size', 11);
    expect(await publish({ prefix: 'd.' })).toMatchObject({
      status: 409,
      body: { code: 'config.draft_outdated', outdated: [{ key: 'cfg_d.size', base_revision: 1, current_revision: 2 }] },
    });
    expect(good(await app.api.get(`${CONFIG}/drafts?prefix=d.`))).toMatchObject([
      { name: 'd.fresh', current_value: null },
      { name: 'd.secret', value: MASK, current_value: MASK },
      { name: 'd.size', value: 20, current_value: 11, outdated: true },
    ]);
    good(await publish({ prefix: 'd.', force: true }));
    expect(await valueOf(app.api, 'd.size')).toBe(20);
    expect(await valueOf(app.api, 'd.secret')).toBe('draft-new');
    expect(good(await app.api.get(`${CONFIG}/d.size/history`))[0]).toMatchObject({
      origin: 'publish',
      comment: 'more',
    });
    good(await save('d.size', { operation: 'delete' }));
    expect(await app.api.delete(`${CONFIG}/d.size/draft`)).toMatchObject({ status: 204 });
    expect(await app.api.get(`${CONFIG}/d.size/draft`)).toMatchObject({ status: 404 });
    expect(good(await app.api.get(`${CONFIG}/drafts?prefix=d.`))).toEqual([]);
  });
});

describe('Spring Cloud Config', () => {
  it('is answered with property sources, the nearest first, and no mask in the place of a secret', async () => {
    await put(app.api, 'spring.pool', 10);
    await put(app.api, 'spring.pool', 20, 'environment=prod');
    await put(app.api, 'spring.pool', 30, 'service=shop');
    await put(app.api, 'spring.doc', { a: { b: [1, 2] }, none: [] }, 'environment=prod&service=shop');
    await put(app.api, 'spring.pass', 'spring-secret', '', { type: 'secret' });
    await put(app.api, 'spring.url', 'x:${spring.pool}', 'environment=prod');
    const answer = good(await app.api.get('/config-server/shop/prod'));
    expect(answer).toMatchObject({ name: 'shop', profiles: ['prod'], label: null, state: null });
    expect(answer.propertySources).toMatchObject([
      { name: 'registry:service:prod/shop', source: { 'spring.doc.a.b[0]': 1, 'spring.doc.a.b[1]': 2 } },
      { name: 'registry:service:shop', source: { 'spring.pool': 30 } },
      { name: 'registry:environment:prod', source: { 'spring.pool': 20, 'spring.url': 'x:30' } },
      { name: 'registry:global', source: { 'spring.pool': 10, 'spring.pass': 'spring-secret' } },
    ]);
    const global = (body: Json): Json => body.propertySources.at(-1).source;
    const masked = global(good(await viewer.get('/config-server/shop/default/main')));
    expect(masked['invalid.spring.pass']).toBe('<n/a>');
    expect(masked).not.toHaveProperty(['spring.pass']);
    const two = good(await viewer.get('/config-server/shop/dev,prod'));
    expect(two.propertySources[0].name).toBe('registry:service:prod/shop');
    expect(await app.api.get('/config-server/shop/a%20b')).toMatchObject({ status: 400 });
  });
});

describe('the rotation of keys', () => {
  it('moves everything while it is read and written, shows how far it is, and goes on after a restart', async () => {
    for (let n = 0; n < 120; n++) await put(app.api, `rot.${n}`, `rotating-secret-${n}`, '', { type: 'secret' });
    const rotation = async (): Promise<Json> => good(await app.api.get(`${CONFIG}/rotate-keys`));
    // Another replica has a key in hand, and hears of the new one later. The embedded database belongs to one process.
    const env = { ...MASTER_KEY, REGISTRY_ADMIN_KEY: app.adminKey };
    const second = isNative() ? await testApp({ env, place }) : undefined;
    const other = second?.api.as(app.adminKey) ?? app.api;
    await put(other, 'rot.0', 'rotating-secret-0', '', { type: 'secret' });
    const failures: unknown[] = [];
    const load = { on: true };
    const reader = async (from: number): Promise<void> => {
      for (let n = from; load.on; n = (n + 1) % 120) {
        const { status, body } = await app.api.get(`${CONFIG}/rot.${n}`);
        if (status !== 200 || !String(body.value).startsWith(`rotating-secret-${n}`)) failures.push([n, status, body]);
      }
    };
    const writer = async (): Promise<void> => {
      for (let n = 0; load.on; n = (n + 1) % 120) {
        const { status } = await other.put(`${CONFIG}/rot.${n}`, { value: `rotating-secret-${n}-again` });
        if (status !== 200) failures.push([n, status]);
      }
    };
    const running = [reader(0), reader(60), writer()];
    const begun = await app.api.post(`${CONFIG}/rotate-keys`);
    expect(begun).toMatchObject({ status: 202, body: { state: 'running', done: 0 } });
    expect(begun.body.total).toBeGreaterThanOrEqual(240);
    const seen: Json[] = [];
    while (seen.at(-1)?.state !== 'done' && seen.length < 4000) {
      seen.push(await rotation());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    load.on = false;
    await Promise.all(running);
    await second?.close();
    expect(failures).toEqual([]);
    expect(seen.at(-1)).toMatchObject({ state: 'done', failed: 0, percent: 100 });
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
    expect(seen.some(({ state, done, total }) => state === 'running' && done < total)).toBe(true);
    expect(await wholeDatabase(app.uow)).not.toContain('rotating-secret');
    const under = async (version: number): Promise<number> => {
      const [{ n }] = await app.uow.query<{ n: number }>(
        `SELECT ((SELECT count(*) FROM entry_secret WHERE split_part(sealed, ':', 3)::int < $1) +
           (SELECT count(*) FROM config_version WHERE split_part(sealed, ':', 3)::int < $1))::int AS n`,
        [version],
      );
      return n;
    };
    expect(await under(seen[0].key_version)).toBe(0);

    // The next one is cut off at once: what is left is taken up by the process that comes after.
    const next = good(await app.api.post(`${CONFIG}/rotate-keys`)).key_version as number;
    const { adminKey } = app;
    await app.close();
    const restarted = await testApp({ env: { ...MASTER_KEY, REGISTRY_ADMIN_KEY: adminKey }, place });
    app = { ...restarted, api: restarted.api.as(adminKey) };
    await eventually('the rotation is done', async () => (await rotation()).state === 'done', 90_000);
    expect(await under(next)).toBe(0);
    expect(await valueOf(app.api, 'rot.5')).toMatch(/^rotating-secret-5/);
  }, 400_000);
});
