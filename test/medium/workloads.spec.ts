import { WorkloadUpkeep } from '../../src/kinds/engines/workloads/workload-upkeep.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { problem, runningEngine, tasks, workloads } from './engine-fixture.js';

let service: TestApp;
let engine: string;
beforeAll(async () => {
  service = await testApp();
});
afterAll(() => service.close());
beforeEach(async () => {
  engine = (await runningEngine(service.api, { gpu_enabled: true, gpu_count: 1 })).path;
});

const { add, get, lease, say, passed } = workloads(() => ({ service, engine }));

describe('queueing workloads', () => {
  it('answers what was queued, with what was left out', async () => {
    const made = await service.api.post(`${engine}/workloads`, { task: ' train ', payload: { model: 'm' } });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`${engine}/workloads/${made.body.id}`);
    expect(made.body).toMatchObject({
      task: 'train',
      priority: 'normal',
      status: 'queued',
      payload: { model: 'm' },
      requires: { gpu: false },
      attempts: 0,
      max_attempts: 3,
      timeout_seconds: null,
      worker: null,
      finished_at: null,
    });
    expect(await get(made.body.id)).toEqual(made.body);
  });

  it('takes many at once, all or none, and names what is wrong by its place', async () => {
    const made = await add([{ task: 'a' }, { task: 'b', priority: 'HIGH' }]);
    expect(made).toMatchObject([
      { task: 'a', priority: 'normal' },
      { task: 'b', priority: 'high' },
    ]);
    const wrong = [{ task: 'a' }, { task: '' }, 7, { task: 'x', priority: 'urgent', run_at: '2026-02-30T99:00:00Z' }];
    expect(problem(await service.api.post(`${engine}/workloads`, wrong))).toEqual({
      status: 400,
      code: 'request.invalid',
      fields: ['1.task', '2', '3.priority'],
    });
    for (const none of [[], Array.from({ length: 1001 }, () => ({ task: 'x' }))])
      expect((await service.api.post(`${engine}/workloads`, none)).status).toBe(400);
    expect((await service.api.get(`${engine}/workloads`)).body).toHaveLength(2);
  });

  it.each([
    [{}, 'task'],
    [{ task: 'x', unknown: 1 }, 'unknown'],
    [{ task: 'x', max_attempts: 0 }, 'max_attempts'],
    [{ task: 'x', timeout_seconds: 1.5 }, 'timeout_seconds'],
    [{ task: 'x', requires: { gpu: 'yes' } }, 'requires.gpu'],
    [{ task: 'x', payload: [] }, 'payload'],
    [{ task: 'x', payload: { text: 'x'.repeat(70_000) } }, 'payload'],
    [{ task: 'x', run_at: 'tomorrow' }, 'run_at'],
    [{ task: 'x', run_at: '2026-13-01T00:00:00Z' }, 'run_at'],
    [{ task: 'x', run_at: '9999-01-01T00:00:00Z' }, 'run_at'],
  ])('refuses what is wrong (%#)', async (body, field) => {
    expect(problem(await service.api.post(`${engine}/workloads`, body))).toMatchObject({
      status: 400,
      fields: [field],
    });
  });

  it('refuses work for a GPU on an engine without one, and gives it to workers that have one', async () => {
    const { path } = await runningEngine(service.api);
    const refused = await service.api.post(`${path}/workloads`, { task: 'x', requires: { gpu: true } });
    expect(problem(refused)).toEqual({ status: 422, code: 'workload.no_gpu', fields: ['requires.gpu'] });
    await add([{ task: 'gpu', requires: { gpu: true }, priority: 'critical' }, { task: 'plain' }]);
    expect(tasks(await lease({ gpu: false, count: 5 }))).toEqual(['plain']);
    expect(tasks(await lease({ count: 5 }))).toEqual(['gpu']);
  });

  it('lists them by filters, a page at a time, the newest first', async () => {
    await add([{ task: 'a' }, { task: 'b', priority: 'low' }, { task: 'c' }, { task: 'd', priority: 'low' }]);
    const first = await service.api.get(`${engine}/workloads?limit=3&count=exact`);
    expect(tasks(first.body)).toEqual(['d', 'c', 'b']);
    expect(first.headers.get('x-total-count')).toBe('4');
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link')!)![1];
    expect(tasks((await service.api.get(next)).body)).toEqual(['a']);
    expect(tasks((await service.api.get(`${engine}/workloads?limit=1&offset=1`)).body)).toEqual(['c']);
    expect(tasks((await service.api.get(`${engine}/workloads?priority=low,high`)).body)).toEqual(['d', 'b']);
    expect(tasks((await service.api.get(`${engine}/workloads?task=c&status=queued`)).body)).toEqual(['c']);
    expect((await service.api.get(`${engine}/workloads?status=dead`)).body).toEqual([]);
    for (const [query, field] of [
      ['status=lost', 'status'],
      ['priority=urgent', 'priority'],
      ['cursor=x', 'cursor'],
      ['sort=task', 'sort'],
      ['limit=0', 'limit'],
    ])
      expect(problem(await service.api.get(`${engine}/workloads?${query}`))).toMatchObject({
        status: 400,
        fields: [field],
      });
  });
});

