import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ProxiedSpans } from '../../src/kinds/mesh/traces/proxied-spans.js';
import { SpanPartitions } from '../../src/kinds/mesh/traces/span-partitions.js';
import { MeshSpans } from '../../src/kinds/mesh/spans.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const TRACES = '/api/v1/mesh/traces';
const run = promisify(execFile);
const PROTOBUF = 'application/x-protobuf';

let app: TestApp;
let api: ApiClient;
beforeAll(async () => {
  app = await testApp();
  api = app.api;
});
afterAll(() => app.close());

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const nanos = (ms: number): string => `${Math.round(ms)}000000`;

interface Told {
  traceId?: string;
  spanId?: string;
  parent?: string;
  service?: string;
  name?: string;
  kind?: number;
  from?: number;
  ms?: number;
  failed?: boolean;
  attributes?: Json[];
}

const spanOf = ({ traceId = hex(16), spanId = hex(8), parent, name = 'work', kind = 2, from = Date.now(), ms = 10, failed, attributes = [] }: Told): Json => ({
  traceId,
  spanId,
  ...(parent !== undefined && { parentSpanId: parent }),
  name,
  kind,
  startTimeUnixNano: nanos(from),
  endTimeUnixNano: nanos(from + ms),
  attributes,
  status: failed ? { code: 2, message: 'it broke' } : {},
}); // prettier-ignore
const sent = (...told: Told[]): Json => ({
  resourceSpans: told.map((one) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: one.service ?? 'shop' } }] },
    scopeSpans: [{ scope: { name: 'test' }, spans: [spanOf(one)] }],
  })),
});
const send = async (...told: Told[]): Promise<void> => {
  expect(await api.post('/v1/traces', sent(...told))).toMatchObject({ status: 200, body: {} });
};
const tree = async (traceId: string): Promise<Json> => (await api.get(`${TRACES}/${traceId}`)).body;

describe('an OpenTelemetry SDK', () => {
  it.each(['json', 'json-gzip', 'protobuf'])(
    'that exports %s shows up as a tree of spans, children before their parents',
    async (encoding) => {
      const { body: key } = await api.post('/api/v1/gateway/keys', { name: 'otel', type: 'api_key', permissions: ['write:traces'] }); // prettier-ignore
      const { stdout } = await run(process.execPath, ['test/support/otel-exporter.mjs', `${app.url}/v1/traces`, key.key, encoding]); // prettier-ignore
      const { traceId, root, child } = JSON.parse(stdout) as Record<string, string>;
      const found = await tree(traceId);
      expect(found).toMatchObject({
        trace_id: traceId,
        root_service: 'frontend',
        root_name: 'GET /orders',
        spans: 2,
        errors: 1,
        services: ['frontend'],
        truncated: false,
        roots: [
          {
            span_id: root,
            parent_span_id: null,
            parent_missing: false,
            service: 'frontend',
            name: 'GET /orders',
            kind: 'server',
            error: false,
            scope: 'shop',
            attributes: { 'http.route': '/orders', size: 3, deep: ['a', 'b'] },
            children: [
              {
                span_id: child,
                parent_span_id: root,
                kind: 'client',
                error: true,
                message: 'no such table',
                peer: 'postgresql',
                attributes: { 'db.system': 'postgresql', ratio: 0.5, cached: false },
                events: [{ name: 'retry', attributes: { attempt: 2 } }, { name: 'exception' }],
                children: [],
              },
            ],
          },
        ],
      });
      expect(found.roots[0].resource['service.name']).toBe('frontend');
      expect(found.roots[0].duration_ms).toBeGreaterThanOrEqual(found.roots[0].children[0].duration_ms);
    },
  );
});

