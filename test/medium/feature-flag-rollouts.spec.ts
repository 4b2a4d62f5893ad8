import { RolloutWalker } from '../../src/kinds/feature-flags/rollout/rollout-walker.js';
import { EvaluationCounts } from '../../src/kinds/feature-flags/stats/evaluation-counts.js';
import type { Json } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const FEATURES = '/api/v1/features';
const HOUR = 3_600_000;
/** So many milliseconds from now. */
const at = (ms: number): string => new Date(Date.now() + ms).toISOString();

let made = 0;
const flagOf = async ({ api }: TestApp, fields: object, verb = 'enable'): Promise<Json> => {
  const { status, body } = await api.post(FEATURES, { name: `rollout-${++made}`, strategy: 'gradual', ...fields });
  if (status !== 201) throw new Error(JSON.stringify(body));
  if (verb) await api.post(`${FEATURES}/${body.id}/${verb}`);
  return body;
};
const read = async ({ api }: TestApp, { id }: Json): Promise<Json> => (await api.get(`${FEATURES}/${id}`)).body;
const told = async ({ api }: TestApp, { id }: Json, type: string): Promise<Json[]> =>
  (await api.get(`${FEATURES}/${id}/events?types=${type}`)).body;

describe('rollouts', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());
  const flag = (fields: object, verb?: string) => flagOf(app, fields, verb);
  const walker = () => app.app.get(RolloutWalker);
  const post = (one: Json, call: string, body?: object) => app.api.post(`${FEATURES}/${one.id}/${call}`, body);

  it('go to a percentage by hand: rollout below 100, enabled from then on, and back; raising it switches nobody off', async () => {
    const one = await flag({ strategy: 'instant' }, '');
    const on = new Set<string>();
    for (const percentage of [10, 35.5, 100]) {
      const { status, body } = await post(one, 'rollout', { percentage });
      expect([status, body.status, body.percentage, body.strategy]).toEqual([200, percentage < 100 ? 'rollout' : 'enabled', percentage, 'gradual']); // prettier-ignore
      for (let i = 0; i < 40; i++) {
        const { enabled } = (await post(one, 'evaluate', { context: { targeting_key: `u${i}` } })).body;
        if (on.has(`u${i}`)) expect(enabled).toBe(true);
        if (enabled) on.add(`u${i}`);
      }
    }
    expect(on.size).toBe(40);
    expect((await post(one, 'rollout', { percentage: 5, strategy: 'canary' })).body).toMatchObject({ status: 'rollout', strategy: 'canary' }); // prettier-ignore
    const there = await post(one, 'rollout', { percentage: 50, environment: 'production' });
    expect(there.body).toMatchObject({ percentage: 5, environments: { production: { percentage: 50 } } });
    expect(await post(one, 'rollout', { percentage: 1.234 })).toMatchObject({ status: 400, body: { errors: [{ field: 'percentage' }] } }); // prettier-ignore
    for (const environment of ['constructor', 'a b', '__proto__'])
      expect(await post(one, 'rollout', { percentage: 5, environment })).toMatchObject({ status: 400, body: { errors: [{ field: 'environment' }] } }); // prettier-ignore
    await post(one, 'archive');
    expect(await post(one, 'rollout', { percentage: 5 })).toMatchObject({
      status: 409,
      body: { allowed: ['restore'] },
    });
  });

  it('walk by themselves, step by step, in each environment on its own', async () => {
    const one = await flag({
      percentage: 0,
      schedule: [{ at: at(-5), percentage: 10 }, { at: at(1500), percentage: 100 }], // prettier-ignore
      environments: { production: { schedule: [{ at: at(700), percentage: 3 }] } },
    });
    await eventually('the first step is taken', async () => (await read(app, one)).percentage === 10);
    expect(await read(app, one)).toMatchObject({ status: 'rollout', rollouts: [{ environment: '', percentage: 10, paused: false, next_at: expect.any(String) }, { environment: 'production' }] }); // prettier-ignore
    await eventually('all are taken', async () => {
      const { percentage, environments } = await read(app, one);
      return percentage === 100 && environments.production.percentage === 3;
    });
    expect(await read(app, one)).toMatchObject({ status: 'enabled', rollouts: [{ next_at: null }, { next_at: null }] });
    expect(await told(app, one, 'rollout_changed')).toHaveLength(3);
  });

  it('do not walk while the flag is disabled, and take a later schedule where they are', async () => {
    const one = await flag({ percentage: 1, schedule: [{ at: at(-HOUR), percentage: 50 }] }, '');
    await walker().walk();
    expect((await read(app, one)).percentage).toBe(1);
    await post(one, 'enable');
    await walker().walk();
    expect((await read(app, one)).percentage).toBe(50);
    await app.api.patch(`${FEATURES}/${one.id}`, { percentage: 20 });
    await walker().walk();
    expect((await read(app, one)).percentage).toBe(20);
    await app.api.patch(`${FEATURES}/${one.id}`, { schedule: [{ at: at(-HOUR), percentage: 50 }, { at: at(-10), percentage: 60 }] }); // prettier-ignore
    await walker().walk();
    expect((await read(app, one)).percentage).toBe(60);
  });

  it('are paused by a guardrail, which says why, and go on when they are resumed', async () => {
    const guardrail = { metric: 'error_rate', operator: 'gt', limit: 0.05, min_samples: 2 };
    const one = await flag({ percentage: 10, guardrail, schedule: [{ at: at(-1), percentage: 50 }] }, '');
    const report = (value: number) => post(one, 'metrics', { name: 'error_rate', value });
    await report(0.2);
    await walker().guard();
    await report(0.1);
    await post(one, 'enable');
    await walker().walk();
    const paused = await read(app, one);
    expect(paused).toMatchObject({ percentage: 10, rollouts: [{ paused: true }] });
    expect(paused.rollouts[0].reason).toBe('error_rate is 0.15, above the limit of 0.05: of 2 samples in 300 s.');
    const [event] = await told(app, one, 'rollout_paused');
    expect(event).toMatchObject({ metric: 'error_rate', value: 0.15, limit: 0.05, action: 'pause', reason: paused.rollouts[0].reason }); // prettier-ignore
    await walker().walk();
    expect((await read(app, one)).percentage).toBe(10);
    expect(await post(one, 'resume')).toMatchObject({
      status: 200,
      body: { rollouts: [{ paused: false, reason: null }] },
    });
    await walker().walk();
    expect((await read(app, one)).percentage).toBe(50);
    expect(await told(app, one, 'rollout_resumed')).toHaveLength(1);
    expect(await post(one, 'resume')).toMatchObject({ status: 409, body: { code: 'feature_flag.not_paused' } });
  });

  it('are taken back to nobody by a guardrail that says so, judged by the flag’s own answers too', async () => {
    const guardrail = {
      source: 'stats',
      metric: 'enabled_ratio',
      operator: 'gte',
      limit: 0.9,
      min_samples: 5,
      action: 'rollback',
    };
    const one = await flag({ percentage: 100, guardrail });
    for (let i = 0; i < 4; i++) await post(one, 'evaluate', { context: { targeting_key: `u${i}` } });
    await app.app.get(EvaluationCounts).flush();
    await walker().guard();
    expect((await read(app, one)).percentage).toBe(100);
    await post(one, 'evaluate', { context: { targeting_key: 'u5' } });
    await app.app.get(EvaluationCounts).flush();
    await walker().guard();
    expect(await read(app, one)).toMatchObject({ percentage: 0, status: 'rollout', rollouts: [{ paused: true, reason: expect.stringContaining('enabled_ratio is 1, at or above the limit of 0.9') }] }); // prettier-ignore
  });

  it('are held and let go by hand', async () => {
    const one = await flag({ schedule: [{ at: at(-1), percentage: 50 }] }, '');
    expect((await post(one, 'pause', { reason: 'Holidays.' })).body.rollouts).toMatchObject([{ paused: true, reason: 'Holidays.' }]); // prettier-ignore
    await post(one, 'enable');
    await walker().walk();
    expect((await read(app, one)).percentage).toBeNull();
    await post(one, 'resume');
    await walker().walk();
    expect((await read(app, one)).percentage).toBe(50);
  });

  it('are counted by hour, environment and answer', async () => {
    const one = await flag({ strategy: 'instant', variants: [{ key: 'a', value: 1 }], environments: { production: { enabled: false } } }); // prettier-ignore
    for (let i = 0; i < 3; i++) await post(one, 'evaluate', {});
    await post(one, 'evaluate', { environment: 'production' });
    await post(one, 'explain', {});
    const stats = () => app.api.get(`${FEATURES}/${one.id}/stats`);
    const [{ body }, ...others] = await Promise.all([stats(), stats(), stats()]);
    for (const other of others) expect(other.body.hours).toEqual(body.hours);
    expect(body).toMatchObject({
      evaluations: 4,
      enabled: 3,
      disabled: 1,
      variants: { a: 3 },
      last_evaluated_at: expect.any(String),
    });
    expect(body.hours.map(({ environment, enabled }: Json) => [environment, enabled])).toEqual([['default', 3], ['production', 0]]); // prettier-ignore
    await post(one, 'evaluate', {});
    const only = await app.api.get(`${FEATURES}/${one.id}/stats?environment=default&from=${at(-HOUR)}`);
    expect(only.body).toMatchObject({ evaluations: 4, disabled: 0 });
    const wrong = await app.api.get(`${FEATURES}/${one.id}/stats?from=${at(0)}&to=${at(-HOUR)}`);
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: 'from' }] } });
  });

  it('leave flags behind that nobody needs any more, which are listed with the reason', async () => {
    const [unused, on, fresh, expired, off] = [
      await flag({ strategy: 'instant' }),
      await flag({ strategy: 'instant' }),
      await flag({ strategy: 'instant' }),
      await flag({ expires_at: at(-1000) }),
      await flag({}, ''),
    ];
    for (const one of [on, off]) await post(one, 'evaluate', {});
    await app.app.get(EvaluationCounts).flush();
    const ids = [unused, on, off].map(({ id }) => id);
    await app.uow.query(`UPDATE entry SET updated_at = now() - interval '31 days', created_at = now() - interval '31 days' WHERE uid = ANY ($1::uuid[])`, [ids]); // prettier-ignore
    const { body } = await app.api.get(`${FEATURES}/stale?days=30&limit=1000`);
    const reasons = new Map(body.map((one: Json) => [one.flag.id, one.reason]));
    expect([unused, on, fresh, expired, off].map(({ id }) => reasons.get(id))).toEqual(['unused', 'fully_on', undefined, 'expired', 'fully_off']); // prettier-ignore
    const page = await app.api.get(`${FEATURES}/stale?limit=1`);
    expect(page.headers.get('link')).toContain('cursor=');
  });
});

