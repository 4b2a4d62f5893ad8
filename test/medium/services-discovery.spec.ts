import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import type { ApiClient, Answer, Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { SERVICES, aService, anInstance, healthyAt, idsAt, idsOf, pathOf, seenAt, until } from './services-fixture.js';

describe('discovery', () => {
  let place: TestPlace;
  let app: TestApp;
  let other: ApiClient;
  let second: TestApp | undefined;

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

  const index = ({ headers }: Answer): number => Number(headers.get('x-index'));
  const discover = async (query: string, api: ApiClient = app.api): Promise<Json[]> =>
    (await api.get(`${SERVICES}/discover?${query}`)).body;

  describe('of the instances of a service', () => {
    it('narrows by zone, tag and metadata, and refuses what it does not know', async () => {
      const service = await aService(app.api);
      await anInstance(app.api, service, {
        id: 'a',
        zone: 'z1',
        tags: ['canary', 'v2'],
        metadata: { release: 7, arm: true },
      });
      await anInstance(app.api, service, { id: 'b', zone: 'z2', tags: ['canary'], metadata: { release: '8' } });
      await anInstance(app.api, service, { id: 'c' });
      for (const [query, ids] of [
        ['?zone=z1', ['a']],
        ['?zone=z2,z1', ['b', 'a']],
        ['?tag=canary', ['a', 'b']],
        ['?tag=canary&tag=v2', ['a']],
        ['?metadata=release:7', ['a']],
        ['?metadata=release:8', ['b']],
        ['?metadata=release:7&metadata=arm:true', ['a']],
        ['?metadata=constructor:1', []],
        ['?prefer_zone=z2', ['b', 'a', 'c']],
      ] as const)
        expect([query, await idsAt(app.api, service, query)]).toEqual([query, ids]);
      for (const [field, query] of [
        ['healthy', 'healthy=yes'],
        ['index', 'index=-1'],
        ['wait', 'wait=soon'],
        ['metadata', 'metadata=x'],
        ['nope', 'nope=1'],
      ])
        // prettier-ignore
        expect(await app.api.get(`${pathOf(service)}?${query}`)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    });

    it('puts those in good standing and of more weight first', async () => {
      const service = await aService(app.api);
      await anInstance(app.api, service, { id: 'light', weight: 1 });
      await anInstance(app.api, service, { id: 'warned', weight: 100, status: 'warning' });
      await anInstance(app.api, service, { id: 'heavy', weight: 50 });
      await anInstance(app.api, service, { id: 'critical', weight: 200, status: 'critical' });
      expect(await idsAt(app.api, service)).toEqual(['heavy', 'light', 'warned', 'critical']);
      expect(await healthyAt(app.api, service)).toEqual(['heavy', 'light', 'warned']);
      expect(await idsAt(app.api, service, '?healthy=false')).toEqual(['critical']);
    });

    it('answers none of a service that is disabled or stopped, unless they are asked for', async () => {
      const service = await aService(app.api);
      await anInstance(app.api, service, { id: 'a' });
      const step = async (verb: string) =>
        expect((await app.api.post(`${SERVICES}/${service.id}/${verb}`)).status).toBe(200);
      for (const verb of ['install', 'start']) await step(verb);
      expect(await idsAt(app.api, service)).toEqual(['a']);
      await until('the other replica knows it', async () => (await idsAt(other, service)).length === 1);
      await step('stop');
      await until('it is closed', async () => (await idsAt(other, service)).length === 0);
      expect(await idsAt(other, service, '?include_closed=true')).toEqual(['a']);
      expect(await discover(`name=${service.name}&healthy=any`, other)).toEqual([]);
      await step('start');
      await until('it is open', async () => (await idsAt(other, service)).length === 1);
      await step('disable');
      await until('it is closed', async () => (await idsAt(other, service)).length === 0);
    });

    it('is seen on every replica within a second', async () => {
      const service = await aService(app.api);
      const { id } = await anInstance(app.api, service);
      const within = async (holds: () => Promise<boolean>) => {
        const began = performance.now();
        await until('seen', holds);
        expect(performance.now() - began).toBeLessThan(1000);
      };
      await within(async () => (await healthyAt(other, service)).length === 1);
      await app.api.put(`${pathOf(service, id)}/heartbeat`, { status: 'critical' });
      await within(async () => (await healthyAt(other, service)).length === 0);
      await other.put(`${pathOf(service, id)}/heartbeat`, { status: 'passing' });
      await within(async () => (await healthyAt(app.api, service)).length === 1);
      await app.api.delete(pathOf(service, id));
      await within(async () => (await idsAt(other, service)).length === 0);
    });
  });

  describe('of services', () => {
    it('finds them by name, type, tag, feature, zone and health', async () => {
      const shop = await aService(app.api, {
        type: 'api',
        tags: ['disc', 'shop'],
        feature: 'cloud-native',
        labels: { team: 'x' },
      });
      const cache = await aService(app.api, { type: 'cache', tags: ['disc'] });
      await aService(app.api, { tags: ['disc'] });
      await anInstance(app.api, shop, { id: 's1', zone: 'z1', metadata: { v: 1 } });
      await anInstance(app.api, shop, { id: 's2', zone: 'z2' });
      await anInstance(app.api, cache, { id: 'c1', zone: 'z1', status: 'critical' });
      const found = async (query: string) =>
        (await discover(query)).map(({ key, instances }) => [key, ...idsOf(instances)]);
      expect(await found('tag=disc')).toEqual([[shop.key, 's1', 's2']]);
      expect(await found('tag=disc&healthy=any')).toEqual([
        [shop.key, 's1', 's2'],
        [cache.key, 'c1'],
      ]);
      expect(await found('tag=disc&healthy=false')).toEqual([[cache.key, 'c1']]);
      expect(await found('tag=disc&tag=shop&zone=z2')).toEqual([[shop.key, 's2']]);
      expect(await found('tag=disc&type=cache,queue&healthy=any')).toEqual([[cache.key, 'c1']]);
      expect(await found('tag=disc&feature=cloud-native&metadata=v:1')).toEqual([[shop.key, 's1']]);
      expect(await found(`name=${shop.name.toUpperCase()}`)).toEqual([[shop.key, 's1', 's2']]);
      expect(await found('name=nobody')).toEqual([]);
      const [answer] = await discover(`name=${shop.name}`);
      expect(answer).toMatchObject({
        id: shop.id,
        type: 'api',
        tags: ['disc', 'shop'],
        labels: { team: 'x' },
        version: null,
      });
      for (const [field, query] of [
        ['type', 'type=shop'],
        ['healthy', 'healthy=maybe'],
        ['limit', 'limit=0'],
        ['zone', 'zone='],
      ])
        expect(await app.api.get(`${SERVICES}/discover?${query}`)).toMatchObject({
          status: 400,
          body: { errors: [{ field }] },
        });
    });

    it('comes in pages', async () => {
      for (let n = 0; n < 3; n++) await anInstance(app.api, await aService(app.api, { tags: ['paged'] }));
      const first = await app.api.get(`${SERVICES}/discover?tag=paged&limit=2`);
      expect(first.body).toHaveLength(2);
      const next = await app.api.get(/<([^>]+)>; rel="next"/.exec(first.headers.get('link')!)![1]);
      expect(next.body).toHaveLength(1);
      expect(next.headers.get('link')).toBeNull();
    });

    it('knows nothing of a restricted service for who may not read it', async () => {
      const service = await aService(app.api, {
        tags: ['secret'],
        security_context: { visibility: 'restricted', readers: [] },
      });
      await anInstance(app.api, service, { id: 'a' });
      const key = (await app.api.post('/api/v1/gateway/keys', { name: 'someone', type: 'service_key', permissions: ['read:*', 'write:service'] })).body.key; // prettier-ignore
      const someone = app.api.as(key);
      expect(await discover('tag=secret', someone)).toEqual([]);
      for (const id of [service.id, service.key, service.name]) {
        for (const path of ['', '/a']) expect((await someone.get(`${pathOf({ id })}${path}`)).status).toBe(404);
        expect((await someone.put(`${pathOf({ id }, 'a')}/heartbeat`)).status).toBe(404);
        expect((await someone.post(pathOf({ id }), { host: 'h', port: 1 })).status).toBe(404);
      }
      expect((await discover('tag=secret')).length).toBe(1);
      await app.api.patch(`${SERVICES}/${service.id}`, { security_context: { visibility: 'public' } });
      await until('it is seen', async () => (await discover('tag=secret', someone)).length === 1);
    });
  });

  describe('that waits', () => {
    const watch = (api: ApiClient, service: Json, at: number, more = ''): Promise<Answer> =>
      api.get(`${pathOf(service)}?wait=20s&index=${at}${more}`);

    it('answers when an instance comes, changes and goes, here and on the other replica', async () => {
      const service = await aService(app.api);
      let at = index(await other.get(pathOf(service)));
      const next = async (change: () => Promise<unknown>): Promise<Json[]> => {
        const waiting = watch(other, service, at);
        await new Promise((resolve) => setTimeout(resolve, 300));
        const began = performance.now();
        await change();
        const answer = await waiting;
        expect(performance.now() - began).toBeLessThan(2000);
        expect(index(answer)).toBeGreaterThan(at);
        at = index(answer);
        return answer.body;
      };
      expect(await next(() => anInstance(app.api, service, { id: 'a' }))).toHaveLength(1);
      expect(await next(() => app.api.put(pathOf(service, 'a'), { drain: true }))).toMatchObject([{ drain: true }]);
      expect(await next(() => app.api.delete(pathOf(service, 'a')))).toEqual([]);
    });

    it('answers at once with an older index, and with one that is ahead, as after a reset', async () => {
      const service = await aService(app.api);
      await anInstance(app.api, service);
      const at = index(await app.api.get(pathOf(service)));
      for (const wrong of [0, at - 1, at + 100]) {
        const began = performance.now();
        const answer = await watch(app.api, service, wrong);
        expect([answer.body.length, index(answer)]).toEqual([1, at]);
        expect(performance.now() - began).toBeLessThan(5000);
      }
    });

    it('answers the same when its time is over', async () => {
      const service = await aService(app.api);
      await anInstance(app.api, service);
      const at = index(await app.api.get(pathOf(service)));
      const began = performance.now();
      const answer = await app.api.get(`${pathOf(service)}?wait=300ms&index=${at}`);
      expect([answer.status, index(answer)]).toEqual([200, at]);
      expect(performance.now() - began).toBeGreaterThanOrEqual(295);
    });

    it('is not woken by a change it did not ask for, nor by another service', async () => {
      const [service, neighbour] = [await aService(app.api), await aService(app.api)];
      await anInstance(app.api, service, { id: 'a', zone: 'z1' });
      const at = index(await app.api.get(pathOf(service)));
      let woken = false;
      const waiting = watch(app.api, service, at, '&zone=z1').finally(() => (woken = true));
      await new Promise((resolve) => setTimeout(resolve, 200));
      await anInstance(app.api, service, { zone: 'z2' });
      await anInstance(app.api, neighbour, { zone: 'z1' });
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(woken).toBe(false);
      await app.api.put(pathOf(service, 'a'), { weight: 7 });
      expect((await waiting).body).toMatchObject([{ id: 'a', weight: 7 }]);
    });

    it('ends with 404 when the service goes', async () => {
      const service = await aService(app.api);
      await anInstance(app.api, service);
      await seenAt(other, service, 1);
      const waiting = watch(other, service, index(await other.get(pathOf(service))));
      await new Promise((resolve) => setTimeout(resolve, 300));
      await app.api.delete(`${SERVICES}/${service.id}`);
      expect((await waiting).status).toBe(404);
    });

    it('holds hundreds at once, and counts them', async () => {
      const service = await aService(app.api);
      const at = index(await app.api.get(pathOf(service)));
      const waiting = Array.from({ length: 200 }, () => watch(app.api, service, at));
      await until('all wait', async () => (await app.api.get(`${SERVICES}/discovery`)).body.watchers === 200);
      expect((await app.api.get('/metrics')).body).toMatch(/^registry_service_watchers 200$/m);
      await anInstance(app.api, service, { id: 'a' });
      for (const answer of await Promise.all(waiting)) expect(idsOf(answer.body)).toEqual(['a']);
      expect((await app.api.get(`${SERVICES}/discovery`)).body.watchers).toBe(0);
    });
  });
});
