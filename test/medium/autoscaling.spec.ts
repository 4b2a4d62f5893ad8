import { EntryMetrics } from '../../src/entries/kind/metrics/entry-metrics.service.js';
import { Autoscaler } from '../../src/kinds/engines/autoscaling/autoscaler.js';
import type { Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { problem, runningEngine } from './engine-fixture.js';

let service: TestApp;
let engine: string;
let id: string;
beforeAll(async () => {
  // The tests look themselves; the job would come between.
  service = await testApp({ env: { ROLE: 'api' } });
});
afterAll(() => service.close());
beforeEach(async () => {
  const { path, body } = await runningEngine(service.api);
  engine = path;
  [{ id }] = await service.uow.query<{ id: string }>('SELECT id FROM entry WHERE uid = $1', [body.id]);
});

const put = (body: object) => service.api.put(`${engine}/autoscaling`, body);
const look = (): Promise<void> => service.app.get(Autoscaler).look();
const current = async (): Promise<number> => (await service.api.get(engine)).body.capacity.current;
const decisions = async (): Promise<Json[]> => (await service.api.get(`${engine}/autoscaling/decisions`)).body;
const report = (value: number, minutesAgo = 0, name = 'cpu_percent'): Promise<void> =>
  service.app.get(EntryMetrics).record(id, [{ name, value, at: new Date(Date.now() - minutesAgo * 60_000) }]);
const rested = (): Promise<unknown> =>
  service.uow.query(
    `UPDATE engine_autoscaling SET last_scaled_at = last_scaled_at - interval '1 hour', recommendations = '[]'`,
  );

describe('the autoscaling of an engine', () => {
  it('is manual until it is set, and has a default for what is left out', async () => {
    const defaults = {
      policy: 'manual',
      target: 70,
      cooldown_seconds: 60,
      stabilization_seconds: 300,
      tolerance: 0.1,
      metric: 'cpu_percent',
      horizon_seconds: 300,
      season_seconds: 3600,
      last_scaled_at: null,
    };
    expect((await service.api.get(`${engine}/autoscaling`)).body).toEqual(defaults);
    const set = await put({ policy: 'AUTO_QUEUE', cooldown_seconds: 5, tolerance: null });
    expect(set.status).toBe(200);
    expect(set.body).toEqual({ ...defaults, policy: 'auto_queue', target: 10, cooldown_seconds: 5 });
    expect((await service.api.get(`${engine}/autoscaling`)).body).toEqual(set.body);
  });

  it.each([
    [{}, 'policy'],
    [{ policy: 'magic' }, 'policy'],
    [{ policy: 'auto_cpu', target: 0 }, 'target'],
    [{ policy: 'auto_cpu', target: 101 }, 'target'],
    [{ policy: 'auto_cpu', cooldown_seconds: -1 }, 'cooldown_seconds'],
    [{ policy: 'auto_cpu', tolerance: 2 }, 'tolerance'],
    [{ policy: 'predictive', metric: 'luck' }, 'metric'],
    [{ policy: 'predictive', season_seconds: 10 }, 'season_seconds'],
    [{ policy: 'auto_cpu', other: 1 }, 'other'],
  ])('refuses %j', async (body, field) => {
    expect(problem(await put(body))).toMatchObject({ status: 400, fields: [field] });
  });

  it('is not there of an unknown engine', async () => {
    const path = '/api/v1/engines/nobody/autoscaling';
    for (const answer of [
      await service.api.get(path),
      await service.api.put(path, { policy: 'manual' }),
      await service.api.get(`${path}/decisions`),
    ])
      expect(problem(answer)).toEqual({ status: 404, code: 'engine.not_found' });
  });
});

describe('the autoscaler', () => {
  it('follows the processors, and tells why, with what it saw', async () => {
    await put({ policy: 'auto_cpu', target: 50 });
    await report(100);
    await look();
    expect(await current()).toBe(4);
    const [decision] = await decisions();
    expect(decision).toMatchObject({
      policy: 'auto_cpu',
      action: 'scale_up',
      reason: 'above_target',
      current: 2,
      desired: 4,
      outcome: 'done',
      inputs: { metric: 'cpu_percent', value: 100, target: 50, capacity: { min: 1, max: 10, current: 2 } },
    });
    expect((await service.api.get(`${engine}/autoscaling`)).body.last_scaled_at).toBe(decision.at);
  });

  it('records that it does nothing once for each reason, and rests between two changes', async () => {
    await put({ policy: 'auto_memory', target: 50 });
    await look();
    await look();
    await report(100, 0, 'memory_percent');
    await look();
    await look();
    await look();
    expect((await decisions()).map(({ reason }) => reason)).toEqual(['cooldown', 'above_target', 'metric_missing']);
    expect(await current()).toBe(4);
  });

  it('follows the queue down as well, when its window allows it', async () => {
    await put({ policy: 'auto_queue', target: 5, cooldown_seconds: 0, stabilization_seconds: 600 });
    const made = (
      await service.api.post(
        `${engine}/workloads`,
        Array.from({ length: 43 }, () => ({ task: 'x' })),
      )
    ).body;
    await look();
    expect(await current()).toBe(9);
    for (const one of made as Json[]) await service.api.delete(`${engine}/workloads/${one.id}`);
    await look();
    expect(await current()).toBe(9);
    expect((await decisions())[0]).toMatchObject({ reason: 'stabilizing', inputs: { backlog: 0 } });
    await rested();
    await look();
    expect(await current()).toBe(1);
    expect((await decisions())[0]).toMatchObject({ action: 'scale_down', reason: 'below_target', desired: 1 });
  });

  it('sees a peak coming, and goes by the present while its history is short', async () => {
    await put({ policy: 'predictive', target: 50, season_seconds: 600, horizon_seconds: 300, cooldown_seconds: 0 });
    await report(50);
    await look();
    expect((await decisions())[0]).toMatchObject({
      reason: 'within_tolerance',
      inputs: { fallback: 'history_too_short', forecast: null, value: 50 },
    });
    // Every ten minutes three busy ones, the next of them in two minutes.
    for (let minutes = 1; minutes <= 40; minutes++) await report((minutes + 2) % 10 < 3 ? 100 : 50, 0.5 + minutes);
    await look();
    const [decision] = await decisions();
    expect(decision).toMatchObject({ action: 'scale_up', reason: 'above_target' });
    expect(decision.inputs.forecast).toBeGreaterThan(80);
    expect(await current()).toBe(decision.desired);
  });

  it('leaves engines alone that do not run, or are scaled by hand', async () => {
    await put({ policy: 'auto_cpu' });
    await service.api.post(`${engine}/stop`);
    await look();
    await service.api.post(`${engine}/start`);
    await put({ policy: 'manual' });
    await look();
    expect(await decisions()).toEqual([]);
  });

  it('lists its decisions a page at a time', async () => {
    await put({ policy: 'auto_cpu', target: 50, cooldown_seconds: 0 });
    await look();
    await report(60);
    await look();
    const first = await service.api.get(`${engine}/autoscaling/decisions?limit=1`);
    expect(first.body).toMatchObject([{ reason: 'above_target' }]);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link')!)![1];
    const second = await service.api.get(next);
    expect(second.body).toMatchObject([{ reason: 'metric_missing' }]);
    expect(second.headers.get('link')).toBeNull();
    expect((await service.api.get(`${engine}/autoscaling/decisions?cursor=x`)).status).toBe(400);
  });
});
