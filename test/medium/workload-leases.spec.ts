import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { problem, runningEngine, tasks, workloads } from './engine-fixture.js';

const NOBODY = '0192f0c1-7c3a-7a10-9d5e-0242ac120002';

let service: TestApp;
let engine: string;
beforeAll(async () => {
  service = await testApp();
});
afterAll(() => service.close());
beforeEach(async () => {
  engine = (await runningEngine(service.api, { gpu_enabled: true, gpu_count: 1 })).path;
});

const { add, get, lease, say, passed, sweep } = workloads(() => ({ service, engine }));

describe('leasing workloads', () => {
  it('gives the most urgent first, within a priority the oldest', async () => {
    for (const priority of ['low', 'critical', 'normal', 'high'])
      await add([
        { task: `${priority} 1`, priority },
        { task: `${priority} 2`, priority },
      ]);
    const leased = await lease({ count: 5, lease_seconds: 30 });
    expect(tasks(leased)).toEqual(['critical 1', 'critical 2', 'high 1', 'high 2', 'normal 1']);
    expect(leased[0]).toMatchObject({ status: 'running', worker: 'w1', attempts: 1, lease_token: expect.any(String) });
    expect(Date.parse(leased[0].lease_until) - Date.parse(leased[0].started_at)).toBe(30_000);
    expect(tasks(await lease({ count: 5 }))).toEqual(['normal 2', 'low 1', 'low 2']);
    expect(await lease()).toEqual([]);
  });

  it('lets what has waited long go before what is more urgent: nothing starves', async () => {
    const [old] = await add([{ task: 'old', priority: 'low' }]);
    await add({ task: 'new', priority: 'critical' });
    await service.uow.query(`UPDATE workload SET rank = rank - interval '86000 s' WHERE uid = $1`, [old.id]);
    expect(tasks(await lease())).toEqual(['new']);
    await add({ task: 'newer', priority: 'critical' });
    await service.uow.query(`UPDATE workload SET rank = rank - interval '500 s' WHERE uid = $1`, [old.id]);
    expect(tasks(await lease())).toEqual(['old']);
  });

  it('begins a delayed one when its time has come, not before', async () => {
    const later = await add({ task: 'later', run_at: new Date(Date.now() + 3_600_000).toISOString() });
    expect(later.status).toBe('scheduled');
    await sweep();
    expect(await lease()).toEqual([]);
    await passed(later.id, 3601);
    await sweep();
    expect(tasks(await lease())).toEqual(['later']);
    expect((await add({ task: 'past', run_at: '2001-01-01T00:00:00+02:00' })).status).toBe('queued');
  });

  it('is refused while the engine does not run; what runs may end', async () => {
    await add([{ task: 'a' }, { task: 'b' }]);
    const [running] = await lease();
    await service.api.post(`${engine}/stop`);
    const refused = await service.api.post(`${engine}/workloads/lease`, { worker: 'w1' });
    expect(refused.body).toMatchObject({ status: 409, code: 'engine.not_running', state: 'stopped' });
    expect((await say(running, 'heartbeat')).status).toBe(200);
    expect((await say(running, 'complete')).status).toBe(200);
  });

  it('gives nothing twice to workers that ask at once', async () => {
    await add(Array.from({ length: 60 }, (_, i) => ({ task: `t${i}` })));
    const got = await Promise.all(Array.from({ length: 12 }, (_, i) => lease({ worker: `w${i}`, count: 5 })));
    expect(new Set(got.flat().map(({ id }) => id)).size).toBe(got.flat().length);
    const rest = await lease({ count: 100 });
    expect(got.flat().length + rest.length).toBe(60);
  });

  it.each([
    [{}, 'worker'],
    [{ worker: 'w', count: 0 }, 'count'],
    [{ worker: 'w', count: 1001 }, 'count'],
    [{ worker: 'w', lease_seconds: 0 }, 'lease_seconds'],
    [{ worker: 'w', gpu: 1 }, 'gpu'],
  ])('refuses %j', async (body, field) => {
    expect(problem(await service.api.post(`${engine}/workloads/lease`, body))).toMatchObject({
      status: 400,
      fields: [field],
    });
  });
});

