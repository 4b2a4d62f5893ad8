import { Drivers } from '../../src/entries/kind/drivers.js';
import { Outbox } from '../../src/entries/outbox.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { problem, runningEngine } from './engine-fixture.js';

let service: TestApp;
beforeAll(async () => {
  service = await testApp();
});
afterAll(() => service.close());

describe('the capacity of an engine', () => {
  it.each([
    [{ capacity: { min: 5, max: 2 } }, ['capacity.min']],
    [{ capacity: { min: 1, max: 3, current: 4 } }, ['capacity.current']],
    [{ capacity: { min: 2, current: 1 } }, ['capacity.current']],
    [{ gpu_enabled: false, gpu_count: 2 }, ['gpu_count']],
    [{ resources: { memory: 'much' } }, ['resources.memory']],
  ])('refuses %j, naming the field', async (fields, named) => {
    const refused = { status: 400, code: 'request.invalid', fields: named };
    expect(problem(await service.api.post('/api/v1/engines', { name: 'wrong', ...fields }))).toEqual(refused);
    const seen = await service.api.post('/api/v1/entities', { type: 'engine', name: 'wrong', spec: fields });
    expect(problem(seen)).toEqual({ ...refused, fields: named.map((field) => `spec.${field}`) });
  });

  it('is checked whole when a part of it is changed', async () => {
    const { path } = await runningEngine(service.api);
    expect(problem(await service.api.patch(path, { capacity: { max: 1 } }))).toMatchObject({
      status: 400,
      fields: ['capacity.current'],
    });
  });
});

describe('scaling an engine', () => {
  it('records the new capacity and an event', async () => {
    const { path, body } = await runningEngine(service.api);
    const answer = await service.api.post(`${path}/scale`, { capacity: 7 });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'running', capacity: { min: 1, max: 10, current: 7 } });
    expect((await service.api.get(path)).body.capacity.current).toBe(7);
    const rows = await service.uow.query<{ payload: object }>(
      `SELECT payload FROM event WHERE type = 'engine_scaled' AND payload #>> '{entity,id}' = $1`,
      [body.id],
    );
    expect(rows).toMatchObject([{ payload: { from: 2, to: 7 } }]);
  });

  it('keeps to the bounds, to whole numbers and to running engines', async () => {
    const { path } = await runningEngine(service.api);
    expect(problem(await service.api.post(`${path}/scale`, { capacity: 11 }))).toEqual({
      status: 422,
      code: 'engine.capacity_out_of_range',
      fields: ['capacity'],
    });
    for (const body of [{}, { capacity: 1.5 }, { capacity: '3' }, { capacity: -1 }])
      expect(problem(await service.api.post(`${path}/scale`, body))).toMatchObject({
        status: 400,
        fields: ['capacity'],
      });
    expect((await service.api.post(`${path}/scale`, { capacity: 3 }, { 'if-match': '"1"' })).status).toBe(412);
    await service.api.post(`${path}/stop`);
    const refused = await service.api.post(`${path}/scale`, { capacity: 3 });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'engine.not_running',
      state: 'stopped',
      allowed: ['start', 'uninstall'],
    });
    expect((await service.api.post('/api/v1/engines/nobody/scale', { capacity: 3 })).status).toBe(404);
  });

  it('records what its driver reports later', async () => {
    const { path, body } = await runningEngine(service.api);
    const begin = jest
      .spyOn(service.app.get(Drivers), 'begin')
      .mockResolvedValue({ state: 'pending', operationId: 'later' });
    const answer = await service.api.post(`${path}/scale`, { capacity: 5 });
    expect(begin).toHaveBeenCalledWith(expect.objectContaining({ uid: body.id }), {
      verb: 'scale',
      to: 'running',
      capacity: 5,
    });
    begin.mockRestore();
    expect(answer.status).toBe(202);
    expect(answer.body.capacity.current).toBe(2);
    const report = { type: 'scale_completed', payload: { entity: { id: body.id, type: 'engine' }, capacity: 5 } };
    await service.uow.run(() => service.app.get(Outbox).record([report]));
    await eventually('the capacity is recorded', async () => (await service.api.get(path)).body.capacity.current === 5);
  });
});

describe('an engine that is restricted', () => {
  it('is not there for who may not see it, nor are its workloads', async () => {
    const { path } = await runningEngine(service.api, {
      security_context: { visibility: 'restricted', readers: ['role:nobody'] },
    });
    const key = await service.api.post('/api/v1/gateway/keys', {
      name: 'other',
      type: 'api_key',
      permissions: ['read:*', 'write:engine'],
    });
    const other = service.api.as(key.body.key as string);
    const { body: workload } = await service.api.post(`${path}/workloads`, { task: 'secret' });
    const answers = await Promise.all([
      other.get(`${path}/workloads`),
      other.get(`${path}/workloads/stats`),
      other.get(`${path}/workloads/${workload.id}`),
      other.delete(`${path}/workloads/${workload.id}`),
      other.post(`${path}/workloads`, { task: 'mine' }),
      other.post(`${path}/workloads/lease`, { worker: 'w' }),
      other.post(`${path}/scale`, { capacity: 3 }),
      other.get(`${path}/autoscaling`),
      other.put(`${path}/autoscaling`, { policy: 'manual' }),
      other.get(`${path}/autoscaling/decisions`),
    ]);
    for (const answer of answers) expect(problem(answer)).toEqual({ status: 404, code: 'engine.not_found' });
  });
});
