import { KindCatalog } from '../../src/entries/kind/kind-catalog.js';
import type { KindHooks, Probe } from '../../src/entries/kind/kind-hooks.js';
import { Prober } from '../../src/entries/health/prober.js';
import { AllowedTargets } from '../../src/platform/http-client/allowed-targets.js';
import { OutboundHttp } from '../../src/platform/http-client/outbound-http.js';
import { OutboundSockets } from '../../src/platform/http-client/outbound-sockets.js';
import type { Json } from '../support/api-client.js';
import { doorTo, grpcTarget, httpTarget, redisTarget, tcpTarget } from '../support/probe-targets.js';
import type { ProbeTarget } from '../support/probe-targets.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const SERVICES = '/api/v1/services';
const loopback = AllowedTargets.parse(['127.0.0.1'])!;
const probe = (type: Probe['type'], target: string, more: Partial<Probe> = {}): Probe => ({
  type,
  target,
  interval: 1,
  timeout: 5,
  unhealthyAfter: 1,
  healthyAfter: 1,
  ...more,
});

describe('a probe', () => {
  const prober = new Prober(new OutboundHttp(loopback), new OutboundSockets(loopback));
  const targets: { close(): Promise<void> }[] = [];
  const opened = async <T extends { close(): Promise<void> }>(target: Promise<T>): Promise<T> => {
    targets.push(await target);
    return target;
  };
  const find = async (...args: Parameters<typeof probe>): Promise<[boolean, string]> => {
    const { ok, message } = await prober.probe(probe(...args));
    return [ok, message];
  };
  afterAll(() => Promise.all(targets.map((target) => target.close())));

  it('of HTTP is well by a 2xx, follows no redirect and waits no longer than it may', async () => {
    const target = await opened(httpTarget());
    const url = `http://${target.address}/healthz`;
    expect(await find('http', url)).toEqual([true, 'HTTP 200']);
    for (const status of [503, 302]) {
      target.mood = status;
      expect(await find('http', url)).toEqual([false, `HTTP ${status}`]);
    }
    target.mood = 0;
    expect(await find('http', url, { timeout: 0.2 })).toEqual([false, 'No answer within 0.2 s.']);
  });

  it('of TCP is well when somebody takes the connection', async () => {
    const target = await opened(tcpTarget());
    expect(await find('tcp', target.address)).toEqual([true, 'connected']);
    await target.close();
    expect((await find('tcp', target.address))[0]).toBe(false);
    expect(await find('tcp', 'nonsense')).toEqual([false, 'The target must be host:port.']);
  });

  it('of gRPC is well by SERVING, for the server or for one service of it', async () => {
    const target = await opened(grpcTarget());
    expect(await find('grpc', target.address)).toEqual([true, 'SERVING']);
    expect(await find('grpc', `grpc://${target.address}/shop.Orders`)).toEqual([true, 'SERVING']);
    expect(target.services).toEqual(['/grpc.health.v1.Health/Check ', '/grpc.health.v1.Health/Check shop.Orders']);
    target.mood = 2;
    expect(await find('grpc', target.address)).toEqual([false, 'gRPC says NOT_SERVING.']);
    target.mood = -12;
    expect(await find('grpc', target.address)).toEqual([false, 'gRPC status 12.']);
    const silent = await opened(tcpTarget());
    expect(await find('grpc', silent.address, { timeout: 0.3 })).toEqual([false, 'No answer within 0.3 s.']);
    const plain = await opened(httpTarget());
    expect((await find('grpc', plain.address, { timeout: 2 }))[0]).toBe(false);
  });

  it('of Redis signs in and waits for PONG, and tells no password', async () => {
    const target = await opened(redisTarget());
    expect(await find('redis', target.address)).toEqual([true, 'PONG']);
    target.mood = { password: 'p w', pong: '+PONG' };
    expect(await find('redis', `redis://:p%20w@${target.address}`)).toEqual([true, 'PONG']);
    expect(await find('redis', `redis://user:p%20w@${target.address}/0`)).toEqual([true, 'PONG']);
    expect(await find('redis', target.address)).toEqual([false, 'Redis says NOAUTH.']);
    expect(await find('redis', `redis://:wrong@${target.address}`)).toEqual([false, 'Redis says WRONGPASS.']);
    target.mood = { pong: '-LOADING the dataset' };
    expect(await find('redis', target.address)).toEqual([false, 'Redis says LOADING.']);
    expect((await find('redis', `redis://:s3cret@[x`))[1]).not.toContain('s3cret');
  });

  it('of PostgreSQL signs in and asks a question', async () => {
    const database = await testDatabase({ empty: true });
    try {
      const door = await opened(doorTo(database.url));
      expect(await find('postgresql', door.url)).toEqual([true, 'SELECT 1']);
    } finally {
      await database.close();
    }
    const silent = await opened(tcpTarget());
    const hung = await find('postgresql', `postgresql://u:s3cret@${silent.address}/d`, { timeout: 0.3 });
    expect(hung).toEqual([false, 'No answer within 0.3 s.']);
    await silent.close();
    const gone = await find('postgresql', `postgresql://u:s3cret@${silent.address}/d`);
    expect(gone).toEqual([false, 'PostgreSQL did not answer (ECONNREFUSED).']);
  });

  it.each(['http', 'tcp', 'grpc', 'redis', 'postgresql'] as const)(
    'of %s goes nowhere inside that the operator has not opened',
    async (type) => {
      const target = await opened(tcpTarget());
      const closed = new Prober(new OutboundHttp(), new OutboundSockets());
      const text = ['http', 'postgresql'].includes(type) ? `${type}://${target.address}` : target.address;
      const { ok, message } = await closed.probe(probe(type, text));
      expect(ok).toBe(false);
      expect(message).toContain('may not reach');
      const metadata = await closed.probe(probe(type, text.replace('127.0.0.1', '169.254.169.254')));
      expect(metadata.message).toContain('may not reach');
      expect(target.asked).toBe(0);
    },
  );
});

