import type { Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { SERVICES, aService, anInstance, healthyAt, idsAt, pathOf, until } from './services-fixture.js';

const NOWHERE = '0192f0c1-7c3a-7a10-9d5e-0242ac120002';

describe('instances of a service', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  describe('registering', () => {
    it('answers the instance with what was left out filled in', async () => {
      const service = await aService(app.api);
      const answer = await app.api.post(pathOf(service), {
        host: '10.1.2.3',
        port: 8080,
        zone: 'a',
        metadata: { release: 7 },
      });
      expect([answer.status, answer.headers.get('location')]).toEqual([201, pathOf(service, answer.body.id)]);
      expect(answer.body).toMatchObject({
        service_id: service.id, service: service.key, host: '10.1.2.3', port: 8080, zone: 'a', weight: 1, tags: [],
        metadata: { release: 7 }, ttl_seconds: 30, deregister_after_seconds: 3600, status: 'passing', drain: false,
        expired: false, healthy: true,
      }); // prettier-ignore
      const { body } = await app.api.get(pathOf(service, answer.body.id));
      expect(body).toMatchObject({
        ...answer.body,
        last_heartbeat_at: expect.any(String),
        expires_at: expect.any(String),
      });
    });

    it('takes the same host and port again for the same instance, under its first id, and changes no index for it', async () => {
      const service = await aService(app.api);
      const body = { id: 'one', host: 'h', port: 80, metadata: { a: 1 } };
      expect((await app.api.post(pathOf(service), body)).status).toBe(201);
      const before = (await app.api.get(pathOf(service))).headers.get('x-index');
      for (const again of [body, { ...body, id: undefined }, { ...body, id: 'two' }]) {
        const answer = await app.api.post(pathOf(service), again);
        expect([answer.status, answer.body.id]).toEqual([200, 'one']);
      }
      expect((await app.api.get(pathOf(service))).headers.get('x-index')).toBe(before);
      const changed = await app.api.post(pathOf(service), { ...body, zone: 'b', weight: 9 });
      expect(changed).toMatchObject({ status: 200, body: { zone: 'b', weight: 9 } });
      expect(await idsAt(app.api, service)).toEqual(['one']);
    });

    it('moves an instance that comes back under its id elsewhere, and refuses to make one of two', async () => {
      const service = await aService(app.api);
      await anInstance(app.api, service, { id: 'one', host: 'h', port: 80 });
      expect(await app.api.post(pathOf(service), { id: 'one', host: 'h', port: 81 })).toMatchObject({
        status: 200,
        body: { port: 81 },
      });
      await anInstance(app.api, service, { id: 'two', host: 'h', port: 82 });
      const both = await app.api.post(pathOf(service), { id: 'one', host: 'h', port: 82 });
      expect(both).toMatchObject({ status: 409, body: { code: 'instance.taken' } });
    });

    it('makes one instance of many registrations at once', async () => {
      const service = await aService(app.api);
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => app.api.post(pathOf(service), { host: 'h', port: 80 })),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(11);
      expect(await idsAt(app.api, service)).toHaveLength(1);
    });

    it.each([
      ['port', { host: 'h' }],
      ['port', { host: 'h', port: 70_000 }],
      ['host', { port: 80 }],
      ['host', { host: 'not a host', port: 80 }],
      ['id', { id: 'a/b', host: 'h', port: 80 }],
      ['weight', { host: 'h', port: 80, weight: -1 }],
      ['ttl_seconds', { host: 'h', port: 80, ttl_seconds: 0 }],
      ['status', { host: 'h', port: 80, status: 'fine' }],
      ['metadata', { host: 'h', port: 80, metadata: { x: 'y'.repeat(20_000) } }],
      ['surprise', { host: 'h', port: 80, surprise: 1 }],
    ])('names the wrong field: %s', async (field, body) => {
      const service = await aService(app.api);
      const answer = await app.api.post(pathOf(service), body);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    });
  });

  it('of an unknown service, and an unknown one, are not found by any call', async () => {
    const service = await aService(app.api);
    for (const [method, body] of [['GET'], ['PUT', {}], ['DELETE']] as const) {
      expect(await app.api.call(method, pathOf(service, 'none'), body)).toMatchObject({
        status: 404,
        body: { code: 'instance.not_found' },
      });
      expect(await app.api.call(method, pathOf({ id: NOWHERE }, 'none'), body)).toMatchObject({
        status: 404,
        body: { code: 'service.not_found' },
      });
    }
    expect(await app.api.put(`${pathOf(service, 'none')}/heartbeat`)).toMatchObject({
      status: 404,
      body: { code: 'instance.not_found' },
    });
    for (const id of [NOWHERE, 'svc_nobody', 'nobody'])
      expect(await app.api.get(pathOf({ id }))).toMatchObject({ status: 404, body: { code: 'service.not_found' } });
    expect((await app.api.post(pathOf({ id: 'nobody' }), { host: 'h', port: 80 })).status).toBe(404);
  });

  it('are found by id, key and bare name of their service, the newest version first', async () => {
    const service = await aService(app.api, { version: '1.0.0' });
    await anInstance(app.api, service, { id: 'old' });
    for (const id of [service.id, service.key, `svc_${service.name}`, service.name])
      expect(await idsAt(app.api, { id })).toEqual(['old']);
    const newer = await app.api.post(SERVICES, { name: service.name, version: '2.0.0' });
    expect(await idsAt(app.api, { id: service.name })).toEqual([]);
    await anInstance(app.api, newer.body, { id: 'new' });
    expect(await idsAt(app.api, { id: service.name })).toEqual(['new']);
    expect(await idsAt(app.api, { id: service.key })).toEqual(['old']);
  });

  it('change what is said of them, and keep the rest', async () => {
    const service = await aService(app.api);
    const { id } = await anInstance(app.api, service, { zone: 'a', weight: 3, metadata: { a: 1 } });
    const put = await app.api.put(pathOf(service, id), { weight: 5, metadata: { b: 2 } });
    expect(put).toMatchObject({ status: 200, body: { zone: 'a', weight: 5, metadata: { b: 2 } } });
    expect((await app.api.put(pathOf(service, id), { zone: null })).body.zone).toBeNull();
    expect(await app.api.put(pathOf(service, id), { host: 'other' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'host' }] },
    });
    expect((await app.api.put(pathOf(service, id), { ttl_seconds: null })).body.ttl_seconds).toBeNull();
    expect((await app.api.get(pathOf(service, id))).body.expires_at).toBeNull();
  });

  it('leave in the audit trail who has registered, changed and removed them; heartbeats leave nothing', async () => {
    const service = await aService(app.api);
    const { id } = await anInstance(app.api, service, { id: `audited-${Date.now()}` });
    await app.api.put(`${pathOf(service, id)}/heartbeat`, { status: 'warning' });
    await app.api.put(pathOf(service, id), { drain: true });
    await app.api.delete(pathOf(service, id));
    const rows = await app.uow.query(
      `SELECT action, before, after, details FROM audit WHERE subject_type = 'instance' AND subject_id = $1 ORDER BY id`,
      [id],
    );
    expect(rows).toMatchObject([
      { action: 'instance.create', after: { host: '10.0.0.1' }, details: { service_id: service.id } },
      { action: 'instance.update', before: { drain: false }, after: { drain: true } },
      { action: 'instance.delete', before: { status: 'warning' } },
    ]);
  });

  it('that are drained stay so, whatever they report, until it is taken back', async () => {
    const service = await aService(app.api);
    const { id, host, port } = await anInstance(app.api, service);
    expect((await app.api.put(pathOf(service, id), { drain: true })).body).toMatchObject({
      drain: true,
      healthy: false,
    });
    expect((await app.api.put(`${pathOf(service, id)}/heartbeat`, { status: 'passing' })).body).toMatchObject({
      drain: true,
    });
    await app.api.put(`${pathOf(service, id)}/heartbeat`, { status: 'warning' });
    await app.api.post(pathOf(service), { host, port });
    expect(await healthyAt(app.api, service)).toEqual([]);
    expect(await idsAt(app.api, service)).toEqual([id]);
    await app.api.put(pathOf(service, id), { drain: false });
    expect(await healthyAt(app.api, service)).toEqual([id]);
  });

  it('that report to be critical are out until they report better', async () => {
    const service = await aService(app.api);
    const { id } = await anInstance(app.api, service);
    const beat = (body?: object) => app.api.put(`${pathOf(service, id)}/heartbeat`, body);
    expect(await beat({ status: 'critical', metadata: { why: 'disk' } })).toMatchObject({
      status: 200,
      body: { status: 'critical' },
    });
    expect((await beat()).body.status).toBe('critical');
    expect(await healthyAt(app.api, service)).toEqual([]);
    expect((await app.api.get(pathOf(service, id))).body.metadata).toEqual({ why: 'disk' });
    await beat({ status: 'WARNING' });
    expect(await healthyAt(app.api, service)).toEqual([id]);
    expect(await beat({ status: 'well' })).toMatchObject({ status: 400, body: { errors: [{ field: 'status' }] } });
  });

  it('are gone when they are taken out, and with their service', async () => {
    const service = await aService(app.api);
    const { id } = await anInstance(app.api, service);
    expect((await app.api.delete(pathOf(service, id))).status).toBe(204);
    expect(await idsAt(app.api, service)).toEqual([]);
    const left = await anInstance(app.api, service);
    expect((await app.api.delete(`${SERVICES}/${service.id}`)).status).toBe(204);
    await until('the service is forgotten', async () => (await app.api.get(pathOf(service))).status === 404);
    expect((await app.api.put(`${pathOf(service, left.id)}/heartbeat`)).status).toBe(404);
  });

  it('are counted in every answer about their service, and judge its health', async () => {
    const service = await aService(app.api);
    const one = await anInstance(app.api, service);
    await anInstance(app.api, service);
    const shown = async () => (await app.api.get(`${SERVICES}/${service.id}`)).body;
    expect((await shown()).instances).toEqual({ total: 2, passing: 2 });
    const health = (wanted: string) => until(wanted, async () => (await shown()).health === wanted);
    await health('healthy');
    await app.api.put(`${pathOf(service, one.id)}/heartbeat`, { status: 'critical' });
    expect((await shown()).instances).toEqual({ total: 2, passing: 1 });
    await health('degraded');
    for (const { id } of (await app.api.get(pathOf(service))).body)
      await app.api.put(`${pathOf(service, id)}/heartbeat`, { status: 'critical' });
    await health('unhealthy');
  });

  it('degrade by their health what needs their service, and leave its revision', async () => {
    const [service, dependant] = [await aService(app.api), await aService(app.api)];
    const edge = { source_id: dependant.id, target_id: service.id, type: 'depends_on' };
    expect((await app.api.post('/api/v1/relationships', edge)).status).toBe(201);
    await anInstance(app.api, service, { status: 'critical' });
    const shown = async ({ id }: Json) => (await app.api.get(`${SERVICES}/${id}`)).body;
    await until('the dependant is degraded', async () => (await shown(dependant)).health === 'degraded');
    expect(await shown(service)).toMatchObject({ health: 'unhealthy', revision: service.revision });
    const [told] = await app.uow.query<{ cause: Json }>(
      `SELECT payload -> 'cause' AS cause FROM event
       WHERE type = 'health_changed' AND payload #>> '{entity,id}' = $1`,
      [service.id],
    );
    expect(told.cause).toEqual({ type: 'report', message: '0 of 1 instances are in service' });
  });

  it('do not judge a service that is probed', async () => {
    const service = await aService(app.api, { health_check: { type: 'tcp', target: 'db.example.com:5432' } });
    await anInstance(app.api, service, { status: 'critical' });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await app.api.get(`${SERVICES}/${service.id}`)).body.health).toBe('unknown');
  });

  it('a service with a check that cannot be made is refused', async () => {
    for (const health_check of [{ type: 'http' }, { type: 'http', target: 'ftp://x' }, { type: 'tcp', target: 'http://x' }])
      expect(await app.api.post(SERVICES, { name: 'unchecked', health_check })).toMatchObject({
        status: 400, body: { errors: [{ field: 'health_check.target' }] },
      }); // prettier-ignore
  });

  it('a service is registered by /services/register too', async () => {
    const answer = await app.api.post(`${SERVICES}/register`, { name: 'by-register', type: 'cache' });
    expect(answer).toMatchObject({
      status: 201,
      body: { key: 'svc_by-register', type: 'cache', instances: { total: 0, passing: 0 } },
    });
    expect(answer.headers.get('location')).toBe(`${SERVICES}/${answer.body.id}`);
    expect((await app.api.post(`${SERVICES}/register`, { name: 'by-register' })).status).toBe(409);
    expect((await app.api.post(`${SERVICES}/register`, { name: 'x', colour: 1 })).status).toBe(400);
  });
});
