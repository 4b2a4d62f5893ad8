import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import { Client, Metadata, Server, ServerCredentials, credentials, status } from '@grpc/grpc-js';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { AdsServer } from '../../src/kinds/mesh/xds/ads/ads-server.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const ROUTES = '/api/v1/mesh/routes';
const ADS = '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources';
const TYPES = {
  clusters: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoints: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  listeners: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  routes: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
};

let app: TestApp;
let api: ApiClient;
let key: string;
let xdsPort: number;
const servers: Server[] = [];
const ports: Record<string, number> = {};

const same = (bytes: Buffer): Buffer => bytes;

async function grpcServer(name: string): Promise<void> {
  const server = new Server();
  const method = { path: '/shop.Orders/Get', requestStream: false, responseStream: false, requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same }; // prettier-ignore
  server.addService({ Get: method }, { Get: (_: unknown, done: (error: null, answer: Buffer) => void) => done(null, Buffer.from(name)) }); // prettier-ignore
  servers.push(server);
  ports[name] = await new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port))); // prettier-ignore
  });
}

beforeAll(async () => {
  app = await testApp({ env: { XDS_PORT: '0', RATE_LIMIT_DEFAULT: 'off' } });
  api = app.api;
  xdsPort = app.app.get(AdsServer).port!;
  key = (await api.post('/api/v1/gateway/keys', { name: 'proxy', type: 'service_key', permissions: ['read:mesh_route'] })).body.key; // prettier-ignore
  await grpcServer('one');
  await grpcServer('two');
  for (const name of ['one', 'two']) {
    await api.post('/api/v1/services', { name: `orders-${name}` });
    await api.post(`/api/v1/services/orders-${name}/instances`, { host: '127.0.0.1', port: ports[name] });
  }
  const made = await api.post(ROUTES, {
    name: 'orders',
    type: 'grpc',
    match: { hosts: ['orders.test'], path: '/shop.Orders' },
    destinations: [
      { name: 'stable', service: 'svc_orders-one', weight: 80 },
      { name: 'canary', service: 'svc_orders-two', weight: 20 },
    ],
    load_balancer: 'least_conn',
    retry: { attempts: 2 },
    circuit_breaker: { failure_threshold: 3 },
    traffic_split: { type: 'header', rules: [{ destination: 'canary', name: 'x-canary', value: '1' }] },
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
});
afterAll(async () => {
  for (const server of servers) server.forceShutdown();
  await app.close();
});

const clientNamed = async (id: string): Promise<Json> =>
  (await api.get('/api/v1/mesh/clients')).body.find(({ node_id }: Json) => node_id === id);

describe('a gRPC client of grpc-js-xds', () => {
  let child: ChildProcessWithoutNullStreams;
  let lines: Interface;
  const calls = async (target: string, n: number, metadata: object = {}): Promise<Json> => {
    child.stdin.write(`${JSON.stringify({ target: `xds:///${target}`, calls: n, metadata })}\n`);
    const [line] = (await once(lines, 'line')) as [string];
    return JSON.parse(line);
  };

  beforeAll(() => {
    const bootstrap = {
      xds_servers: [{ server_uri: `127.0.0.1:${xdsPort}`, channel_creds: [{ type: 'insecure' }], server_features: ['xds_v3'] }], // prettier-ignore
      node: { id: 'grpc-client', cluster: 'shop', metadata: { 'x-api-key': key }, locality: { zone: 'z1' } },
    };
    child = spawn(process.execPath, ['test/support/xds-client.mjs'], {
      env: { ...process.env, GRPC_XDS_BOOTSTRAP_CONFIG: JSON.stringify(bootstrap) },
      stdio: ['pipe', 'pipe', 'inherit'],
    }) as unknown as ChildProcessWithoutNullStreams;
    lines = createInterface({ input: child.stdout });
  });
  afterAll(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
  });

  it('takes its routes from the registry, splits 80/20, and by header before', async () => {
    const { counts } = await calls('orders.test', 400);
    // Six standard deviations.
    expect(counts.one + counts.two).toBe(400);
    expect(counts.two).toBeGreaterThan(32);
    expect(counts.two).toBeLessThan(128);
    expect(await calls('orders.test', 50, { 'x-canary': '1' })).toEqual({ counts: { two: 50 } });
  });

  it('hears of a change at once', async () => {
    await api.patch(`${ROUTES}/orders`, { destinations: [{ name: 'canary', service: 'svc_orders-two', weight: 1 }] });
    await eventually('all go to the other', async () => {
      const { counts, error } = await calls('orders.test', 5);
      // Nobody is sent into the void while it changes.
      expect(error).toBeUndefined();
      return counts.two === 5;
    });
    await eventually('its versions are shown', async () => (await clientNamed('grpc-client'))?.up_to_date === true);
    const shown = await clientNamed('grpc-client');
    expect(shown).toMatchObject({ cluster: 'shop', protocol: 'ads', connected: true, zone: 'z1' });
    expect(shown.resources.map(({ type }: Json) => type)).toEqual(['clusters', 'endpoints', 'listeners', 'routes']);
    expect(JSON.stringify(shown)).not.toContain(key);
  });
});

describe('an Envoy', () => {
  const poll = (kind: string, version: string, id: string, names: string[] = []): Promise<Json> =>
    api.as(key).post(`/v3/discovery:${kind}`, { version_info: version, node: { id, cluster: 'edge', user_agent_name: 'envoy', locality: { zone: 'z2' }, extensions: [{ name: 'x' }] }, resource_names: names, type_url: TYPES[kind as keyof typeof TYPES] }); // prettier-ignore

  it('polls resources by REST, and is told 304 while nothing changes', async () => {
    for (const kind of ['clusters', 'endpoints', 'listeners', 'routes']) {
      const first = await poll(kind, '', 'envoy-1');
      expect([kind, first.status, first.body.type_url]).toEqual([kind, 200, TYPES[kind as keyof typeof TYPES]]);
      expect(first.body.resources.length).toBeGreaterThan(0);
      const again = await poll(kind, first.body.version_info, 'envoy-1');
      expect([again.status, again.body]).toEqual([304, '']);
    }
    expect((await poll('clusters', '', 'envoy-1', ['nothing'])).body.resources).toEqual([]);
    const { resources } = (await poll('clusters', '', 'envoy-x')).body;
    expect(resources[0]).toMatchObject({
      '@type': TYPES.clusters,
      type: 'EDS',
      lb_policy: 'LEAST_REQUEST',
      eds_cluster_config: { eds_config: { api_config_source: { api_type: 'REST', cluster_names: ['ureg'] } } },
      outlier_detection: { consecutive_5xx: 3 },
    });
    const wrong = await api.as(key).post('/v3/discovery:clusters', { node: 5, resource_names: 'a' });
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'node']);
  });

  it('that still has an old version after it was given another has refused it', async () => {
    const { version_info: old } = (await poll('routes', '', 'envoy-2')).body;
    await poll('routes', old, 'envoy-2');
    await eventually('it is up to date', async () => (await clientNamed('envoy-2'))?.up_to_date === true);
    await api.patch(`${ROUTES}/orders`, { timeout_ms: 1234 });
    let next: string | undefined;
    await eventually('the change is told', async () => {
      next = (await poll('routes', old, 'envoy-2')).body.version_info;
      return next !== undefined;
    });
    expect((await clientNamed('envoy-2')).resources[0]).toMatchObject({ served_version: next, applied_version: old, rejected_version: null }); // prettier-ignore
    await poll('routes', old, 'envoy-2');
    expect((await clientNamed('envoy-2')).resources[0]).toMatchObject({ rejected_version: next, up_to_date: false, error: expect.stringContaining('another version') }); // prettier-ignore
    await poll('routes', next!, 'envoy-2');
    expect((await clientNamed('envoy-2')).resources[0]).toMatchObject({ rejected_version: null, applied_version: next, up_to_date: true }); // prettier-ignore
  });
});