describe('a queue', () => {
  it('tells how it stands, here and to Prometheus', async () => {
    await add([{ task: 'a', priority: 'critical' }, { task: 'b' }, { task: 'c', priority: 'low' }, { task: 'd' }]);
    await add({ task: 'e', run_at: '2030-01-01T00:00:00Z', priority: 'high' });
    const [done, broken] = await lease({ count: 3 });
    await say(done, 'complete');
    await say(broken, 'fail', { retry: false });
    const { status, body } = await service.api.get(`${engine}/workloads/stats`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      depth: {
        queued: { low: 1, normal: 0, high: 0, critical: 0 },
        scheduled: { high: 1 },
        running: { normal: 1 },
        dead: { normal: 1 },
      },
      throughput: { last_minute: { completed: 1, dead: 1 }, last_15_minutes: { completed: 1, dead: 1 } },
    });
    expect(body.oldest_waiting_seconds).toBeGreaterThanOrEqual(0);
    const metrics = (await service.api.get('/metrics')).body as string;
    expect(metrics).toMatch(/registry_workloads\{status="running",priority="normal"\} [1-9]/);
    expect(metrics).toMatch(/registry_workload_oldest_waiting_seconds \d/);
  });

  it('forgets what finished long ago, and dead letters later', async () => {
    await add([{ task: 'a' }, { task: 'b' }, { task: 'c' }]);
    const [done, dead, fresh] = await lease({ count: 3 });
    for (const one of [done, fresh]) await say(one, 'complete');
    await say(dead, 'fail', { retry: false });
    for (const one of [done, dead]) await passed(one.id, 8 * 86_400);
    const upkeep = service.app.get(WorkloadUpkeep);
    await upkeep.retain();
    expect(tasks((await service.api.get(`${engine}/workloads`)).body)).toEqual(['c', 'b']);
    await passed(dead.id, 23 * 86_400);
    await upkeep.retain();
    expect(tasks((await service.api.get(`${engine}/workloads`)).body)).toEqual(['c']);
  });

  it('goes with its engine, which does not go while something runs unless it is forced', async () => {
    await add([{ task: 'a' }, { task: 'b' }]);
    await lease();
    const refused = await service.api.delete(engine);
    expect(refused.body).toMatchObject({ status: 409, code: 'engine.workloads_running', running: 1 });
    expect((await service.api.delete(`${engine}?force=true`)).status).toBe(204);
    expect((await service.api.get(`${engine}/workloads`)).status).toBe(404);
    const rows = await service.uow.query(
      'SELECT FROM workload w WHERE NOT EXISTS (SELECT FROM entry e WHERE e.id = w.entry_id)',
    );
    expect(rows).toEqual([]);
  });
});