describe('spans', () => {
  it('that come twice are there once, and a parent that never comes is said to be missing', async () => {
    const traceId = hex(16);
    const one = { traceId, spanId: hex(8), parent: hex(8), name: 'lost', from: Date.now() };
    await send(one);
    await send(one, { traceId, spanId: hex(8), name: 'root', from: one.from - 50, ms: 100 });
    const { roots, spans } = await tree(traceId);
    expect(spans).toBe(2);
    expect(roots.map(({ name, parent_missing }: Json) => [name, parent_missing])).toEqual([
      ['root', false],
      ['lost', true],
    ]);
  });

  it('that are each other’s parents are told all the same', async () => {
    const [traceId, a, b] = [hex(16), hex(8), hex(8)];
    await send({ traceId, spanId: a, parent: b, name: 'a' }, { traceId, spanId: b, parent: a, name: 'b', from: Date.now() + 500 }); // prettier-ignore
    const { roots } = await tree(traceId);
    expect(roots).toHaveLength(1);
    expect(roots[0]).toMatchObject({ name: 'a', children: [{ name: 'b', children: [] }] });
  });

  it('that cannot be taken are counted, and the others are taken', async () => {
    const good = hex(16);
    const body = sent({ traceId: good });
    const spans = body.resourceSpans[0].scopeSpans[0].spans;
    spans.push({ ...spanOf({}), traceId: '0'.repeat(32) }, { ...spanOf({}), startTimeUnixNano: '1' }, 7, {
      ...spanOf({}),
      name: 5,
    });
    const answer = await api.post('/v1/traces', body);
    expect(answer.status).toBe(200);
    expect(answer.body.partialSuccess).toEqual({
      rejectedSpans: '4',
      errorMessage: 'traceId must be 32 hex digits that are not all 0',
    });
    expect((await tree(good)).spans).toBe(1);
  });

  it('with texts that no database takes are stored with what it takes', async () => {
    const traceId = hex(16);
    await send({ traceId, name: 'nul\0 \ud800', attributes: [{ key: 'a\0', value: { stringValue: '\udfff' } }, { key: '__proto__', value: { intValue: '9223372036854775807' } }, { key: 'n', value: { doubleValue: 'NaN' } }] }); // prettier-ignore
    const [root] = (await tree(traceId)).roots;
    expect(root.name).toBe('nul\uFFFD \uFFFD');
    expect(JSON.stringify(root.attributes)).toBe('{"n":"NaN","a\uFFFD":"\uFFFD","__proto__":"9223372036854775807"}');
  });
});

describe('POST /v1/traces', () => {
  it('answers errors as google.rpc.Status in the encoding of the request', async () => {
    const wrong = await api.post('/v1/traces', '{"resourceSpans":[');
    expect([wrong.status, wrong.body.code]).toEqual([400, 3]);
    expect(wrong.body.message).toMatch(/^body is not valid JSON/);
    expect((await api.post('/v1/traces', '{"resourceSpans":5}')).body).toEqual({ code: 3, message: 'resourceSpans must be a list' }); // prettier-ignore
    expect((await api.as(undefined).post('/v1/traces', '{}')).body).toMatchObject({ code: 16 });
    const binary = await api.fetch('POST', '/v1/traces', Buffer.from([0xff, 0xff]), { 'content-type': PROTOBUF });
    expect([binary.status, binary.headers.get('content-type')]).toEqual([400, PROTOBUF]);
    const status = Buffer.from(await binary.arrayBuffer());
    expect([status[0], status[1]]).toEqual([8, 3]);
    expect(status.toString('utf8')).toContain('is not the protobuf message');
    expect((await api.post('/v1/traces', 'a: b', { 'content-type': 'application/yaml' })).status).toBe(415);
  });

  it('refuses what is larger than 64 MiB inflated, however small it was', async () => {
    const bomb = gzipSync(Buffer.alloc(65 * 1024 ** 2, 0x20));
    const answer = await api.post('/v1/traces', bomb, { 'content-encoding': 'gzip' });
    expect([answer.status, answer.body]).toEqual([413, { code: 8, message: 'The body is larger than 64 MiB.' }]);
  });

  it('takes a body of many megabytes apart, whatever order its parts have', async () => {
    const traceId = hex(16);
    const filler = 'x'.repeat(4000);
    const spans = Array.from({ length: 1200 }, () => ({
      ...spanOf({ traceId }),
      attributes: [{ key: 'filler', value: { stringValue: filler } }],
    }));
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'late' } }] };
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }], unknown: [[{}]], resource }] });
    expect(body.length).toBeGreaterThan(4 * 1024 ** 2);
    expect((await api.post('/v1/traces', body)).body).toEqual({});
    expect(await tree(traceId)).toMatchObject({ spans: 1200, services: ['late'] });
    expect((await api.post('/v1/traces', body.slice(0, -3))).status).toBe(400);
  });
});

