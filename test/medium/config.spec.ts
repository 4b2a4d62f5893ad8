import type { Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { CONFIG, MASTER_KEY, good, put, read, valueOf } from './config-fixture.js';

let app: TestApp;
beforeAll(async () => {
  app = await testApp({ env: MASTER_KEY });
});
afterAll(() => app.close());

const problem = (status: number, code: string) => ({ status, body: { code } });

describe('a key', () => {
  it('has a value in each scope, of which the nearest wins and explain says why', async () => {
    await put(app.api, 'pool', 10);
    await put(app.api, 'pool', 20, 'environment=prod');
    await put(app.api, 'pool', 30, 'scope=service&scope_id=checkout');
    await put(app.api, 'pool', 40, 'environment=prod&service=checkout');
    await put(app.api, 'pool', 50, 'scope=user&scope_id=ann@example.com');
    for (const [query, value, source] of [
      ['', 10, 'cfg_pool'],
      ['environment=dev', 10, 'cfg_pool'],
      ['environment=prod', 20, 'cfg_pool@environment:prod'],
      ['service=checkout', 30, 'cfg_pool@service:checkout'],
      ['service=checkout&environment=dev', 30, 'cfg_pool@service:checkout'],
      ['service=checkout&environment=prod', 40, 'cfg_pool@service:prod:checkout'],
      ['service=checkout&environment=prod&user=ann@example.com', 50, 'cfg_pool@user:ann%40example.com'],
    ] as const)
      expect(await read(app.api, 'pool', query)).toMatchObject({ value, source: { key: source } });
    expect((await read(app.api, 'pool', 'environment=prod&service=cart&explain=true')).explain).toEqual([
      { scope: 'service', scope_id: 'prod/cart', outcome: 'absent', key: null, revision: null, value: null },
      { scope: 'service', scope_id: 'cart', outcome: 'absent', key: null, revision: null, value: null },
      { scope: 'environment', scope_id: 'prod', outcome: 'wins', key: 'cfg_pool@environment:prod', revision: 1, value: 20 },
      { scope: 'global', scope_id: null, outcome: 'overridden', key: 'cfg_pool', revision: 1, value: 10 },
    ]); // prettier-ignore
    const exact = [
      'scope=environment&environment=prod',
      'scope=environment&scope_id=prod',
      'scope=environment&scope_id=prod&user=x',
    ];
    for (const query of exact) expect(await valueOf(app.api, 'pool', query)).toBe(20);
    expect(await valueOf(app.api, 'cfg_pool@environment:prod')).toBe(20);
    expect(await app.api.get(`${CONFIG}/pool?scope=environment&scope_id=nowhere`)).toMatchObject(
      problem(404, 'config.not_found'),
    );
    expect(await app.api.get(`${CONFIG}/nothing`)).toMatchObject(problem(404, 'config.not_found'));
  });

  it('is made by POST once, and by PUT when it is not there', async () => {
    const made = await app.api.post(CONFIG, { key: 'cfg_made', value: 'x', scope: 'environment', scope_id: 'prod' });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'made', key: 'cfg_made@environment:prod', type: 'string', current_version: 1 },
    });
    expect(await app.api.post(CONFIG, { key: 'made', value: 'y', scope: 'environment', scope_id: 'prod' })).toMatchObject({ status: 409 }); // prettier-ignore
    const again = (query: string) => app.api.put(`${CONFIG}/made?${query}`, { value: 'z' });
    expect(await again('')).toMatchObject({ status: 201, body: { key: 'cfg_made' } });
    expect(await again('')).toMatchObject({ status: 200, body: { revision: 1 } });
    expect(await again('environment=prod')).toMatchObject({ status: 200, body: { revision: 2 } });
    expect(await app.api.post(CONFIG, { key: 'a', name: 'b', value: 1 })).toMatchObject({ status: 400 });
  });

  it('has one type in all scopes and keeps to its rules, those of the global value everywhere', async () => {
    const validation = { min: 1, max: 100 };
    await put(app.api, 'rules', 10, '', { validation, default: 5 });
    const refused = async (body: object, query = '', field = 'value') => {
      const answer = await app.api.put(`${CONFIG}/rules?${query}`, body);
      expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([answer.status, field]);
      return answer.status;
    };
    expect(await refused({ value: 0 })).toBe(400);
    expect(await refused({ value: '10' })).toBe(400);
    expect(await refused({ value: 1.5 })).toBe(400);
    expect(await refused({ value: 101 }, 'environment=prod')).toBe(400);
    expect(await refused({ value: 'x', type: 'string' }, 'environment=prod', 'type')).toBe(422);
    await put(app.api, 'rules', 90, 'environment=prod');
    // What PUT leaves out of the definition stays; null takes it away.
    expect(await put(app.api, 'rules', 11)).toMatchObject({ validation, default: 5, type: 'integer' });
    expect(await refused({ value: 11, validation: { max: 50 } }, '', 'validation')).toBe(422);
    expect(await put(app.api, 'rules', 1000, '', { validation: null })).toMatchObject({ validation: null });
    for (const [body, field] of [
      [{ value: 'x', validation: { pattern: '(?<=a)b' } }, 'validation.pattern'],
      [{ value: {}, validation: { json_schema: { type: 'nothing' } } }, 'validation.json_schema'],
      [{ value: 1, default: 'x' }, 'default'],
      [{ value: null }, 'value'],
      [{}, 'value'],
      [{ value: 1, type: 'number' }, 'type'],
      [{ value: 1, scope_id: 'x' }, 'scope_id'],
    ] as const)
      expect(await app.api.put(`${CONFIG}/odd`, body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect(await app.api.put(`${CONFIG}/${encodeURIComponent('no key!')}`, { value: 1 })).toMatchObject({
      status: 400,
    });
  });

  it('refers to others, resolved for who asks; circles are refused, and what is missing is told', async () => {
    await put(app.api, 'db.host', 'localhost');
    await put(app.api, 'db.host', 'pg.prod', 'environment=prod');
    await put(app.api, 'db.port', 5432);
    await put(app.api, 'db.url', 'pg://${db.host}:${db.port}/$${x}');
    await put(app.api, 'app', { db: '${db.url}', port: '${db.port}' });
    expect(await valueOf(app.api, 'db.url')).toBe('pg://localhost:5432/${x}');
    expect(await read(app.api, 'app', 'environment=prod')).toMatchObject({
      value: { db: 'pg://pg.prod:5432/${x}', port: 5432 },
      references: ['db.url', 'db.host', 'db.port'],
    });
    expect(await valueOf(app.api, 'db.url', 'scope=global')).toBe('pg://${db.host}:${db.port}/$${x}');
    const circle = await app.api.put(`${CONFIG}/db.host?environment=dev`, { value: '${app}' });
    expect(circle).toMatchObject(problem(422, 'config.reference_cycle'));
    expect(circle.body.detail).toContain('db.host → app → db.url → db.host');
    expect(await app.api.put(`${CONFIG}/self`, { value: '${self}' })).toMatchObject({ status: 422 });
    expect(await app.api.delete(`${CONFIG}/db.port`)).toMatchObject(problem(409, 'config.referenced'));
    expect(await app.api.delete(`${CONFIG}/db.port?force=true`)).toMatchObject({ status: 204 });
    const missing = await app.api.get(`${CONFIG}/app`);
    expect(missing).toMatchObject({
      status: 422,
      body: { code: 'config.reference_unresolved', unresolved: ['db.port'] },
    });
    const all = good(await app.api.get(`${CONFIG}/resolved?prefix=db.&environment=prod`));
    expect(all).toMatchObject([
      { name: 'db.host', value: 'pg.prod', source: { scope: 'environment' } },
      { name: 'db.url', value: null, unresolved: ['db.port'] },
    ]);
  });

  it('is answered again only when something has changed', async () => {
    await put(app.api, 'tag', 'a', 'environment=prod');
    await put(app.api, 'tag', 'b');
    const path = `${CONFIG}/tag?environment=prod`;
    const first = await app.api.get(path);
    const again = { 'If-None-Match': first.headers.get('etag')! };
    expect(await app.api.get(path, again)).toMatchObject({ status: 304 });
    // The wider value has the same revision, and is another.
    expect(await app.api.delete(path)).toMatchObject({ status: 204 });
    expect(await app.api.get(path, again)).toMatchObject({ status: 200, body: { value: 'b' } });
    const all = await app.api.get(`${CONFIG}/resolved`);
    const known = { 'If-None-Match': all.headers.get('etag')! };
    expect(await app.api.get(`${CONFIG}/resolved`, known)).toMatchObject({ status: 304 });
    expect(await app.api.get(`${CONFIG}/resolved?environment=x`, known)).toMatchObject({ status: 200 });
    await put(app.api, 'tag', 'c');
    expect(await app.api.get(`${CONFIG}/resolved`, known)).toMatchObject({ status: 200 });
  });

  it('that is restricted is not there for others, and the wider value holds for them', async () => {
    const secure = { security_context: { visibility: 'restricted', readers: ['role:nobody'] } };
    await put(app.api, 'hidden', 'wide');
    await put(app.api, 'hidden', 'near', 'environment=prod', secure);
    const key = good(await app.api.post('/api/v1/gateway/keys', { name: 'r', type: 'api_key', permissions: ['read:config'] })).key; // prettier-ignore
    const other = app.api.as(key);
    expect(await valueOf(app.api, 'hidden', 'environment=prod')).toBe('near');
    expect(await valueOf(other, 'hidden', 'environment=prod')).toBe('wide');
    expect(await other.get(`${CONFIG}/hidden?scope=environment&environment=prod`)).toMatchObject({ status: 404 });
    expect(await other.get(`${CONFIG}/hidden/history?environment=prod`)).toMatchObject({ status: 404 });
    expect(await app.api.delete(`${CONFIG}/hidden?environment=prod`)).toMatchObject({ status: 204 });
    expect(await other.get(`${CONFIG}/hidden/history?environment=prod`)).toMatchObject({ status: 404 });
    expect(good(await app.api.get(`${CONFIG}/hidden/history?environment=prod`))).toHaveLength(2);
    // Set anew for everyone, what it was before stays as it was.
    await put(app.api, 'hidden', 'open', 'environment=prod');
    const history = good(await other.get(`${CONFIG}/hidden/history?environment=prod`));
    expect(history).toMatchObject([{ version: 3, value: 'open' }]);
    expect(await other.get(`${CONFIG}/hidden/versions/1?environment=prod`)).toMatchObject({ status: 404 });
  });

  it('written through the catalog is the same', async () => {
    const spec = { value: 7, scope: 'environment', scope_id: 'prod' };
    const made = good(await app.api.post('/api/v1/entities', { type: 'config', name: 'cat', spec }));
    expect(made).toMatchObject({
      key: 'cfg_cat@environment:prod',
      spec: { ...spec, type: 'integer', encrypted: false },
    });
    expect(await valueOf(app.api, 'cat', 'environment=prod')).toBe(7);
    good(await app.api.patch(`/api/v1/entities/${made.id}`, { spec: { value: 8 } }));
    expect(await valueOf(app.api, 'cat', 'environment=prod')).toBe(8);
    const bad = await app.api.post('/api/v1/entities', {
      type: 'config',
      name: 'cat',
      version: '1.0',
      spec: { value: 1 },
    });
    expect(bad).toMatchObject({ status: 400, body: { errors: [{ field: 'version' }] } });
    const history = good(await app.api.get(`${CONFIG}/cat/history?environment=prod`));
    expect(history.map(({ value }: Json) => value)).toEqual([8, 7]);
  });
});
