import { useOwnService } from './support/own-service.js';

jest.setTimeout(240_000);

const own = useOwnService();
const TRACE = '5b8efff798038103d269b633813fc60c';
const SPAN_MS = 1_000_000n;

/** Runs a command of the mesh that works, and answers what it printed. */
async function mesh(...args: string[]): Promise<string> {
  const ended = await own.ureg('mesh', ...args);
  expect([args, ended.code, ended.code === 0 ? '' : ended.stderr]).toEqual([args, 0, '']);
  return ended.stdout;
}

const STABLE = '10.0.3.17:8080,name=stable,weight=80';
const CANARY = '10.0.3.18:8080,name=canary,weight=20';

beforeAll(async () => {
  const where = ['--host', 'orders.example.com', '--path', '/orders', '--method', 'GET'];
  await mesh('add-route', 'orders', ...where, '--destination', STABLE, '--destination', CANARY, '--attempts', '2');
});

describe('a route', () => {
  it('is what was typed, and is listed with where it leads', async () => {
    const route = await own.json<object>('mesh', 'get', 'orders');
    expect(route).toMatchObject({
      key: 'route_orders',
      match: { hosts: ['orders.example.com'], path: '/orders', methods: ['GET'] },
      destinations: [
        { name: 'stable', host: '10.0.3.17', port: 8080, weight: 80 },
        { name: 'canary', host: '10.0.3.18', port: 8080, weight: 20 },
      ],
      retry: { attempts: 2 },
    });
    expect(await mesh('routes')).toContain('route_orders\thttp\tGET orders.example.com/orders\tstable*80,canary*20\t');
  });

  it('is refused with the field that is wrong', async () => {
    const ended = await own.ureg('mesh', 'add-route', 'wrong', '--destination', 'a:1,weight=-1');
    expect([ended.code, ended.stderr]).toEqual([11, expect.stringContaining('destinations.0.weight')]);
    expect((await own.ureg('mesh', 'add-route', 'wrong', '--destination', 'a:1,weigh=1')).code).toBe(2);
    expect((await own.ureg('mesh', 'get', 'nowhere')).code).toBe(3);
  });
});

describe('a request', () => {
  it('is explained: route, split branch, destination and breaker verdict, in words', async () => {
    await mesh('traffic-split', 'orders', 'canary=1', '--header', 'x-canary');
    const canary = await mesh('explain', 'orders.example.com/orders/42', '-H', 'x-canary: 1');
    expect(canary.split('\n')).toEqual([
      'route_orders sends it to http://10.0.3.18:8080 (canary)',
      'STEP\tSAYS\tBECAUSE',
      'route route_orders\ttakes it\tall it asks for is there',
      'split\tcanary\ta header says so, rule 1',
      'destination\thttp://10.0.3.18:8080\tthe only address',
      'breaker\tclosed\tlets it through',
      'sent\t/orders/42\twithin 15000 ms, 2 retries',
      '',
    ]);
    const refused = await own.ureg('mesh', 'explain', 'orders.example.com/orders', '-X', 'POST', '--exit-code');
    expect([refused.code, refused.stdout]).toEqual([10, expect.stringContaining('it is for other methods')]);
    await mesh('traffic-split', 'orders', '--none');
    expect(await own.json('mesh', 'get', 'orders')).not.toMatchObject({ traffic_split: { type: 'header' } });
  });

  it('is resolved to an address for programs, and its outcome reported', async () => {
    await mesh('traffic-split', 'orders', 'canary=100%', '--sticky', 'split');
    const place = ['resolve', 'orders', 'orders.example.com/orders'];
    expect(await mesh(...place, '-o', 'name')).toBe('http://10.0.3.18:8080\n');
    expect(await mesh('report', 'orders', 'failed', '--destination', 'canary', '--http-status', '503')).toBe(
      'a request of orders failed; its circuit breaker is closed\n',
    );
    expect((await own.ureg('mesh', 'resolve', 'orders', 'other.example.com/')).code).toBe(10);
    await mesh('traffic-split', 'orders', '--none');
  });
});

