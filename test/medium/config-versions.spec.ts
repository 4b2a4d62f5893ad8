import type { Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { CONFIG, MASTER_KEY, good, put, read, valueOf } from './config-fixture.js';

let app: TestApp;
beforeAll(async () => {
  app = await testApp({ env: MASTER_KEY });
});
afterAll(() => app.close());

const history = async (key: string, query = ''): Promise<Json[]> =>
  good(await app.api.get(`${CONFIG}/${key}/history?${query}`));
const rollback = (key: string, version: number, query = '', headers = {}) =>
  app.api.post(`${CONFIG}/${key}/rollback?${query}`, { version, comment: 'it broke' }, headers);

describe('the versions of a value', () => {
  it('are all kept by a rollback, which is one more', async () => {
    for (const value of ['one', 'two', 'three']) await put(app.api, 'turns', value);
    const before = await history('turns');
    expect(await rollback('turns', 1)).toMatchObject({
      status: 200,
      body: { current_version: 4, value_entry: { value: 'one', revision: 4 } },
    });
    expect(await history('turns')).toEqual([
      expect.objectContaining({ version: 4, value: 'one', origin: 'rollback:1', comment: 'it broke' }),
      ...before,
    ]);
    expect(await rollback('turns', 1)).toMatchObject({ body: { current_version: 4 } });
    expect(await rollback('turns', 9)).toMatchObject({ status: 404, body: { code: 'config_version.not_found' } });
    expect(await rollback('turns', 2, '', { 'If-Match': '"1"' })).toMatchObject({ status: 412 });
    expect(good(await app.api.get(`${CONFIG}/turns/versions/2`))).toMatchObject({ value: 'two', operation: 'set' });
    expect(good(await app.api.get(`${CONFIG}/turns/diff?from=1&to=3`)).changes).toEqual([
      { field: 'value', from: 'one', to: 'three' },
    ]);
    expect(await app.api.get(`${CONFIG}/turns/diff?from=0&to=x`)).toMatchObject({ status: 400 });
  });

  it('go on where a value is removed, set again, or taken back from its removal', async () => {
    await put(app.api, 'gone', 1, 'environment=prod', { validation: { max: 5 } });
    good(await app.api.delete(`${CONFIG}/gone?environment=prod`));
    expect((await history('gone', 'environment=prod')).map(({ operation }) => operation)).toEqual(['delete', 'set']);
    const back = await rollback('gone', 1, 'environment=prod');
    expect(back.body).toMatchObject({ current_version: 3, value_entry: { value: 1, validation: { max: 5 } } });
    expect(await rollback('gone', 2, 'environment=prod')).toMatchObject({ body: { value_entry: null } });
    expect(await app.api.get(`${CONFIG}/gone?environment=prod`)).toMatchObject({ status: 404 });
    expect((await history('gone', 'environment=prod')).map(({ version }) => version)).toEqual([4, 3, 2, 1]);
  });

  it('of random changes and rollbacks lose none', async () => {
    let seed = 3;
    const random = (below: number): number => (seed = (seed * 16_807) % 2_147_483_647) % below;
    const known: Json[] = [];
    for (let n = 0; n < 24; n++) {
      if (known.length > 0 && random(3) === 0) await rollback('many', 1 + random(known.length));
      else if (known.length > 0 && random(5) === 0) await app.api.delete(`${CONFIG}/many`);
      else await put(app.api, 'many', random(1000));
      const now = (await history('many', 'limit=1000')).toReversed();
      expect(now.slice(0, known.length)).toEqual(known);
      known.splice(0, known.length, ...now);
    }
  }, 180_000);

  it('tell the patch between two values of JSON', async () => {
    await put(app.api, 'doc', { a: 1, b: [1] });
    await put(app.api, 'doc', { a: 2, b: [1] });
    expect(good(await app.api.get(`${CONFIG}/doc/diff?from=1&to=2`)).patch).toEqual([
      { op: 'replace', path: '/a', value: 2 },
    ]);
  });
});

describe('compare-and-set', () => {
  it('by 50 writers at once loses no update', async () => {
    await put(app.api, 'counter', 0);
    const writer = async (): Promise<void> => {
      for (;;) {
        const answer = await app.api.get(`${CONFIG}/counter`);
        const headers = { 'If-Match': answer.headers.get('etag')! };
        const { status } = await app.api.put(`${CONFIG}/counter`, { value: answer.body.value + 1 }, headers);
        if (status === 200) return;
        expect(status).toBe(412);
      }
    };
    await Promise.all(Array.from({ length: 50 }, writer));
    expect(await read(app.api, 'counter')).toMatchObject({ value: 50, revision: 51, current_version: 51 });
    expect((await history('counter', 'limit=1000')).map(({ value }) => value)).toEqual(Array.from({ length: 51 }, (_, n) => 50 - n)); // prettier-ignore
  }, 300_000);

  it('of what must not be there is won by one', async () => {
    const create = (n: number) => app.api.put(`${CONFIG}/single`, { value: n }, { 'If-None-Match': '*' });
    const statuses = (await Promise.all(Array.from({ length: 10 }, (_, n) => create(n)))).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, ...Array<number>(9).fill(412)]);
    expect(await app.api.put(`${CONFIG}/absent`, { value: 1 }, { 'If-Match': '"3"' })).toMatchObject({ status: 412 });
  });
});