describe('a schedule that should have stepped while the service was down', () => {
  it('takes its last missed step once at start', async () => {
    const place = await testPlace();
    const before = await testApp({ place });
    const later = Date.now() + 60_000;
    const one = await flagOf(before, { percentage: 0, schedule: [5, 25, 75].map((percentage, n) => ({ at: at(60_000 + n), percentage })) }); // prettier-ignore
    await before.close();
    // The clock of the steps is set back instead of waiting: they became due while nobody ran.
    const after = await testApp({ place, env: { REGISTRY_ADMIN_KEY: before.adminKey } });
    const { uow } = after;
    const schedule = [5, 25, 75].map((percentage, n) => ({
      at: new Date(later - 120_000 + n).toISOString(),
      percentage,
    }));
    await uow.query(`UPDATE entry SET spec = jsonb_set(spec, '{schedule}', $2) WHERE uid = $1`, [one.id, JSON.stringify(schedule)]); // prettier-ignore
    await uow.query(`UPDATE feature_flag_rollout SET next_at = $1`, [schedule[0].at]);
    const api = after.api.as(before.adminKey);
    const now = async (): Promise<Json> => (await api.get(`${FEATURES}/${one.id}`)).body;
    await eventually('the step is taken', async () => (await now()).percentage === 75);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const events = (await api.get(`${FEATURES}/${one.id}/events?types=rollout_changed`)).body;
    expect(events).toMatchObject([{ to: 75, from: 0 }]);
    await after.close();
    await place.drop();
  }, 180_000);
});
