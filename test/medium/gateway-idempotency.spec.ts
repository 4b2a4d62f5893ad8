import { IdempotencyRepository } from '../../src/gateway/idempotency/idempotency.repository.js';
import { ConflictError } from '../../src/platform/errors/registry-error.js';
import type { Answer } from '../support/api-client.js';
import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';
import { EffectController, attempts, mishaps } from './gateway-effects.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('safe retries', () => {
  let place: TestPlace;
  let app: GatewayApp;
  let other: GatewayApp;

  beforeAll(async () => {
    place = await testPlace();
    const options = { controllers: [EffectController], env: { DATABASE_POOL_SIZE: '3' } };
    app = await gatewayApp(place, options);
    // The embedded database belongs to one process: there it is its own other replica.
    other = isNative() ? await gatewayApp(place, { ...options, adminKey: app.adminKey }) : app;
    await app.uow.query('CREATE TABLE probe_effect (id integer GENERATED ALWAYS AS IDENTITY, note text NOT NULL)');
  });

  afterAll(async () => {
    if (other !== app) await other.close();
    await app.close();
    await place.drop();
  });

  let count = 0;
  const freshKey = (): string => `test-${++count}`;
  const post = (
    key: string,
    note: string,
    { path = '/probe/effects', at = app, as = app.adminKey } = {},
  ): Promise<Answer> => at.call('POST', path, { key: as, body: { note }, headers: { 'Idempotency-Key': key } });
  const effects = async (note: string): Promise<number> => {
    const sql = 'SELECT count(*)::integer AS n FROM probe_effect WHERE note = $1';
    return (await app.uow.query<{ n: number }>(sql, [note]))[0].n;
  };
  const isReplay = (answer: Answer): boolean => answer.headers.get('Idempotent-Replayed') === 'true';

  it('the same request again gets the first answer, and has no second effect', async () => {
    const key = freshKey();
    const first = await post(key, 'replayed');
    expect([first.status, isReplay(first)]).toEqual([201, false]);
    for (const at of [app, other]) {
      const again = await post(key, 'replayed', { at });
      expect([again.status, isReplay(again)]).toEqual([201, true]);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('Location')).toBe(first.headers.get('Location'));
      expect(again.headers.get('ETag')).toBe('"1"');
      expect(again.headers.get('Content-Type')).toBe(first.headers.get('Content-Type'));
    }
    expect(await effects('replayed')).toBe(1);
  });

  it('an answer without a body is replayed as one', async () => {
    const key = freshKey();
    for (const replay of [false, true]) {
      const answer = await post(key, 'quiet', { path: '/probe/quiet' });
      expect([answer.status, answer.body, isReplay(answer)]).toEqual([204, '', replay]);
    }
    expect(await effects('quiet')).toBe(1);
  });

  it('another body, query or path under the same key is refused', async () => {
    const key = freshKey();
    await post(key, 'one');
    for (const [note, path] of [
      ['two', '/probe/effects'],
      ['one', '/probe/effects?as=x'],
      ['one', '/probe/quiet'],
    ]) {
      const answer = await post(key, note, { path });
      expect([answer.status, answer.body.code]).toEqual([422, 'request.idempotency_mismatch']);
    }
    expect([await effects('one'), await effects('two')]).toEqual([1, 0]);
  });

  it('two callers may use the same key, each for themselves', async () => {
    const key = freshKey();
    const { key: as } = await madeKey(app, { permissions: ['write:entities'] });
    await post(key, 'mine');
    expect(isReplay(await post(key, 'theirs', { as }))).toBe(false);
    expect([await effects('mine'), await effects('theirs')]).toEqual([1, 1]);
  });

  it('a token and the key it was made from are one caller', async () => {
    const key = freshKey();
    const token = (await app.call('POST', '/api/v1/gateway/tokens')).body.access_token;
    await post(key, 'by key');
    expect(isReplay(await post(key, 'by key', { as: token }))).toBe(true);
  });

  it('many at once have one effect; who does not wait is told, and all answers are the same', async () => {
    mishaps.set('crowd', () => pause(150));
    const key = freshKey();
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, i) => post(key, 'crowd', { at: i % 2 ? other : app })),
    );
    const made = answers.filter(({ status }) => status === 201);
    const told = answers.filter(({ status }) => status !== 201);
    expect(made.filter((answer) => !isReplay(answer))).toHaveLength(1);
    expect(new Set(made.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    for (const { body } of told) expect(body.code).toBe('request.idempotency_in_flight');
    // In one process duplicates wait for the answer; only another replica tells at once.
    expect(isNative() || told.length === 0).toBe(true);
    expect(await effects('crowd')).toBe(1);
  });

  it('other requests go on while one is being worked on and its repetitions wait', async () => {
    mishaps.set('slow', () => pause(1_500));
    const key = freshKey();
    const waiting = Promise.all(Array.from({ length: 10 }, () => post(key, 'slow')));
    await pause(50);
    const started = performance.now();
    await app.call('GET', '/probe/effects');
    expect(performance.now() - started).toBeLessThan(1_000);
    for (const { status } of await waiting) expect(status).toBe(201);
  });

  it('a failure leaves nothing, and the next try is a new one', async () => {
    mishaps.set('fails first', async (attempt) => {
      if (attempt === 1) throw new ConflictError('probe.busy', 'Not now.');
      if (attempt === 2) throw new Error('a fault of ours');
    });
    const key = freshKey();
    expect((await post(key, 'fails first')).status).toBe(409);
    expect((await post(key, 'fails first')).status).toBe(500);
    expect(await effects('fails first')).toBe(0);
    expect((await post(key, 'other body, after failures')).status).toBe(201);
  });

  it('an answer that reports a failure is not kept', async () => {
    const key = freshKey();
    for (let i = 0; i < 2; i++) {
      const answer = await post(key, 'refused', { path: '/probe/refused' });
      expect([answer.status, isReplay(answer)]).toEqual([409, false]);
    }
  });

  it('a deadlock runs the whole request again, with one effect', async () => {
    mishaps.set('deadlock', async (attempt) => {
      if (attempt < 3) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    });
    const key = freshKey();
    const answer = await post(key, 'deadlock');
    expect([answer.status, attempts.get('deadlock'), await effects('deadlock')]).toEqual([201, 3, 1]);
    expect((await post(key, 'deadlock')).body).toEqual(answer.body);
  });

  if (isNative()) {
    it('a connection that dies before the commit leaves nothing, and the retry has the effect', async () => {
      mishaps.set('crash', async (attempt) => {
        if (attempt === 1) await app.uow.query('SELECT pg_terminate_backend(pg_backend_pid())');
      });
      const key = freshKey();
      expect((await post(key, 'crash')).status).toBeGreaterThanOrEqual(500);
      expect(await effects('crash')).toBe(0);
      expect((await post(key, 'crash')).status).toBe(201);
      expect(await effects('crash')).toBe(1);
    });
  }

  it('a key that is made is replayed to its maker, and stands nowhere in the database', async () => {
    const key = freshKey();
    const body = { name: 'once', type: 'api_key', permissions: ['read:graph'] };
    const make = (as: string): Promise<Answer> =>
      app.call('POST', '/api/v1/gateway/keys', { key: as, body, headers: { 'Idempotency-Key': key } });
    const first = await make(app.adminKey);
    const again = await make(app.adminKey);
    expect([again.status, isReplay(again), again.body]).toEqual([201, true, first.body]);
    expect((await app.call('GET', '/api/v1/gateway/whoami', { key: again.body.key })).body.id).toBe(first.body.id);
    const [row] = await app.uow.query<{ body: Buffer; sealed: boolean }>(
      'SELECT body, sealed FROM idempotency_key WHERE key = $1',
      [key],
    );
    expect(row.sealed).toBe(true);
    expect(row.body.includes(first.body.key.slice(5, 20))).toBe(false);
    const token = (await app.call('POST', '/api/v1/gateway/tokens')).body.access_token;
    const unopened = await make(token);
    expect([unopened.status, unopened.body.code]).toEqual([409, 'request.idempotency_sealed']);
  });

  it('what only reads takes no notice of the header', async () => {
    const key = freshKey();
    for (const note of ['a', 'b']) {
      const answer = await post(key, note, { path: '/probe/find' });
      expect([answer.status, answer.body.body.note, isReplay(answer)]).toEqual([200, note, false]);
    }
    const headers = { 'Idempotency-Key': key };
    expect((await app.call('GET', '/probe/effects', { headers })).status).toBe(200);
    expect((await app.call('POST', '/api/v1/gateway/tokens', { headers })).status).toBe(200);
    expect(await app.uow.query('SELECT FROM idempotency_key WHERE key = $1', [key])).toHaveLength(0);
  });

  it('a route that streams says what to do instead', async () => {
    for (const path of ['/probe/stream', '/probe/own']) {
      const answer = await app.call('POST', path, {
        body: path.endsWith('own') ? {} : '{}\n',
        headers: {
          'Idempotency-Key': freshKey(),
          'Content-Type': path.endsWith('own') ? 'application/json' : 'application/x-ndjson',
        },
      });
      expect([answer.status, answer.body.code]).toEqual([400, 'request.idempotency_unsupported']);
      expect(answer.body.detail).toContain('on_conflict');
    }
  });

  it('a key must be short and visible', async () => {
    for (const key of ['two words', 'x'.repeat(256), 'caf\u00e9']) {
      const answer = await post(key, 'unusable');
      expect([answer.status, answer.body.errors[0].field]).toEqual([400, 'Idempotency-Key']);
    }
    expect((await post('x'.repeat(255), 'usable')).status).toBe(201);
  });

  it('after a day a key is free again, and what is old is removed', async () => {
    const key = freshKey();
    await post(key, 'yesterday');
    await app.uow.query(`UPDATE idempotency_key SET created_at = now() - interval '25 hours' WHERE key = $1`, [key]);
    expect(isReplay(await post(key, 'today'))).toBe(false);
    expect(isReplay(await post(key, 'today'))).toBe(true);
    await app.uow.query(`UPDATE idempotency_key SET created_at = now() - interval '25 hours' WHERE key = $1`, [key]);
    await app.app.get(IdempotencyRepository).prune();
    expect(await app.uow.query('SELECT FROM idempotency_key WHERE key = $1', [key])).toHaveLength(0);
    expect((await app.uow.query('SELECT FROM idempotency_key')).length).toBeGreaterThan(0);
  });
});
