import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import type { Json } from '../support/api-client.js';
import { MESH, ROUTES, aRoute, explained, ok, wrongFields } from './mesh-fixture.js';
import { aService, anInstance } from './services-fixture.js';

describe('routes of the mesh', () => {
  let service: TestApp;
  beforeAll(async () => (service = await testApp()));
  afterAll(() => service.close());

  it('are refused when no request could be routed by them, each wrong field named', async () => {
    const cases: [object, string[]][] = [
      [{ destinations: [{ port: 80 }] }, ['destinations.0']],
      [{ destinations: [{ host: 'a.example' }] }, ['destinations.0.port']],
      [{ destinations: [{ host: 'a b', port: 1 }] }, ['destinations.0.host']],
      [{ match: { path: 'orders' } }, ['match.path']],
      [{ match: { path: '(', path_type: 'regex' } }, ['match.path']],
      [{ match: { hosts: ['a:80'], methods: ['G ET'] } }, ['match.hosts.0', 'match.methods.0']],
      [{ match: { headers: [{ name: 'x', match: 'exact' }] } }, ['match.headers.0.value']],
      [{ circuit_breaker: { success_threshold: 3, half_open_requests: 1 } }, ['circuit_breaker.half_open_requests']],
      [{ retry: { attempts: 1, retry_on: [200] } }, ['retry.retry_on']],
      [{ rewrite: { set_headers: { Connection: 'close' } } }, ['rewrite.set_headers.Connection']],
      [{ traffic_split: { type: 'percentage', rules: [{ destination: 'x', percentage: 5 }] } }, ['traffic_split.rules.0.destination']], // prettier-ignore
      [{ traffic_split: { type: 'header', rules: [{ destination: 'a', value: '1' }] } }, ['traffic_split.rules.0.name']], // prettier-ignore
      [{ mirror: { destination: 'nowhere' } }, ['mirror.destination']],
    ];
    for (const [fields, wanted] of cases) {
      const body = { name: 'bad', destinations: [{ name: 'a', host: 'a.example', port: 80 }], ...fields };
      expect(wrongFields(await service.api.post(ROUTES, body))).toEqual(wanted);
    }
  });

  it('are tried from exact to vague, and say what kept them from taking a request', async () => {
    const match = (more: object) => ({ match: { hosts: ['order.example.com'], ...more } });
    const long = await aRoute(service.api, match({ path: '/a/b' }));
    const short = await aRoute(service.api, match({ path: '/a' }));
    const exact = await aRoute(service.api, match({ path: '/a', path_type: 'exact' }));
    const headed = await aRoute(service.api, match({ path: '/a', headers: [{ name: 'X-Tenant', value: 'acme' }] }));
    const posted = await aRoute(service.api, match({ path: '/a', methods: ['post'] }));
    const wild = await aRoute(service.api, { match: { hosts: ['*.example.com'], path: '/a/b/c' } });
    const ask = async (path: string, more: object = {}) =>
      (await explained(service.api, { host: 'Order.example.com:80', path, ...more })).route;
    expect(await ask('/a')).toBe(exact.key);
    expect(await ask('/a/x')).toBe(short.key);
    expect(await ask('/a/b/c')).toBe(long.key);
    expect(await ask('/ab')).toBeNull();
    expect(await ask('/a/x', { headers: { 'x-tenant': 'acme' } })).toBe(headed.key);
    expect(await ask('/a/x', { method: 'POST' })).toBe(posted.key);
    expect(await ask('/a/b/c', { host: 'other.example.com' })).toBe(wild.key);
    const told = await explained(service.api, { host: 'order.example.com', path: '/a/x' });
    expect(told).toMatchObject({ outcome: 'sent', status: null, target: { url: 'http://127.0.0.1:9' } });
    const reasons = Object.fromEntries(told.considered.map((one: Json) => [one.route, one.mismatch]));
    expect(reasons).toMatchObject({ [exact.key]: 'path', [headed.key]: 'header', [posted.key]: 'method', [short.key]: null }); // prettier-ignore
    ok(await service.api.post(`${ROUTES}/${short.id}/disable`));
    expect(await explained(service.api, { host: 'order.example.com', path: '/a/x' })).toMatchObject({
      outcome: 'no_route',
      status: 404,
    });
  });

  it('send to the healthy instances of a service, of one subset or all, in turn', async () => {
    const shop = await aService(service.api);
    for (const [port, version] of [
      [7001, 'v1'],
      [7002, 'v1'],
      [7003, 'v2'],
    ] as const)
      // prettier-ignore
      await anInstance(service.api, shop, { host: '127.0.0.1', port, metadata: { version } });
    await anInstance(service.api, shop, { host: '127.0.0.1', port: 7004, status: 'critical' });
    const route = await aRoute(service.api, { destinations: [{ service: shop.key, subset: 'v1' }] });
    const all = await aRoute(service.api, { destinations: [{ service: shop.id }] });
    const ports = async (id: string, times: number): Promise<number[]> => {
      const found = [];
      for (let i = 0; i < times; i++) found.push((await resolved(id)).target.port);
      return found;
    };
    const resolved = async (id: string) => ok(await service.api.post(`${ROUTES}/${id}/resolve`, {}));
    await eventually('the instances are known', async () => (await resolved(all.id)).target.candidates === 3);
    expect((await ports(route.id, 4)).toSorted((a, b) => a - b)).toEqual([7001, 7001, 7002, 7002]);
    expect(new Set(await ports(all.id, 3))).toEqual(new Set([7001, 7002, 7003]));
    ok(await service.api.put(`${MESH}/services/${shop.id}/balancer`, { load_balancer: 'ip_hash' }));
    expect(new Set(await ports(all.id, 6)).size).toBe(1);
    const empty = await aRoute(service.api, { destinations: [{ service: shop.key, subset: 'v9' }] });
    expect(await explained(service.api, { route: empty.name })).toMatchObject({
      outcome: 'no_destination',
      status: 503,
    });
  });

  it('are split by header before chance, by percentage as the request id says, and stick by cookie', async () => {
    const destinations = ['stable', 'canary'].map((name, i) => ({ name, host: '127.0.0.1', port: 8001 + i, weight: i === 0 ? 100 : 0 })); // prettier-ignore
    const route = await aRoute(service.api, { destinations });
    const rules = [{ destination: 'canary', percentage: 20 }];
    const sticky = { cookie: 'split', ttl_seconds: 60 };
    const split = await service.api.put(`${ROUTES}/${route.id}/traffic-split`, { type: 'percentage', rules, sticky });
    expect(ok(split).traffic_split).toMatchObject({ rules, sticky });
    const ask = (request_id: string, headers: object = {}) =>
      explained(service.api, { route: route.key, request_id, headers });
    let canary = 0;
    for (let i = 0; i < 300; i++) {
      const told = await ask(`r-${i}`);
      if (told.split.branch === 'canary') canary++;
      expect(told.split.sets_cookie).toBe(`split=${told.split.branch}`);
    }
    expect(canary).toBeGreaterThan(35);
    expect(canary).toBeLessThan(90);
    expect((await ask('r-7')).split).toEqual((await ask('r-7')).split);
    for (const branch of ['stable', 'canary'])
      expect((await ask('r-1', { cookie: `a=b; split=${branch}` })).split).toMatchObject({ branch, by: 'sticky' });
    const byHeader = { route: route.name, type: 'header', rules: [{ destination: 'canary', name: 'X-Canary', value: '1' }] }; // prettier-ignore
    ok(await service.api.post(`${MESH}/traffic-splits`, byHeader));
    expect((await ask('r-1', { 'X-Canary': '1' })).split).toMatchObject({ branch: 'canary', by: 'header', rule: 0 });
    expect((await ask('r-1', { 'X-Canary': '2' })).split).toMatchObject({ branch: 'stable', by: 'weight' });
    const bad = { type: 'percentage', rules: [{ destination: 'canary', percentage: 101 }] };
    expect(wrongFields(await service.api.put(`${ROUTES}/${route.id}/traffic-split`, bad))).toEqual([
      'rules.0.percentage',
    ]);
    const none = await service.api.put(`${ROUTES}/${route.id}/traffic-split`, { type: 'percentage', rules: [] });
    expect(none.status).toBe(200);
    const whole = [{ destination: 'stable', percentage: 10 }, { destination: 'canary', percentage: 10 }]; // prettier-ignore
    const short = await service.api.put(`${ROUTES}/${route.id}/traffic-split`, { type: 'percentage', rules: whole });
    expect(wrongFields(short)).toEqual(['rules']);
    expect((short.body as Json).detail).toMatch(/^rules sum up to 20 %/);
  });

  it('take what they leave out from the configuration of the mesh', async () => {
    const route = await aRoute(service.api);
    const config = { timeout_ms: 1234, circuit_breaker: { failure_threshold: 2 }, tracing: { enabled: false } };
    expect(ok(await service.api.put(`${MESH}/config`, config))).toMatchObject(config);
    expect(await explained(service.api, { route: route.id })).toMatchObject({ timeout_ms: 1234 });
    const breaker = ok(await service.api.get(`${ROUTES}/${route.id}/circuit-breaker`));
    expect(breaker).toMatchObject({ enabled: true, state: 'closed', settings: { failure_threshold: 2 } });
    expect(ok(await service.api.post(`${MESH}/tracing/enable`, { sample_percent: 7 }))).toEqual({
      enabled: true,
      sample_percent: 7,
      per_second: 50,
    });
    expect(ok(await service.api.get(`${MESH}/config`))).toMatchObject({ timeout_ms: 1234 });
    ok(await service.api.put(`${MESH}/config`, {}));
  });

  it('count what is reported of them', async () => {
    const route = await aRoute(service.api);
    for (let i = 1; i <= 10; i++)
      ok(await service.api.post(`${ROUTES}/${route.id}/report`, { success: i > 2, status: 200, latency_ms: i * 10 }));
    const metrics = ok(await service.api.get(`${ROUTES}/${route.id}/metrics`));
    expect(metrics).toMatchObject({ requests: 10, successes: 8, failures: 2, error_rate: 0.2, average_ms: 55 });
    expect(metrics.p50_ms).toBeGreaterThan(40);
    expect(metrics.p99_ms).toBeLessThan(120);
    expect(metrics.destinations).toMatchObject([{ destination: '127.0.0.1:9', requests: 10 }]);
    const stats = ok(await service.api.get(`${MESH}/stats`));
    expect(stats.by_route.find((one: Json) => one.route_id === route.id)).toMatchObject({ requests: 10 });
    expect(wrongFields(await service.api.post(`${ROUTES}/${route.id}/report`, { success: true, destination: 'x' }))).toEqual(['destination']); // prettier-ignore
  });

  it('have versions as a whole set, with differences and a way back in one transaction', async () => {
    const kept = await aRoute(service.api, { timeout_ms: 1000 });
    const lost = await aRoute(service.api);
    const [{ version: before, actor, changes }] = ok(await service.api.get(`${MESH}/versions?limit=1`));
    expect(actor).toMatch(/^admin_key:/);
    expect(changes).toEqual([{ id: lost.id, name: lost.name, change: 'added' }]);
    ok(await service.api.patch(`${ROUTES}/${kept.id}`, { timeout_ms: 2000 }));
    ok(await service.api.post(`${ROUTES}/${kept.id}/disable`));
    ok(await service.api.delete(`${ROUTES}/${lost.id}`), 204);
    const made = await aRoute(service.api);
    const diff = ok(await service.api.get(`${MESH}/versions/${before}/diff`));
    const byName = Object.fromEntries(diff.differences.map((one: Json) => [one.name, one.change]));
    expect(byName).toEqual({ [kept.name]: 'changed', [lost.name]: 'removed', [made.name]: 'added' });
    expect(diff.differences.find((one: Json) => one.name === kept.name).patch).toContainEqual({ op: 'replace', path: '/spec/timeout_ms', value: 2000 }); // prettier-ignore
    const plan = ok(await service.api.post(`${MESH}/versions/${before}/rollback?dry_run=true`));
    expect(plan).toMatchObject({ dry_run: true, version: diff.to });
    expect(ok(await service.api.get(`${ROUTES}/${kept.id}`))).toMatchObject({ timeout_ms: 2000 });
    const back = ok(await service.api.post(`${MESH}/versions/${before}/rollback`));
    expect(back).toMatchObject({ dry_run: false, version: diff.to + 1, differences: plan.differences });
    expect(ok(await service.api.get(`${ROUTES}/${kept.id}`))).toMatchObject({ timeout_ms: 1000, status: 'active' });
    expect(ok(await service.api.get(`${ROUTES}/${lost.name}`)).destinations).toEqual(lost.destinations);
    expect(await service.api.get(`${ROUTES}/${made.id}`)).toMatchObject({ status: 404 });
    expect(ok(await service.api.get(`${MESH}/versions/${before}/diff`)).differences).toEqual([]);
    const [newest] = ok(await service.api.get(`${MESH}/versions`));
    expect(newest).toMatchObject({ version: back.version, note: `rollback to ${before}` });
    expect(await service.api.get(`${MESH}/versions/999999`)).toMatchObject({ status: 404 });
    expect(wrongFields(await service.api.get(`${MESH}/versions/x`))).toEqual(['version']);
  });
});