describe('GET /mesh/traces', () => {
  it('finds by service, duration, errors and time, page by page', async () => {
    const from = new Date().toISOString();
    const ids = Array.from({ length: 5 }, () => hex(16));
    for (const [i, traceId] of ids.entries())
      await send({ traceId, service: 'pages', name: `n${i}`, ms: 100 * (i + 1), failed: i === 2, from: Date.now() + 10 * i }); // prettier-ignore
    const names = async (query: string): Promise<string[]> => {
      const answer = await api.get(`${TRACES}?service=pages&from=${from}&${query}`);
      expect(answer.status).toBe(200);
      return answer.body.map(({ root_name }: Json) => root_name);
    };
    expect(await names('')).toEqual(['n4', 'n3', 'n2', 'n1', 'n0']);
    expect(await names('min_ms=300')).toEqual(['n4', 'n3', 'n2']);
    expect(await names('error=true')).toEqual(['n2']);
    expect(await names('error=false&limit=2&offset=1')).toEqual(['n3', 'n1']);
    const first = await api.get(`${TRACES}?service=pages&from=${from}&limit=3&count=exact`);
    expect(first.headers.get('x-total-count')).toBe('5');
    const next = /<([^>]+)>/.exec(first.headers.get('link')!)![1];
    expect((await api.get(next)).body.map(({ root_name }: Json) => root_name)).toEqual(['n1', 'n0']);
    expect((await api.get(`${TRACES}?min_ms=x`)).body.errors[0].field).toBe('min_ms');
    expect((await api.get(`${TRACES}/${hex(16)}`)).body.code).toBe('trace.not_found');
  });

  it('shows no trace that went by what the caller may not see', async () => {
    await api.post('/api/v1/services', { name: 'hidden-vault', security_context: { visibility: 'restricted', readers: ['role:none'] } }); // prettier-ignore
    const traceId = hex(16);
    await send({ traceId, service: 'open', name: 'root', spanId: 'aaaaaaaaaaaaaaaa' }, { traceId, service: 'hidden-vault', parent: 'aaaaaaaaaaaaaaaa' }); // prettier-ignore
    const { body } = await api.post('/api/v1/gateway/keys', { name: 'r', type: 'api_key', permissions: ['read:*'] });
    const reader = api.as(body.key);
    expect((await api.get(`${TRACES}?service=open`)).body).toHaveLength(1);
    expect((await reader.get(`${TRACES}?service=open`)).body).toHaveLength(0);
    expect((await reader.get(`${TRACES}/${traceId}`)).status).toBe(404);
    expect(JSON.stringify((await reader.get('/api/v1/mesh/topology')).body)).not.toContain('hidden-vault');
    expect(JSON.stringify((await api.get('/api/v1/mesh/topology')).body)).toContain('hidden-vault');
  });
});