describe('the health of an entry', () => {
  let app: TestApp;
  let probes: Map<string, Probe>;
  const targets: { close(): Promise<void> }[] = [];
  let count = 0;

  /** Every service is probed as `probes` says, whatever hooks its kind has. */
  const probing = (one: TestApp): void => {
    const catalog = one.app.get(KindCatalog);
    const hooksOf = catalog.hooksOf.bind(catalog);
    const probeOf: KindHooks['probeOf'] = ({ name }) => probes.get(name);
    catalog.hooksOf = (type) => (type === 'service' ? { ...hooksOf(type), probeOf } : hooksOf(type));
  };

  beforeAll(async () => {
    probes = new Map();
    app = await testApp({ env: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    probing(app);
  });
  afterAll(async () => {
    await Promise.all(targets.map((target) => target.close()));
    await app.close();
  });

  const service = async (what?: Probe, status = 'running'): Promise<string> => {
    const name = `h${++count}`;
    if (what) probes.set(name, what);
    const answer = await app.api.post('/api/v1/entities', { type: 'service', name, status });
    expect(answer.status).toBe(201);
    return answer.body.id as string;
  };
  const health = async (id: string, query = ''): Promise<Json> =>
    (await app.api.get(`${SERVICES}/${id}/health${query}`)).body;
  const turns = (id: string, to: string): Promise<void> =>
    eventually(`${id} turns ${to}`, async () => (await health(id)).health === to);
  const target = async (): Promise<ProbeTarget<number>> => {
    const made = await httpTarget();
    targets.push(made);
    return made;
  };

  it('follows its probe past the thresholds, both ways, and keeps the history', async () => {
    const there = await target();
    const id = await service(
      probe('http', `http://${there.address}`, { interval: 0.2, unhealthyAfter: 3, healthyAfter: 2 }),
    );
    await turns(id, 'healthy');
    there.mood = 500;
    await turns(id, 'unhealthy');
    const down = await health(id, '?limit=50');
    expect(down).toMatchObject({
      status: 'running',
      last: { status: 'unhealthy', source: 'probe', message: 'HTTP 500' },
    });
    const failures = down.history.filter(({ status }: Json) => status === 'unhealthy');
    expect(failures.length).toBeGreaterThanOrEqual(3);
    there.mood = 204;
    await turns(id, 'healthy');
    const events = await app.uow.query(
      `SELECT v.payload->>'from' AS f, v.payload->>'to' AS t, v.payload#>>'{cause,type}' AS c
       FROM event v JOIN entry e ON e.id = v.entry_id WHERE e.uid = $1 AND v.type = 'health_changed' ORDER BY v.id`,
      [id],
    );
    expect(events).toEqual([
      { f: 'unknown', t: 'healthy', c: 'probe' },
      { f: 'healthy', t: 'unhealthy', c: 'probe' },
      { f: 'unhealthy', t: 'healthy', c: 'probe' },
    ]);
    const metrics = (await app.api.get('/metrics')).body as string;
    expect(metrics).toMatch(/health_probes_total\{type="http",result="failure"\} [1-9]/);
    expect(metrics).toContain('health_probe_lag_seconds');
  });

  it('is probed at once when asked for, counting towards the thresholds', async () => {
    const there = await target();
    const id = await service(probe('http', `http://${there.address}`, { interval: 3600 }), 'created');
    expect(await health(id)).toMatchObject({ health: 'unknown', check: null, last: null, history: [] });
    expect(await health(id, '?check=true')).toMatchObject({ health: 'healthy', last: { message: 'HTTP 200' } });
    there.mood = 500;
    expect(await health(id, '?check=true')).toMatchObject({ health: 'unhealthy', status: 'created' });
    const none = await service();
    expect(await health(none, '?check=true')).toMatchObject({ health: 'unknown', check: null });
  });

  it('is left alone while it is not meant to run, and a probe never undoes that', async () => {
    const there = await target();
    const id = await service(probe('http', `http://${there.address}`, { interval: 0.1 }));
    await turns(id, 'healthy');
    expect((await app.api.post(`${SERVICES}/${id}/disable`)).body.status).toBe('disabled');
    await eventually('the probe is off the list', async () => (await health(id)).check === null);
    const { asked } = there;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(there.asked - asked).toBeLessThanOrEqual(1);
    expect(await health(id)).toMatchObject({ status: 'disabled' });
    expect((await app.api.post(`${SERVICES}/${id}/enable`)).body.status).toBe('enabled');
    await eventually('it is probed again', () => there.asked > asked + 2);
  });

  it('turns unhealthy when a report with a TTL is not renewed, and never while it is', async () => {
    const [renewed, silent] = [await service(), await service()];
    const report = (id: string) =>
      app.api.post(`${SERVICES}/${id}/health`, { status: 'healthy', ttl_seconds: 2, message: 'fine' });
    for (const id of [renewed, silent]) expect((await report(id)).body.ttl_expires_at).toMatch(/Z$/);
    for (let n = 0; n < 8; n++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await report(renewed);
    }
    expect(await health(renewed)).toMatchObject({ health: 'healthy' });
    await turns(silent, 'unhealthy');
    const [last, before] = (await health(silent)).history;
    expect(last).toMatchObject({ status: 'unhealthy', source: 'ttl' });
    expect(before).toMatchObject({ status: 'healthy', source: 'report', message: 'fine' });
  });

  it('of the type ttl waits for reports, each good for one interval', async () => {
    const id = await service(probe('ttl', '', { interval: 1 }));
    await turns(id, 'unhealthy');
    await app.api.post(`${SERVICES}/${id}/health`, { status: 'healthy' });
    expect((await health(id)).health).toBe('healthy');
    await turns(id, 'unhealthy');
  });

  it('keeps no more results than the ring has places, the newest first', async () => {
    const id = await service();
    for (let n = 0; n < 55; n++)
      await app.api.post(`${SERVICES}/${id}/health`, { status: n % 2 ? 'healthy' : 'degraded', message: `${n}` });
    const { history } = await health(id, '?limit=50');
    expect(history.map(({ message }: Json) => message)).toEqual(Array.from({ length: 50 }, (_, i) => `${54 - i}`));
  });
});
