import { ShutdownState } from '../../src/platform/http/shutdown-state.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { eventually } from '../support/processes.js';

let service: TestApp;

beforeAll(async () => {
  service = await testApp();
});
afterAll(() => service.close());

/** Makes every statement fail as if the server were gone, until it is called back. */
function loseDatabase({ app }: TestApp): () => void {
  const uow = app.get(UnitOfWork);
  const lost = jest
    .spyOn(uow, 'query')
    .mockRejectedValue(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  return () => lost.mockRestore();
}

describe('health', () => {
  it('is open, and tells version, age, totals and checks', async () => {
    const nobody = service.api.as(undefined);
    const before = (await nobody.get('/health')).body.stats.total_entities as number;
    await service.api.post('/api/v1/entities', { type: 'service', name: 'counted' });
    await eventually(
      'the new entry is counted',
      async () => (await nobody.get('/health')).body.stats.total_entities === before + 1,
    );
    const { status, headers, body } = await nobody.get('/health');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      status: 'healthy',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      uptime: expect.any(Number),
      stats: { total_entities: before + 1, total_relationships: 0 },
      checks: { database: { status: 'up', latency_ms: expect.any(Number) } },
    });
  });

  it('of a service without its database is a 503, of the process itself a 200', async () => {
    const restore = loseDatabase(service);
    await eventually('the loss is noticed', async () => (await service.api.get('/health')).status === 503);
    expect((await service.api.get('/health')).body).toMatchObject({
      status: 'unavailable',
      stats: { total_entities: null, total_relationships: null },
      checks: { database: { status: 'down' } },
    });
    expect(await service.api.get('/health/ready')).toMatchObject({ status: 503, body: { status: 'unavailable' } });
    expect(await service.api.get('/health/live')).toMatchObject({ status: 200, body: { status: 'alive' } });
    restore();
    await eventually('the return is noticed', async () => (await service.api.get('/health/ready')).status === 200);
  });

  it('asks the database once, however many ask at once', async () => {
    const asked = jest.spyOn(service.app.get(UnitOfWork), 'query');
    await new Promise((resolve) => setTimeout(resolve, 600));
    asked.mockClear();
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 50 }, () => service.api.get('/health')));
    const statements = asked.mock.calls.filter(([sql]) => sql.includes('entry_count'));
    asked.mockRestore();
    expect(statements.length).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - startedAt) / 500));
  });
});

describe('metrics', () => {
  it('need a permission', async () => {
    expect((await service.api.as(undefined).get('/metrics')).status).toBe(401);
    const { body } = await service.api.post('/api/v1/gateway/keys', {
      name: 'reader',
      type: 'api_key',
      permissions: ['read:entities'],
    });
    expect((await service.api.as(body.key).get('/metrics')).status).toBe(403);
  });

  it('are in the format of Prometheus, and count what is there', async () => {
    await service.api.get('/api/v1/entities/no-such-entity');
    const { status, headers, body } = await service.api.get('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toMatch(/^registry_entities_total \d+$/m);
    expect(body).toMatch(/^registry_relationships_total 0$/m);
    expect(body).toMatch(/^registry_entities_by_type\{type="service"\} 1$/m);
    expect(body).toMatch(/^registry_connections_active [1-9]\d*$/m);
    expect(body).toMatch(/^registry_database_pool_connections\{state="(idle|used|waiting)"\} \d+$/m);
    expect(body).toMatch(
      /^registry_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/entities\/:id",status="4xx"\} 1$/m,
    );
  });

  it('name each metric once, with help and type', async () => {
    const lines = ((await service.api.get('/metrics')).body as string).split('\n');
    const named = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2]);
    expect(new Set(named).size).toBe(named.length);
    for (const line of lines.filter((text) => text && !text.startsWith('#'))) {
      const name = /^[a-z_:][a-z0-9_:]*/i.exec(line)?.[0] ?? '';
      expect(
        named.some((known) => name === known || (name.startsWith(known) && /_(bucket|sum|count)$/.test(name))),
      ).toBe(true);
    }
  });

  it('are open where METRICS_PUBLIC says so, and answer while the database is away', async () => {
    const open = await testApp({ env: { METRICS_PUBLIC: 'true' } });
    const restore = loseDatabase(open);
    const { status, body } = await open.api.as(undefined).get('/metrics').finally(restore);
    await open.close();
    expect(status).toBe(200);
    expect(body).toMatch(/^registry_connections_active [1-9]/m);
  });
});

describe('a service that drains', () => {
  it('turns its readiness first, and asks clients to open no second request on their connection', async () => {
    service.app.get(ShutdownState).begin();
    expect(await service.api.get('/health/ready')).toMatchObject({ status: 503, body: { status: 'draining' } });
    const { status, headers } = await service.api.get('/health/live');
    expect({ status, connection: headers.get('connection') }).toEqual({ status: 200, connection: 'close' });
  });
});