describe('a circuit breaker', () => {
  it('is set, tripped only when that is confirmed, and reset', async () => {
    expect(await mesh('circuit-breaker', 'set', 'orders', '--failure-threshold', '3')).toMatch(/is closed$/m);
    const unasked = await own.ureg('mesh', 'breaker', 'trip', 'orders');
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    expect(await mesh('breaker', 'trip', 'orders', '--for', '10m', '--reason', 'wrong', '--yes')).toMatch(
      /^the circuit breaker of route_orders is open, half open in 10m$/m,
    );
    expect(await own.json('mesh', 'breaker', 'orders')).toMatchObject({ state: 'open', reason: 'wrong' });
    expect(await mesh('explain', 'orders.example.com/orders')).toMatch(
      /^route_orders takes it, and its circuit breaker lets nothing through: the proxy answers 503$/m,
    );
    expect(await mesh('breaker', 'reset', 'orders')).toBe('the circuit breaker of route_orders is closed\n');
  });
});

describe('the mesh as a whole', () => {
  it('has settings, that are put into what is there, and balancers of services', async () => {
    await mesh('config', 'set', 'timeout_ms=5000', 'circuit_breaker.failure_threshold=10');
    await mesh('config', 'set', 'load_balancer=random');
    expect(await mesh('tracing', 'enable', '--sample', '10')).toMatch(
      /^the proxy traces \d+ % of requests, at most \d+ a second$/m,
    );
    expect(await own.json('mesh', 'config')).toMatchObject({
      timeout_ms: 5000,
      load_balancer: 'random',
      circuit_breaker: { failure_threshold: 10 },
      tracing: { enabled: true, sample_percent: 10 },
    });
    await mesh('config', 'set', '--unset', 'circuit_breaker');
    expect(await own.json('mesh', 'config')).toMatchObject({ circuit_breaker: null });
    await own.ureg('service', 'create', 'shop');
    expect(await mesh('balancer', 'shop', 'least_conn')).toBe('svc_shop is balanced by least_conn\n');
  });

  it('is told apart by versions, and rolled back when that is confirmed', async () => {
    const [{ version }] = await own.json<{ version: number }[]>('mesh', 'versions', '--limit', '1');
    await mesh('update', 'orders', '--timeout-ms', '2000');
    await mesh('add-route', 'more', '--destination', '10.0.3.19:80');
    const diff = await own.ureg('mesh', 'diff', String(version), '--exit-code');
    expect([diff.code, diff.stdout.split('\n').slice(1, -1).sort()]).toEqual([
      10,
      ['more\tadded\t-\t-', 'orders\tchanged\ttimeout_ms\t2000'],
    ]);
    expect(await mesh('versions', 'get', String(version))).toMatch(/^orders\tactive\thttp$/m);
    expect((await own.ureg('mesh', 'rollback', String(version))).code).toBe(2);
    expect(await mesh('rollback', String(version), '--dry-run')).toContain('orders\tchanged');
    expect(await mesh('rollback', String(version), '--yes')).toMatch(/^the mesh is as in version \d+, now version \d+: 2 routes changed$/m); // prettier-ignore
    expect((await own.ureg('mesh', 'get', 'more')).code).toBe(3);
    expect((await own.ureg('mesh', 'diff', String(version), '--exit-code')).code).toBe(0);
  });

  it('is written in the languages of proxies and clusters', async () => {
    for (const [format, shown] of [
      ['istio', 'kind: VirtualService'],
      ['gateway-api', 'kind: HTTPRoute'],
      ['envoy', '"static_resources"'],
      ['haproxy', 'bind 0.0.0.0:8081'],
      ['caddy', '"apps"'],
    ])
      expect(await mesh('export', '--format', format ?? '', '--port', '8081')).toContain(shown);
    expect(await mesh('export', '--format', 'istio', '--namespace', 'shop', '--to', 'routes.yaml')).toBe('');
    expect(await mesh('export', '-o', 'yaml')).toContain('name: orders');
    expect((await own.ureg('mesh', 'export', '--port', '80')).code).toBe(2);
    expect((await own.ureg('mesh', 'export', '--format', 'nginx')).code).toBe(2);
    expect(await own.ureg('mesh', 'clients')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/no proxy/) }); // prettier-ignore
  });
});

interface Sent {
  span: string;
  parent?: string;
  service: string;
  name: string;
  kind: 2 | 3;
  from: number;
  ms: number;
  failure?: string;
}