describe('a leased workload', () => {
  it('is completed once, with its result', async () => {
    await add({ task: 'a' });
    const [one] = await lease();
    const done = await say(one, 'complete', { result: { accuracy: 1 } });
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({ status: 'completed', result: { accuracy: 1 }, lease_until: null, cause: null });
    expect(problem(await say(one, 'complete'))).toEqual({ status: 409, code: 'workload.lease_lost' });
  });

  it('is prolonged by heartbeats, up to its timeout', async () => {
    await add({ task: 'a', timeout_seconds: 100 });
    const [one] = await lease({ lease_seconds: 10 });
    const { body } = await say(one, 'heartbeat', { lease_seconds: 3600 });
    expect(Date.parse(body.lease_until) - Date.parse(body.started_at)).toBe(100_000);
    await passed(one.id, 101);
    expect(problem(await say(one, 'heartbeat'))).toMatchObject({ code: 'workload.lease_lost' });
    await sweep();
    expect(await get(one.id)).toMatchObject({
      status: 'scheduled',
      cause: 'timed_out',
      error: 'took longer than 100 s',
    });
  });

  it('is tried again later when it fails, and a dead letter after its last attempt, with the reason', async () => {
    await add({ task: 'a', max_attempts: 2 });
    const [first] = await lease();
    const failed = (await say(first, 'fail', { error: 'no memory' })).body;
    expect(failed).toMatchObject({ status: 'scheduled', cause: 'failed', error: 'no memory', attempts: 1 });
    expect(failed.run_at > first.started_at).toBe(true);
    await passed(first.id, 5);
    await sweep();
    const [second] = await lease();
    expect(second).toMatchObject({ id: first.id, attempts: 2 });
    expect(problem(await say(first, 'complete'))).toMatchObject({ status: 409, code: 'workload.lease_lost' });
    expect((await say(second, 'fail', { error: 'again' })).body).toMatchObject({ status: 'dead', error: 'again' });
    expect((await service.api.get(`${engine}/workloads?status=dead`)).body).toMatchObject([{ id: first.id }]);
  });

  it('waits twice as long after each failure, with jitter, at most five minutes', async () => {
    const { id } = await add({ task: 'a', max_attempts: 100 });
    for (const [attempts, most] of [
      [1, 1],
      [4, 8],
      [30, 300],
    ]) {
      await service.uow.query(`UPDATE workload SET attempts = $2, status = 'queued' WHERE uid = $1`, [
        id,
        attempts - 1,
      ]);
      const [one] = await lease();
      await say(one, 'fail');
      const [{ wait }] = await service.uow.query<{ wait: number }>(
        'SELECT extract(epoch FROM ready_at - started_at)::float8 AS wait FROM workload WHERE uid = $1',
        [id],
      );
      expect(wait).toBeGreaterThanOrEqual(most / 2);
      expect(wait).toBeLessThan(most + 5);
    }
  });

  it('is a dead letter at once when another attempt would be in vain', async () => {
    await add({ task: 'a' });
    const [one] = await lease();
    expect((await say(one, 'fail', { error: 'never', retry: false })).body).toMatchObject({
      status: 'dead',
      attempts: 1,
    });
  });

  it('goes to another worker when its lease ends unheard, which counts as an attempt', async () => {
    await add({ task: 'a', max_attempts: 2 });
    const [first] = await lease({ lease_seconds: 5 });
    await sweep();
    expect(await lease({ worker: 'w2' })).toEqual([]);
    await passed(first.id, 6);
    await sweep();
    const [second] = await lease({ worker: 'w2', lease_seconds: 5 });
    expect(second).toMatchObject({ id: first.id, worker: 'w2', attempts: 2 });
    expect(problem(await say(first, 'heartbeat'))).toEqual({ status: 409, code: 'workload.lease_lost' });
    await passed(first.id, 6);
    await sweep();
    expect(await get(first.id)).toMatchObject({
      status: 'dead',
      cause: 'lease_expired',
      error: 'w2 was not heard of for 5 s',
    });
  });

  it('can be cancelled until it is finished', async () => {
    const [queued, running] = await add([{ task: 'b', priority: 'low' }, { task: 'a' }]);
    const [one] = await lease();
    expect(one.id).toBe(running.id);
    for (const { id } of [queued, running])
      expect((await service.api.delete(`${engine}/workloads/${id}`)).status).toBe(204);
    expect(problem(await say(one, 'heartbeat'))).toEqual({ status: 409, code: 'workload.lease_lost' });
    expect(await get(queued.id)).toMatchObject({ status: 'cancelled', cause: 'cancelled' });
    expect(problem(await service.api.delete(`${engine}/workloads/${running.id}`))).toEqual({
      status: 409,
      code: 'workload.finished',
    });
    expect(await lease()).toEqual([]);
  });

  it('is tried again by hand when it is a dead letter, and only then', async () => {
    await add({ task: 'a', max_attempts: 1 });
    const [one] = await lease();
    const early = await service.api.post(`${engine}/workloads/${one.id}/retry`);
    expect(problem(early)).toMatchObject({ status: 409, code: 'workload.not_dead' });
    await say(one, 'fail', { error: 'no' });
    const revived = await service.api.post(`${engine}/workloads/${one.id}/retry`);
    expect(revived.body).toMatchObject({ status: 'queued', attempts: 0, error: null, cause: null, finished_at: null });
    expect(await lease()).toMatchObject([{ id: one.id, attempts: 1 }]);
  });

  it('is not there under another id, nor under another engine', async () => {
    const { id } = await add({ task: 'a' });
    const { path: other } = await runningEngine(service.api);
    const body = { lease_token: NOBODY };
    for (const path of [`${engine}/workloads/${NOBODY}`, `${engine}/workloads/x`, `${other}/workloads/${id}`]) {
      const calls = [service.api.get(path), service.api.delete(path), service.api.post(`${path}/retry`)];
      for (const verb of ['heartbeat', 'complete', 'fail']) calls.push(service.api.post(`${path}/${verb}`, body));
      for (const answer of await Promise.all(calls))
        expect(problem(answer)).toEqual({ status: 404, code: 'workload.not_found' });
    }
  });

  it.each([
    ['heartbeat', {}, 'lease_token'],
    ['heartbeat', { lease_token: NOBODY, lease_seconds: 0 }, 'lease_seconds'],
    ['complete', { lease_token: 'x' }, 'lease_token'],
    ['complete', { lease_token: NOBODY, result: 5 }, 'result'],
    ['complete', { lease_token: NOBODY, result: { text: 'x'.repeat(70_000) } }, 'result'],
    ['fail', { lease_token: NOBODY, error: 5 }, 'error'],
    ['fail', { lease_token: NOBODY, retry: 'no' }, 'retry'],
  ])('refuses a wrong body of %s (%#)', async (verb, body, field) => {
    const { id } = await add({ task: 'a' });
    const answer = await service.api.post(`${engine}/workloads/${id}/${verb}`, body);
    expect(problem(answer)).toMatchObject({ status: 400, fields: [field] });
  });
});