describe('the aggregated discovery service', () => {
  // The requests and answers by Envoy's own numbers, apart from the service's list of them.
  const requestOf = ({ id = 'raw', type, names = [], version = '', nonce = '', error }: { id?: string; type: string; names?: string[]; version?: string; nonce?: string; error?: string }): Buffer => {
    const writer = protobuf.Writer.create().uint32(10).string(version);
    writer.uint32(18).fork().uint32(10).string(id).uint32(50).string('envoy').ldelim();
    for (const name of names) writer.uint32(26).string(name);
    writer.uint32(34).string(type).uint32(42).string(nonce);
    if (error !== undefined) writer.uint32(50).fork().uint32(8).int32(3).uint32(18).string(error).ldelim();
    return Buffer.from(writer.finish());
  }; // prettier-ignore
  const answerOf = (bytes: Buffer): Json => {
    const reader = protobuf.Reader.create(bytes);
    const answer: Json = { resources: 0 };
    while (reader.pos < reader.len) {
      const field = reader.uint32() >>> 3;
      if (field === 2) {
        reader.bytes();
        answer.resources++;
      } else answer[{ 1: 'version', 4: 'type', 5: 'nonce' }[field as 1 | 4 | 5]] = reader.string();
    }
    return answer;
  };

  interface Raw {
    answers: Json[];
    call: ClientDuplexStream<Buffer, Buffer>;
    error: ServiceError | undefined;
    close(): void;
  }
  const open = (metadata: Record<string, string>): Raw => {
    const client = new Client(`127.0.0.1:${xdsPort}`, credentials.createInsecure());
    const headers = new Metadata();
    for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
    const call = client.makeBidiStreamRequest(ADS, same, same, headers);
    const raw: Raw = {
      answers: [],
      call,
      error: undefined,
      close: () => {
        call.cancel();
        client.close();
      },
    };
    call.on('data', (bytes: Buffer) => raw.answers.push(answerOf(bytes)));
    call.on('error', (error: ServiceError) => (raw.error = error));
    return raw;
  };
  const heard = (raw: Raw, n: number): Promise<void> => eventually(`${n} answers came`, () => raw.answers.length >= n);

  it('lets nobody in without a key that may', async () => {
    const { body: weak } = await api.post('/api/v1/gateway/keys', { name: 'weak', type: 'api_key', permissions: ['read:service'] }); // prettier-ignore
    for (const [metadata, code] of [
      [{}, status.UNAUTHENTICATED],
      [{ 'x-api-key': 'ureg_nothing' }, status.UNAUTHENTICATED],
      [{ authorization: `Bearer ${weak.key}` }, status.PERMISSION_DENIED],
    ] as const) {
      const raw = open(metadata);
      raw.call.write(requestOf({ type: TYPES.clusters }));
      await eventually('it is refused', () => raw.error !== undefined);
      expect(raw.error!.code).toBe(code);
      expect(raw.answers).toEqual([]);
      raw.close();
    }
  });

  it('answers no ACK, keeps a NACK with its reason, and tells a change before those who refer to it', async () => {
    const raw = open({ authorization: `Bearer ${key}` });
    for (const type of [TYPES.routes, TYPES.listeners, TYPES.endpoints, TYPES.clusters]) {
      const names = { [TYPES.routes]: ['mesh'], [TYPES.endpoints]: ['orders-canary'] }[type] ?? [];
      raw.call.write(requestOf({ id: 'raw-1', type, names }));
    }
    await heard(raw, 4);
    expect(raw.answers.every(({ resources }) => resources > 0)).toBe(true);
    const [routes, listeners, endpoints, clusters] = raw.answers;
    for (const { version, nonce, type } of [listeners, endpoints, clusters])
      raw.call.write(requestOf({ id: 'raw-1', type, version, nonce, names: type === TYPES.endpoints ? ['orders-canary'] : [] })); // prettier-ignore
    raw.call.write(requestOf({ id: 'raw-1', type: TYPES.routes, names: ['mesh'], nonce: routes.nonce, error: 'virtual_hosts[0]: no' })); // prettier-ignore
    await eventually('the refusal is shown', async () =>
      (await clientNamed('raw-1'))?.resources.some(({ error }: Json) => error === 'virtual_hosts[0]: no'),
    );
    const shown = await clientNamed('raw-1');
    expect(shown.up_to_date).toBe(false);
    expect(shown.resources.find(({ type }: Json) => type === 'routes')).toMatchObject({ rejected_version: routes.version, applied_version: null }); // prettier-ignore
    expect(shown.resources.find(({ type }: Json) => type === 'clusters')).toMatchObject({ applied_version: clusters.version, up_to_date: true }); // prettier-ignore
    expect(raw.answers).toHaveLength(4);

    await api.patch(`${ROUTES}/orders`, {
      timeout_ms: 4321,
      destinations: [
        { name: 'canary', service: 'svc_orders-two', weight: 1 },
        { name: 'third', host: '127.0.0.1', port: 9, weight: 1 },
      ],
    });
    await heard(raw, 6);
    expect(raw.answers.slice(4, 6).map(({ type }) => type)).toEqual([TYPES.clusters, TYPES.routes]);
    raw.close();
  });

  it('refuses what is no request, and messages that are too large', async () => {
    for (const bytes of [Buffer.from([0xff, 0xff, 0xff]), Buffer.alloc(1024 ** 2 + 1)]) {
      const raw = open({ 'x-api-key': key });
      raw.call.write(bytes);
      await eventually('it ends', () => raw.error !== undefined);
      expect([status.INVALID_ARGUMENT, status.RESOURCE_EXHAUSTED]).toContain(raw.error!.code);
      raw.close();
    }
  });

  it('lets go of who has a key that was revoked', async () => {
    const { body } = await api.post('/api/v1/gateway/keys', { name: 'short', type: 'api_key', permissions: ['read:mesh_route'] }); // prettier-ignore
    const raw = open({ 'x-api-key': body.key });
    raw.call.write(requestOf({ id: 'raw-2', type: TYPES.clusters }));
    await heard(raw, 1);
    await api.delete(`/api/v1/gateway/keys/${body.id}`);
    await eventually('it is let go', () => raw.error !== undefined);
    expect(raw.error!.code).toBe(status.UNAUTHENTICATED);
    raw.close();
  });
});