describe('a transaction', () => {
  const run = (operations: object[]) => app.api.post(`${CONFIG}/txn`, { operations, comment: 'together' });

  it('does everything, or nothing and says which checks failed', async () => {
    await put(app.api, 't.a', 1);
    const done = await run([
      { op: 'check', key: 't.a', revision: 1 },
      { op: 'check_absent', key: 't.b' },
      { op: 'set', key: 't.b', value: 'x', scope: 'environment', scope_id: 'prod', revision: 0 },
      { op: 'set', key: 't.a', value: 2, revision: 1 },
      { op: 'delete', key: 't.c' },
    ]);
    expect(done).toMatchObject({
      status: 200,
      body: {
        results: [
          { op: 'check', revision: 1 },
          { op: 'check_absent', revision: null },
          { op: 'set', key: 'cfg_t.b@environment:prod', revision: 1, changed: true },
          { op: 'set', key: 'cfg_t.a', revision: 2, changed: true },
          { op: 'delete', changed: false },
        ],
      },
    });
    expect((await history('t.a'))[0]).toMatchObject({ origin: 'transaction', comment: 'together' });
    const failed = await run([
      { op: 'set', key: 't.a', value: 3 },
      { op: 'check', key: 't.a', revision: 1 },
      { op: 'delete', key: 't.b', scope: 'environment', scope_id: 'prod', revision: 7 },
    ]);
    expect(failed).toMatchObject({
      status: 409,
      body: {
        code: 'config.transaction_failed',
        failed: [
          { index: 1, revision: 2 },
          { index: 2, revision: 1 },
        ],
      },
    });
    const refused = await run([
      { op: 'set', key: 't.a', value: 3 },
      { op: 'set', key: 't.a', value: 'no number' },
    ]);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'operations.1.value' }] } });
    expect(await valueOf(app.api, 't.a')).toBe(2);
    expect(await run(Array.from({ length: 129 }, () => ({ op: 'check_absent', key: 'x' })))).toMatchObject({
      status: 400,
    });
    expect(await run([])).toMatchObject({ status: 400 });
  });
});

describe('a reset', () => {
  it('takes values back to their defaults and overrides away, or says what it would do', async () => {
    await put(app.api, 'r.size', 10, '', { default: 5 });
    await put(app.api, 'r.name', 'x');
    await put(app.api, 'r.size', 20, 'environment=prod');
    const reset = (body: object) => app.api.post(`${CONFIG}/reset`, body);
    const wanted = [
      { key: 'cfg_r.name', action: 'kept' },
      { key: 'cfg_r.size', action: 'set' },
    ];
    expect(await reset({ prefix: 'r.', dry_run: true })).toMatchObject({ status: 200, body: wanted });
    expect(await valueOf(app.api, 'r.size')).toBe(10);
    expect(await reset({ prefix: 'r.' })).toMatchObject({ status: 200, body: wanted });
    expect(await valueOf(app.api, 'r.size')).toBe(5);
    expect(await reset({ keys: ['r.size'], scope: 'environment', scope_id: 'prod' })).toMatchObject({
      body: [{ key: 'cfg_r.size@environment:prod', action: 'removed' }],
    });
    expect(await valueOf(app.api, 'r.size', 'environment=prod')).toBe(5);
    expect(await reset({})).toMatchObject({ status: 400, body: { errors: [{ field: 'body' }] } });
  });
});
