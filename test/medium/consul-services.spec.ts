import type Consul from 'consul';
import type { RegisterOptions } from 'consul/lib/agent/service.js';
import { Logger } from '../../src/platform/logging/logger.js';
import type { Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { consulClient, followed, until } from './consul-fixture.js';

let app: TestApp;
let consul: Consul;
const lines: string[] = [];

beforeAll(async () => {
  const logger = Logger.create({ logLevel: 'debug', logFormat: 'json' }, { write: (line) => lines.push(line) });
  app = await testApp({ logger });
  consul = consulClient(app.url, app.adminKey);
});
afterAll(async () => {
  consul?.destroy();
  await app.close();
});

const idsOf = (entries: Json[]): string[] => entries.map(({ Service }) => Service.ID);
const passing = async (service: string): Promise<string[]> =>
  idsOf((await consul.health.service({ service, passing: true })) as Json[]);

const registration = (name: string, number: number, more: object = {}): RegisterOptions => ({
  name,
  id: `${name}-${number}`,
  address: `10.1.0.${number}`,
  port: 8080,
  tags: ['v1', ...(number === 1 ? ['canary'] : [])],
  meta: { release: '2026.1' },
  check: { ttl: '60s', notes: 'by itself' } as never,
  ...more,
});

describe("Consul's own client", () => {
  it('registers a service, which is critical until it passes, and finds it by its health', async () => {
    await consul.agent.service.register(registration('web', 1));
    await consul.agent.service.register(registration('web', 2));
    expect(await passing('web')).toEqual([]);
    const found = (await consul.health.service('web')) as Json[];
    expect(found[0]).toMatchObject({
      Node: { Node: '10.1.0.1', Datacenter: 'dc1' },
      Service: {
        ID: 'web-1',
        Service: 'web',
        Address: '10.1.0.1',
        Port: 8080,
        Tags: ['v1', 'canary'],
        Meta: { release: '2026.1' },
      },
      Checks: [{ CheckID: 'service:web-1', Status: 'critical', Notes: 'by itself', ServiceName: 'web' }],
    });
    await consul.agent.check.pass('service:web-1');
    await consul.agent.check.warn({ id: 'service:web-2', note: 'slow' });
    expect(await passing('web')).toEqual(['web-1']);
    await consul.agent.check.pass('service:web-2');
    expect(await passing('web')).toEqual(['web-1', 'web-2']);
    await consul.agent.check.fail('service:web-1');
    expect(await passing('web')).toEqual(['web-2']);
    await consul.agent.check.pass('service:web-1');
    expect(idsOf((await consul.health.service({ service: 'web', tag: 'canary' })) as Json[])).toEqual(['web-1']);
  });

  it('finds the same in the catalog, the list of the agent, the checks, and our own API', async () => {
    expect(await consul.catalog.services()).toEqual({ web: ['canary', 'v1'] });
    expect(await consul.catalog.service.nodes('web')).toMatchObject([
      { ServiceID: 'web-1', ServiceAddress: '10.1.0.1', ServicePort: 8080, ServiceMeta: { release: '2026.1' } },
      { ServiceID: 'web-2' },
    ]);
    expect(await consul.agent.services()).toMatchObject({ 'web-1': { Service: 'web' }, 'web-2': { Port: 8080 } });
    expect(await consul.agent.checks()).toMatchObject({ 'service:web-1': { Status: 'passing' } });
    expect(await consul.health.checks('web')).toHaveLength(2);
    expect(await consul.health.state('critical')).toEqual([]);
    expect(await consul.status.leader()).toMatch(/:8300$/);
    const { body } = await app.api.get('/api/v1/services/web/instances?healthy=true');
    expect(body).toMatchObject([{ id: 'web-1', ttl_seconds: 60, tags: ['v1', 'canary'] }, { id: 'web-2' }]);
  });

  it('drains by maintenance, which neither a report nor a new registration undoes', async () => {
    await consul.agent.service.maintenance({ id: 'web-1', enable: true, reason: 'a new disk' });
    await consul.agent.check.pass('service:web-1');
    await consul.agent.service.register(registration('web', 1));
    expect(await passing('web')).toEqual(['web-2']);
    const [first] = (await consul.health.service('web')) as Json[];
    expect(first.Checks).toMatchObject([{ Status: 'passing' }, { CheckID: '_service_maintenance:web-1', Status: 'critical' }]); // prettier-ignore
    await consul.agent.service.maintenance({ id: 'web-1', enable: false });
    expect(await passing('web')).toEqual(['web-1', 'web-2']);
  });

  it('watches who passes, and is told of every change', async () => {
    const watch = followed(
      consul.watch({ method: consul.health.service, options: { service: 'web', passing: 'true' } }),
    );
    await until('it knows the beginning', () => watch.told.length === 1);
    await consul.agent.check.fail('service:web-1');
    await until('it is told of the end of one', () => idsOf(watch.told.at(-1)).join() === 'web-2');
    await consul.agent.service.register(registration('web', 3, { check: undefined }));
    await until('it is told of another', () => idsOf(watch.told.at(-1)).join() === 'web-2,web-3');
    await consul.agent.service.deregister('web-3');
    await until('it is told of its end', () => idsOf(watch.told.at(-1)).join() === 'web-2');
    await watch.end();
    expect(watch.errors).toEqual([]);
  });

  it('waits for a service that is not there yet, and for the names of all', async () => {
    const one = followed(consul.watch({ method: consul.health.service, options: { service: 'late' } }));
    const all = followed(consul.watch({ method: consul.catalog.service.list, options: {} }));
    await until('both know the beginning', () => one.told.length === 1 && all.told.length === 1);
    expect(one.told).toEqual([[]]);
    await consul.agent.service.register(registration('late', 1));
    await until('both are told', () => idsOf(one.told.at(-1)).join() === 'late-1' && 'late' in all.told.at(-1)!);
    await one.end();
    await all.end();
  });

  it('is told in words what is wrong', async () => {
    await expect(consul.agent.check.pass('service:nobody')).rejects.toThrow('No check "service:nobody"');
    await expect(consul.agent.service.deregister('nobody')).rejects.toThrow('No service "nobody"');
    const probed = registration('web', 9, { check: { http: 'http://10.1.0.9/', interval: '10s' } });
    await expect(consul.agent.service.register(probed)).rejects.toThrow('Check.HTTP is not supported');
    await expect(consul.agent.service.register({ ...registration('other', 1), id: 'web-1' })).rejects.toThrow('of web');
    await expect(consul.session.create({})).rejects.toThrow('There is nothing at this path');
  });
});

describe('the façade of Consul', () => {
  it('takes a registration in any case and of any media type', async () => {
    const body = JSON.stringify({
      name: 'Python',
      id: 'py-1',
      address: '10.2.0.1',
      port: 1,
      check: { ttl: '10s', status: 'passing' },
    });
    for (const type of ['', 'application/x-www-form-urlencoded'])
      expect(await app.api.put('/v1/agent/service/register', body, { 'content-type': type })).toMatchObject({
        status: 200,
        body: '',
      });
    expect(await passing('python')).toEqual(['py-1']);
    expect(await passing('Python')).toEqual(['py-1']);
  });

  it('knows a check by the name it was given', async () => {
    const { id } = registration('named', 1);
    const check = { CheckID: 'alive', Name: 'Alive', TTL: '1m' };
    await app.api.put('/v1/agent/service/register', {
      Name: 'named',
      ID: id,
      Address: '10.3.0.1',
      Port: 1,
      Check: check,
    });
    expect((await app.api.put('/v1/agent/check/update/alive', { Status: 'warning', Output: 'hm' })).status).toBe(200);
    expect(await consul.health.checks('named')).toMatchObject([{ CheckID: 'alive', Name: 'Alive', Status: 'warning' }]);
    const [entry] = (await consul.health.service('named')) as Json[];
    expect(entry.Service.Meta).toEqual({});
  });

  it('lets who comes to an address under a new id take the place of who was there', async () => {
    await consul.agent.service.register({ ...registration('moved', 1), id: 'moved-a' });
    await consul.agent.service.register({ ...registration('moved', 1), id: 'moved-b' });
    expect(idsOf((await consul.health.service('moved')) as Json[])).toEqual(['moved-b']);
  });

  it('takes a key from the header or the query of Consul, there only, and never logs it', async () => {
    const nobody = app.api.as(undefined);
    const path = '/v1/catalog/services';
    expect((await nobody.get(path, { 'x-consul-token': app.adminKey })).status).toBe(200);
    expect((await nobody.get(`${path}?token=${app.adminKey}`)).status).toBe(200);
    expect(await nobody.get(path)).toMatchObject({ status: 401, body: 'A valid API key or token is required.' });
    expect((await nobody.get(`${path}?token=${app.adminKey}`, { 'x-consul-token': 'other' })).status).toBe(400);
    expect((await nobody.get(`/api/v1/services?token=${app.adminKey}`)).status).toBe(401);
    expect((await nobody.get(`/v1/kv/missing?token=${app.adminKey}`)).status).toBe(404);
    expect(lines.join()).toContain(path);
    expect(lines.join()).not.toContain(app.adminKey.slice(6, 30));
  });

  it('says plainly what it does not do, and passes over what does not matter', async () => {
    for (const [query, words] of [
      ['filter=Service.Port==1', 'filter is not supported'],
      ['dc=other', 'dc has no path to it'],
      ['index=x', 'index must be a whole number'],
      ['index=1&index=2', 'index must be said once'],
      ['index=1&wait=soon', 'wait must be a duration'],
      ['passing=maybe', 'passing must be true or false'],
    ]) {
      const { status, body, headers } = await app.api.get(`/v1/health/service/web?${query}`);
      expect({ status, body }).toEqual({ status: 400, body: expect.stringContaining(words) });
      expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    }
    expect((await app.api.get('/v1/health/service/web?dc=dc1&stale&near=_agent&cached')).status).toBe(200);
    expect((await app.api.put('/v1/catalog/services')).status).toBe(405);
    expect((await app.api.put('/v1/agent/check/deregister/x')).status).toBe(404);
  });

  it('does not show what is restricted to others', async () => {
    const restricted = { visibility: 'restricted', readers: ['role:nobody'] };
    await app.api.post('/api/v1/services', { name: 'hidden', security_context: restricted });
    await consul.agent.service.register(registration('hidden', 1));
    const { key } = (await app.api.post('/api/v1/gateway/keys', { name: 'reader', type: 'api_key', permissions: ['read:*'] })).body; // prettier-ignore
    const reader = consulClient(app.url, key);
    expect(await consul.health.service('hidden')).toHaveLength(1);
    expect(await reader.health.service('hidden')).toEqual([]);
    expect(await reader.catalog.services()).not.toHaveProperty('hidden');
    expect(await reader.agent.services()).not.toHaveProperty('hidden-1');
    await expect(reader.agent.service.register(registration('web', 1))).rejects.toThrow('write:service');
    reader.destroy();
  });
});
