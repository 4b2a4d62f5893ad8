import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import {
  SERVICES,
  aService,
  anInstance,
  beating,
  healthyAt,
  idsAt,
  pathOf,
  seenAt,
  until,
} from './services-fixture.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('heartbeats', () => {
  let place: TestPlace;
  let app: TestApp;
  let second: TestApp | undefined;
  let other: ApiClient;

  beforeAll(async () => {
    place = await testPlace();
    app = await testApp({ place });
    // The embedded database belongs to one process: there it is its own other replica.
    second = isNative() ? await testApp({ place, env: { REGISTRY_ADMIN_KEY: app.adminKey } }) : undefined;
    other = second ? second.api.as(app.adminKey) : app.api;
  });
  afterAll(async () => {
    await second?.close();
    await app.close();
    await place.drop();
  });

  const beat = (api: ApiClient, service: Json, id: string) => api.put(`${pathOf(service, id)}/heartbeat`);

  it('keep an instance in discovery on every replica; silence takes it out soon after its time to live', async () => {
    const service = await aService(app.api);
    const alive = await anInstance(app.api, service, { ttl_seconds: 2 });
    const silent = await anInstance(app.api, service, { ttl_seconds: 2 });
    await seenAt(other, service, 2);
    const heart = beating(other, service, alive.id, 500);
    try {
      const outAt = { here: 0, there: 0 };
      await until('the silent one is out', async () => {
        const [here, there] = [await healthyAt(app.api, service), await healthyAt(other, service)];
        expect(here).toContain(alive.id);
        expect(there).toContain(alive.id);
        if (!here.includes(silent.id)) outAt.here ||= Date.now();
        if (!there.includes(silent.id)) outAt.there ||= Date.now();
        return outAt.here > 0 && outAt.there > 0;
      });
      // On a machine so busy that nobody could listen for a while, silence counts from after that.
      const { listening_since } = (await app.api.get(`${SERVICES}/discovery`)).body;
      const since = Math.max(Date.parse(silent.created_at), Date.parse(listening_since));
      expect(Math.min(outAt.here, outAt.there) - since).toBeGreaterThan(1900);
      // TTL + 1 s, with room for a busy machine.
      expect(Math.max(outAt.here, outAt.there) - since).toBeLessThan(5000);
      const gone = (await app.api.get(`${pathOf(service)}?healthy=false`)).body;
      expect(gone).toMatchObject([{ id: silent.id, expired: true, status: 'critical', healthy: false }]);
      await pause(3000);
      expect(await healthyAt(app.api, service)).toEqual([alive.id]);
    } finally {
      expect(new Set(await heart.stop())).toEqual(new Set([200]));
    }
  });

  it('of one that was given up bring it back', async () => {
    const service = await aService(app.api);
    const { id } = await anInstance(app.api, service, { ttl_seconds: 1 });
    await seenAt(other, service, 1);
    await until('it is out', async () => (await healthyAt(other, service)).length === 0);
    expect((await beat(other, service, id)).body).toMatchObject({
      id,
      status: 'passing',
      drain: false,
      ttl_seconds: 1,
    });
    await until('it is back', async () => (await healthyAt(app.api, service)).length === 1, 1000);
  });

  it('are written in batches with the time they came, and cost no version', async () => {
    const service = await aService(app.api);
    const { id } = await anInstance(app.api, service, { ttl_seconds: 60 });
    const before = await app.api.get(pathOf(service, id));
    const at = (await app.api.get(pathOf(service))).headers.get('x-index');
    await pause(300);
    expect((await beat(app.api, service, id)).status).toBe(200);
    const last = async () => Date.parse((await app.api.get(pathOf(service, id))).body.last_heartbeat_at);
    await until('it is written', async () => (await last()) - Date.parse(before.body.last_heartbeat_at) >= 250);
    expect((await app.api.get(pathOf(service))).headers.get('x-index')).toBe(at);
  });

  it('are not missed from an instance that sends none', async () => {
    const service = await aService(app.api);
    const { id } = await anInstance(app.api, service, { ttl_seconds: null });
    const silent = await anInstance(app.api, service, { ttl_seconds: 1 });
    await until('the other is out', async () => !(await healthyAt(app.api, service)).includes(silent.id));
    expect(await healthyAt(app.api, service)).toEqual([id]);
    expect((await beat(app.api, service, id)).status).toBe(200);
  });

  it('that do not come for long end the registration', async () => {
    const service = await aService(app.api);
    const { id } = await anInstance(app.api, service, { ttl_seconds: 1, deregister_after_seconds: 1 });
    await seenAt(other, service, 1);
    await until('it is removed', async () => (await idsAt(other, service)).length === 0);
    expect(await beat(other, service, id)).toMatchObject({ status: 404, body: { code: 'instance.not_found' } });
  });

  it('make the service degraded and unhealthy when they stop', async () => {
    const service = await aService(app.api);
    await anInstance(app.api, service, { ttl_seconds: 1 });
    await anInstance(app.api, service, { ttl_seconds: 3 });
    const seen = new Set<string>();
    await until('it is unhealthy', async () => {
      const { health } = (await app.api.get(`${SERVICES}/${service.id}`)).body;
      return seen.add(health) && health === 'unhealthy';
    });
    expect([...seen]).toContain('degraded');
  });

  it('that are late because nobody could listen are waited for', async () => {
    const service = await aService(app.api);
    const { id } = await anInstance(app.api, service, { ttl_seconds: 2 });
    // As after an outage of five seconds: its last heartbeat, and the last look at it, are that old.
    await app.uow.run(async () => {
      await app.uow.query(`UPDATE service_liveness SET swept_at = clock_timestamp() - interval '5 s'`);
      await app.uow.query(`UPDATE service_heartbeat SET beat_at = clock_timestamp() - interval '5 s' WHERE ttl = 2`);
    });
    await pause(800);
    expect(await healthyAt(app.api, service)).toEqual([id]);
    expect((await beat(app.api, service, id)).status).toBe(200);
    await pause(1500);
    expect(await healthyAt(app.api, service)).toEqual([id]);
    await until('it is out', async () => (await healthyAt(app.api, service)).length === 0);
  });

  it('that another process has taken and not written yet are waited for', async () => {
    const service = await aService(app.api);
    const { id } = await anInstance(app.api, service, { ttl_seconds: 1 });
    // A process that wrote a moment ago and not since: what it has taken meanwhile, nobody knows.
    const writer = '0192f0c1-7c3a-7a10-9d5e-0242ac120002';
    await app.uow.query('INSERT INTO service_beat_writer VALUES ($1, clock_timestamp())', [writer]);
    await pause(2000);
    expect(await healthyAt(app.api, service)).toEqual([id]);
    await until('the process counts as gone', async () => (await healthyAt(app.api, service)).length === 0);
  });

  it('of most instances that stop at once are held against us first: visibly, and no longer than somebody wants', async () => {
    const service = await aService(app.api);
    for (let n = 0; n < 30; n++) await anInstance(app.api, service, { ttl_seconds: 3 });
    const ids = await idsAt(app.api, service);
    await Promise.all(ids.map((id) => beat(app.api, service, id)));
    const state = async () => (await app.api.get(`${SERVICES}/discovery`)).body;
    await until('the guard holds', async () => (await state()).guard.active);
    expect(await healthyAt(app.api, service)).toHaveLength(30);
    const { guard } = await state();
    expect(Date.parse(guard.until) - Date.parse(guard.since)).toBe(60_000);
    await until('every replica says so', async () =>
      (await other.get(pathOf(service))).headers.has('x-discovery-guard'),
    );
    expect((await other.get('/metrics')).body).toMatch(/^registry_service_guard_active 1$/m);
    const released = await app.api.post(`${SERVICES}/discovery/guard/release`);
    expect(released).toMatchObject({ status: 200, body: { guard: { active: false } } });
    await until('the silent are out', async () => (await healthyAt(other, service)).length === 0);
  });

  it('are counted, and so are those who fell silent', async () => {
    const { body } = await app.api.get('/metrics');
    for (const name of ['heartbeats', 'expiries', 'removals'])
      expect(Number(new RegExp(`^registry_service_${name}_total (\\d+)$`, 'm').exec(body)?.[1])).toBeGreaterThanOrEqual(
        0,
      );
    expect(body).toMatch(/^registry_service_instances\{state="expired"\} \d+$/m);
  });

  it('that were taken are written when the process stops', async () => {
    const service = await aService(app.api);
    const { id } = await anInstance(app.api, service, { ttl_seconds: 600 });
    await app.uow.query(`UPDATE service_heartbeat SET beat_at = clock_timestamp() - interval '1 h' WHERE ttl = 600`);
    if (!second) return;
    await beat(other, service, id);
    await second.close();
    second = undefined;
    const { body } = await app.api.get(pathOf(service, id));
    expect(Date.now() - Date.parse(body.last_heartbeat_at)).toBeLessThan(60_000);
  });
});