/** As an OpenTelemetry exporter sends them: OTLP in JSON, times in nanoseconds. */
async function exportSpans(spans: readonly Sent[], began = Date.now() - 1000): Promise<void> {
  const nanoseconds = (at: number): string => String((BigInt(began) + BigInt(at)) * SPAN_MS);
  const resourceSpans = spans.map(({ span, parent, service, name, kind, from, ms, failure }) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [
      {
        spans: [
          {
            traceId: TRACE,
            spanId: span,
            parentSpanId: parent,
            name,
            kind,
            startTimeUnixNano: nanoseconds(from),
            endTimeUnixNano: nanoseconds(from + ms),
            status: failure === undefined ? {} : { code: 2, message: failure },
          },
        ],
      },
    ],
  }));
  const answer = await fetch(`${own.service.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${own.service.adminKey}` },
    body: JSON.stringify({ resourceSpans }),
  });
  expect([answer.status, await answer.json()]).toEqual([200, {}]);
}

describe('a trace', () => {
  beforeAll(() =>
    exportSpans([
      { span: 'a'.repeat(16), service: 'frontend', name: 'GET /orders', kind: 2, from: 0, ms: 100 },
      { span: 'b'.repeat(16), parent: 'a'.repeat(16), service: 'frontend', name: 'POST', kind: 3, from: 20, ms: 60 },
      { span: 'c'.repeat(16), parent: 'b'.repeat(16), service: 'checkout', name: 'POST /pay', kind: 2, from: 25, ms: 50, failure: 'no such card' }, // prettier-ignore
    ]),
  );

  it('is drawn as a waterfall, what failed by other marks', async () => {
    const [head, ...lines] = (await mesh('traces', 'show', TRACE)).split('\n');
    expect(head).toMatch(new RegExp(`^${TRACE} {2}\\S+Z {2}100 ms {2}3 spans, 1 failed$`));
    const row = (label: string, from: number, bar: string, time: string): string =>
      `${label.padEnd(24)}${(' '.repeat(from) + bar).padEnd(40)}  ${time.padStart(6)}`;
    expect(lines).toEqual([
      `${' '.repeat(24)}0 ms${' '.repeat(30)}100 ms`,
      row('frontend GET /orders', 0, '='.repeat(40), '100 ms'),
      row('  frontend POST', 8, '='.repeat(24), '60 ms'),
      row('    checkout POST /pay', 10, '#'.repeat(20), '50 ms'),
      '      failed: no such card',
      '',
    ]);
    expect(await mesh('traces', 'show', TRACE, '-o', 'wide')).toMatch(/^ {4}checkout POST \/pay\tserver\t25\t50\t50\tfailed\tno such card\t/m); // prettier-ignore
    expect(await own.json('mesh', 'traces', 'show', TRACE)).toMatchObject({
      roots: [{ children: [{ children: [{}] }] }],
    });
    expect((await own.ureg('mesh', 'traces', 'show', '0'.repeat(32))).code).toBe(3);
  });

  it('is found by service, duration and errors, and drawn into the map of calls', async () => {
    const found = ['traces', '--service', 'checkout', '--slower', '90ms', '--errors', '-o', 'name'];
    expect(await mesh(...found)).toBe(`${TRACE}\n`);
    for (const no of [['--no-errors'], ['--slower', '2s'], ['--service', 'mail'], ['--route', 'orders']])
      expect(await mesh('traces', ...no)).toBe('');
    expect(await mesh('topology', '--window', '1h')).toMatch(/^frontend\tcheckout\t1\t100.0 %\t/m);
    expect(await mesh('topology', '--services')).toMatch(/^checkout\t-\t1\t100.0 %\t/m);
  });
});

describe('the figures of the mesh', () => {
  it('count what was reported, by route and destination', async () => {
    await mesh('report', 'orders', 'succeeded', '--destination', 'stable', '--latency-ms', '12');
    const until = Date.now() + 20_000;
    let shown = '';
    while (!/^stable\t1\t/m.test(shown) && Date.now() < until) shown = await mesh('metrics', 'orders');
    expect(shown).toMatch(/^all\t2\t1\t50.0 %\t[^]*^stable\t1\t0\t0.0 %\t/m);
    expect(await mesh('stats', '--minutes', '60')).toMatch(/^requests\t2$/m);
    await mesh('metrics', 'record', 'orders', 'queue=4');
    expect(await mesh('metrics', 'orders', '--recorded')).toMatch(/^queue\t4\t/m);
  });
});
