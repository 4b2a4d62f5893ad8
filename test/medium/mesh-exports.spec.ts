import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Json } from '../support/api-client.js';
import { isThere } from '../support/other-programs.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const ROUTES = '/api/v1/mesh/routes';

let app: TestApp;
const upstreams: Server[] = [];
const ports: Record<string, number> = {};

/** An upstream that says its name and what it was asked. */
async function upstream(name: string): Promise<void> {
  const server = createServer((asked, answer) => {
    answer.end(JSON.stringify({ name, url: asked.url, headers: asked.headers }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  upstreams.push(server);
  ports[name] = (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  app = await testApp();
  for (const name of ['v1a', 'v1b', 'v2', 'other']) await upstream(name);
  const { body: service } = await app.api.post('/api/v1/services', { name: 'orders' });
  for (const [name, version, zone] of [
    ['v1a', 'v1', 'z1'],
    ['v1b', 'v1', 'z2'],
    ['v2', 'v2', 'z1'],
  ]) {
    const made = await app.api.post(`/api/v1/services/${service.id}/instances`, { host: '127.0.0.1', port: ports[name], zone, metadata: { version } }); // prettier-ignore
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  }
  const destinations = [
    { name: 'stable', service: 'svc_orders', subset: 'v1', weight: 80 },
    { name: 'canary', service: 'svc_orders', subset: 'v2', weight: 20 },
  ];
  for (const route of [
    { name: 'orders', match: { hosts: ['orders.example.com', '*.shop.test'], path: '/orders', methods: ['GET', 'POST'] }, destinations, load_balancer: 'round_robin', timeout_ms: 5000, retry: { attempts: 2, per_try_timeout_ms: 1000 }, circuit_breaker: { failure_threshold: 7, open_seconds: 9 }, rewrite: { path: '/v2/orders', set_headers: { 'x-mesh': "it's 100% on" }, remove_headers: ['cookie'] }, rate_limit: { requests: 10 } }, // prettier-ignore
    { name: 'headed', match: { hosts: ['headed.example.com'] }, destinations, traffic_split: { type: 'header', rules: [{ destination: 'canary', name: 'x-canary', value: 'yes "you"' }] } }, // prettier-ignore
    { name: 'cookied', match: { hosts: ['cookied.example.com'] }, destinations, traffic_split: { type: 'cookie', rules: [{ destination: 'canary', name: 'beta', match: 'regex', value: 'a+' }] } }, // prettier-ignore
    { name: 'exact', match: { hosts: ['exact.example.com'], path: '/a.b', path_type: 'exact' }, destinations: [{ host: '127.0.0.1', port: ports.other }] }, // prettier-ignore
    { name: 'patterned', match: { hosts: ['exact.example.com'], path: '/items/[0-9]+', path_type: 'regex', headers: [{ name: 'x-tenant', match: 'prefix', value: 'ac' }] }, destinations: [{ host: '127.0.0.1', port: ports.other }] }, // prettier-ignore
    { name: 'idle', match: { hosts: ['idle.example.com'] }, destinations: [{ service: 'svc_nobody' }] }, // prettier-ignore
    { name: 'off', match: { hosts: ['off.example.com'] }, destinations: [{ host: '127.0.0.1', port: 1 }] },
    { name: 'raw', type: 'tcp', destinations: [{ host: '127.0.0.1', port: 0 + ports.other }] },
  ]) {
    const made = await app.api.post(ROUTES, route);
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  }
  await app.api.post(`${ROUTES}/off/disable`);
});
afterAll(async () => {
  for (const server of upstreams) server.close();
  await app.close();
});

const exported = async (query: string): Promise<{ text: string; headers: Headers }> => {
  const answer = await app.api.fetch('GET', `/api/v1/mesh/export?${query}`);
  expect(answer.status).toBe(200);
  return { text: await answer.text(), headers: answer.headers };
};
const documents = async (query: string): Promise<Json[]> => {
  const { text } = await exported(query);
  return parseAllDocuments(text).map((one): Json => one.toJS());
};

const describeWithHaproxy = isThere('haproxy') ? describe : describe.skip;
describeWithHaproxy('the export to HAProxy', () => {
  let folder: string;
  let proxy: ChildProcess;
  let port: number;
  const ask = async (host: string, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<{ status: number; body: Json }> => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { host, ...headers } }).end();
    const [answer] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
    const chunks = await answer.toArray();
    const text = Buffer.concat(chunks as Buffer[]).toString('utf8');
    return { status: answer.statusCode!, body: answer.statusCode === 200 ? JSON.parse(text) : text };
  }; // prettier-ignore

  beforeAll(async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    port = (free.address() as AddressInfo).port;
    free.close();
    await app.api.post(`${ROUTES}/raw/disable`);
    const { text } = await exported(`format=haproxy&address=127.0.0.1&port=${port}`);
    folder = await mkdtemp(join(tmpdir(), 'ureg-haproxy-'));
    await writeFile(join(folder, 'haproxy.cfg'), text);
    const check = spawnSync('haproxy', ['-c', '-f', join(folder, 'haproxy.cfg')], { encoding: 'utf8' });
    if (check.status !== 0) throw new Error(`${check.stderr}\n${text}`);
    proxy = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: 'ignore' });
    await eventually('haproxy answers', () => ask('nobody.example.com', '/').then(() => true, () => false)); // prettier-ignore
  });
  afterAll(async () => {
    if (proxy && proxy.exitCode === null) {
      proxy.kill('SIGTERM');
      await once(proxy, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  });

  it('is accepted, and splits by weight among all instances', async () => {
    const counts: Record<string, number> = {};
    for (let i = 0; i < 100; i++) {
      const { status, body } = await ask('orders.example.com', '/orders/1?x=2');
      expect([status, body.url]).toEqual([200, '/v2/orders/1?x=2']);
      expect(body.headers['x-mesh']).toBe("it's 100% on");
      counts[body.name] = (counts[body.name] ?? 0) + 1;
    }
    expect(counts).toEqual({ v1a: 40, v1b: 40, v2: 20 });
  });

  it('keeps to hosts, whole segments of paths, and methods', async () => {
    expect((await ask('a.shop.test:99', '/orders')).body.url).toBe('/v2/orders');
    for (const [host, path, method] of [
      ['shop.test', '/orders', 'GET'],
      ['orders.example.com', '/orders2', 'GET'],
      ['orders.example.com', '/orders', 'DELETE'],
      ['off.example.com', '/', 'GET'],
    ])
      expect([host, path, (await ask(host, path, {}, method)).status]).toEqual([host, path, 404]);
    expect((await ask('exact.example.com', '/a.b')).status).toBe(200);
    expect((await ask('exact.example.com', '/aXb')).status).toBe(404);
    expect((await ask('exact.example.com', '/items/12', { 'x-tenant': 'acme' })).status).toBe(200);
    expect((await ask('exact.example.com', '/items/12')).status).toBe(404);
    expect((await ask('exact.example.com', '/items/1x', { 'x-tenant': 'acme' })).status).toBe(404);
    expect((await ask('idle.example.com', '/')).status).toBe(503);
  });

  it('sends by header and cookie before weights', async () => {
    for (let i = 0; i < 10; i++) {
      expect((await ask('headed.example.com', '/', { 'x-canary': 'yes "you"' })).body.name).toBe('v2');
      expect((await ask('cookied.example.com', '/', { cookie: 'a=1; beta=aaa' })).body.name).toBe('v2');
    }
    const names = new Set<string>();
    for (let i = 0; i < 10; i++) names.add((await ask('cookied.example.com', '/', { cookie: 'beta=ab' })).body.name);
    expect(names.size).toBeGreaterThan(1);
  });

  it('says what it cannot', async () => {
    const { text, headers } = await exported('format=haproxy');
    expect(text).toContain('# not expressed: route_orders: rate_limit\n');
    expect(Number(headers.get('x-not-expressed'))).toBeGreaterThan(0);
    expect(text).not.toContain('off.example.com');
  });
});

describe('the export to Istio', () => {
  it('has a VirtualService for each set of hosts, a DestinationRule for each host, and entries for what is no Service', async () => {
    const all = await documents('format=istio&namespace=shop');
    const named = (kind: string, name: string): Json =>
      all.find((one) => one.kind === kind && one.metadata.name === name);
    for (const one of all)
      expect(one).toMatchObject({
        apiVersion: 'networking.istio.io/v1',
        metadata: { namespace: 'shop', labels: { 'app.kubernetes.io/managed-by': 'universal-registry' } },
      });
    const { http, hosts } = named('VirtualService', 'orders').spec;
    expect(hosts).toEqual(['orders.example.com', '*.shop.test']);
    const port = { number: ports.v1a };
    expect(http[0]).toMatchObject({
      match: [
        { uri: { exact: '/orders' }, method: { regex: 'GET|POST' } },
        { uri: { prefix: '/orders/' }, method: { regex: 'GET|POST' } },
      ],
      rewrite: { uriRegexRewrite: { match: '^/orders(/.*)?$', rewrite: '/v2/orders\\1' } },
      route: [
        { destination: { host: 'orders.ureg.internal', subset: 'v1', port }, weight: 4 },
        { destination: { host: 'orders.ureg.internal', subset: 'v2' }, weight: 1 },
      ],
      timeout: '5s',
      retries: { attempts: 2, perTryTimeout: '1s', retryOn: '502,503,504,reset,connect-failure' },
    });
    expect(named('VirtualService', 'headed').spec.http[0].match).toEqual([{ headers: { 'x-canary': { exact: 'yes "you"' } } }]); // prettier-ignore
    expect(named('DestinationRule', 'orders-ureg-internal').spec).toMatchObject({
      host: 'orders.ureg.internal',
      trafficPolicy: {
        loadBalancer: { simple: 'ROUND_ROBIN' },
        outlierDetection: { consecutive5xxErrors: 7, baseEjectionTime: '9s' },
      },
      subsets: [
        { name: 'v1', labels: { version: 'v1' } },
        { name: 'v2', labels: { version: 'v2' } },
      ],
    });
    expect(named('ServiceEntry', 'orders-ureg-internal').spec).toMatchObject({
      hosts: ['orders.ureg.internal'],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      endpoints: expect.arrayContaining([
        expect.objectContaining({ address: '127.0.0.1', labels: { version: 'v2' }, locality: 'z1' }),
      ]),
    });
    // Two routes of one host stand in one VirtualService, in the order in which they are tried.
    expect(named('VirtualService', 'exact').spec.http.map(({ name }: Json) => name)).toEqual([
      'exact-0',
      'patterned-0',
    ]);
  });
});

describe('the export to the Gateway API', () => {
  it('has an HTTPRoute for each route, with retries in the experimental channel only', async () => {
    const all = await documents('format=gateway-api&gateway=public');
    const orders = all.find(({ metadata }) => metadata.name === 'orders');
    expect(orders).toMatchObject({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      spec: { parentRefs: [{ name: 'public' }], hostnames: ['orders.example.com', '*.shop.test'] },
    });
    const [rule] = orders.spec.rules;
    expect(rule).toMatchObject({
      matches: [
        { path: { type: 'PathPrefix', value: '/orders' }, method: 'GET' },
        { path: { type: 'PathPrefix', value: '/orders' }, method: 'POST' },
      ],
      timeouts: { request: '5s', backendRequest: '1s' },
      backendRefs: [
        { name: 'orders-v1', weight: 4 },
        { name: 'orders-v2', weight: 1 },
      ],
    });
    expect(rule.retry).toBeUndefined();
    const tried = await documents('format=gateway-api&channel=experimental');
    expect(tried.find(({ metadata }) => metadata.name === 'orders').spec.rules[0].retry).toEqual({ attempts: 2, backoff: '25ms', codes: [502, 503, 504] }); // prettier-ignore
    expect(all.find(({ metadata }) => metadata.name === 'cookied').spec.rules[0].matches[0].headers[0]).toEqual({
      type: 'RegularExpression',
      name: 'cookie',
      value: '(.*;\\s*)?beta=(?:a+)(;.*)?',
    });
  });
});

describe('the exports to Envoy and Caddy', () => {
  it('have the same routes in their own words', async () => {
    const envoy = JSON.parse((await exported('format=envoy&port=9000')).text);
    const { listeners, clusters } = envoy.static_resources;
    expect(listeners[0].address.socket_address).toEqual({ address: '0.0.0.0', port_value: 9000 });
    const hosts = listeners[0].filter_chains[0].filters[0].typed_config.route_config.virtual_hosts;
    expect(hosts.map(({ name }: Json) => name)).toContain('*.shop.test');
    expect(clusters.find(({ name }: Json) => name === 'orders-stable')).toMatchObject({
      type: 'STATIC',
      lb_policy: 'ROUND_ROBIN',
      outlier_detection: { consecutive_5xx: 7, base_ejection_time: '9s' },
      load_assignment: { endpoints: [{ locality: { zone: 'z1' } }, { locality: { zone: 'z2' } }] },
    });
    const caddy = JSON.parse((await exported('format=caddy')).text);
    const { routes } = caddy.apps.http.servers.mesh;
    const orders = routes.find(({ match }: Json) => match?.[0].host?.includes('orders.example.com'));
    const proxy = orders.handle[0].routes[0].handle.at(-1);
    expect(proxy.upstreams).toHaveLength(5);
    expect(proxy.load_balancing).toMatchObject({ selection_policy: { policy: 'round_robin' }, retries: 2 });
  });

  it('of what the caller may not see tell nothing', async () => {
    await app.api.post(ROUTES, { name: 'secret', match: { hosts: ['secret.example.com'] }, destinations: [{ host: 'a.test', port: 80 }], security_context: { visibility: 'restricted', readers: ['role:none'] } }); // prettier-ignore
    const { body } = await app.api.post('/api/v1/gateway/keys', { name: 'r', type: 'api_key', permissions: ['read:mesh_route'] }); // prettier-ignore
    for (const format of ['istio', 'gateway-api', 'envoy', 'haproxy', 'caddy']) {
      expect((await exported(`format=${format}`)).text).toContain('secret.example.com');
      const answer = await app.api.as(body.key).get(`/api/v1/mesh/export?format=${format}`);
      expect(JSON.stringify(answer.body)).not.toContain('secret.example.com');
    }
    expect((await app.api.get('/api/v1/mesh/export?format=nginx')).body.errors[0].field).toBe('format');
  });
});