describe('GET /mesh/topology', () => {
  it('draws who calls whom with rates and errors, also to those who send no spans', async () => {
    const [traceId, a, b, c] = [hex(16), hex(8), hex(8), hex(8)];
    await api.post('/api/v1/services', { name: 'map-orders' });
    await send({ traceId, spanId: c, parent: b, service: 'map-orders', name: 'POST', ms: 30, failed: true });
    await send(
      { traceId, spanId: a, service: 'map-web', name: 'GET /', ms: 50 },
      { traceId, spanId: b, parent: a, service: 'map-web', kind: 3, name: 'call', ms: 40, attributes: [{ key: 'peer.service', value: { stringValue: 'map-orders' } }] }, // prettier-ignore
      { traceId, spanId: hex(8), parent: c, service: 'map-orders', kind: 3, ms: 5, attributes: [{ key: 'db.system', value: { stringValue: 'map-db' } }] }, // prettier-ignore
    );
    const { nodes, edges } = (await api.get('/api/v1/mesh/topology?window=300')).body;
    const mine = edges.filter(({ source }: Json) => source.startsWith('map-'));
    expect(mine).toMatchObject([
      { source: 'map-orders', target: 'map-db', calls: 1, errors: 0, avg_ms: 5 },
      { source: 'map-web', target: 'map-orders', calls: 1, errors: 1, error_rate: 1, avg_ms: 30 },
    ]);
    expect(nodes.filter(({ service }: Json) => service.startsWith('map-'))).toMatchObject([
      { service: 'map-db', key: null, requests: 0 },
      { service: 'map-orders', key: 'svc_map-orders', requests: 1, errors: 1 },
      { service: 'map-web', key: null, requests: 1, errors: 0, avg_ms: 50 },
    ]);
  });
});

describe('what the proxy measured', () => {
  it('is found by the route it went by', async () => {
    const { body: route } = await api.post('/api/v1/mesh/routes', { name: 'traced', destinations: [{ host: 'a.internal', port: 80 }] }); // prettier-ignore
    const [{ id }] = await app.uow.query<{ id: string }>('SELECT id FROM entry WHERE uid = $1', [route.id]);
    const [traceId, spanId] = [hex(16), hex(8)];
    const one = { traceId, routeId: id, route: 'route_traced', service: 'mesh-proxy', peerService: null, peer: null, attributes: {}, status: 200, error: null }; // prettier-ignore
    const start = Date.now() - 20.5;
    app.app.get(MeshSpans).record([
      { ...one, spanId: hex(8), parentSpanId: spanId, name: 'GET 10.0.0.1:80', kind: 'client', start: start + 1, end: start + 9, peerService: 'svc_traced@1.0.0', peer: '10.0.0.1:80' }, // prettier-ignore
      { ...one, spanId, parentSpanId: null, name: 'GET route_traced', kind: 'server', start, end: start + 10 },
    ]);
    await eventually('the trace is there', async () => (await api.get(`${TRACES}/${traceId}`)).status === 200);
    const found = (await api.get('/api/v1/mesh/routes/traced/traces')).body;
    expect(found).toMatchObject([{ trace_id: traceId, spans: 2, services: ['mesh-proxy'] }]);
    expect(await tree(traceId)).toMatchObject({
      roots: [{ route: 'route_traced', duration_ms: 10, self_ms: 2, children: [{ peer: 'traced', offset_ms: 1 }] }],
    });
    expect((await api.get('/api/v1/mesh/routes/nowhere/traces')).body.code).toBe('mesh_route.not_found');
    expect(app.app.get(MeshSpans)).toBeInstanceOf(ProxiedSpans);
  });
});

describe('old spans', () => {
  it('go a day at a time, and what comes then makes its day by itself', async () => {
    const traceId = hex(16);
    await send({ traceId });
    const partitions = app.app.get(SpanPartitions);
    await partitions.keep(Date.now() + 9 * 86_400_000);
    expect((await api.get(`${TRACES}/${traceId}`)).status).toBe(404);
    expect(await app.uow.query('SELECT FROM mesh_span')).toHaveLength(0);
    await send({ traceId });
    expect((await tree(traceId)).spans).toBe(1);
  });
});
