import http from 'node:http';
import { makeKey } from '../../src/gateway/keys/key-format.js';
import { hasPermission } from '../../src/gateway/permissions.js';
import { RouteInventory } from '../../src/gateway/route-inventory.js';
import type { Route } from '../../src/gateway/route-inventory.js';
import { BUILT_IN_ROLES } from '../../src/gateway/roles/role-permissions.js';
import { shippedDocument } from '../support/openapi-operations.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

/** Names nothing: a request that passes finds nothing to act upon. */
const NOBODY = '0192f0c1-7c3a-7a10-9d5e-0242ac129999';
const AT_ONCE = 8;
/**
 * Of those who may not, one of so many asks a route: in CI every route refuses many of them and everyone is refused by many
 * routes, elsewhere each by each.
 */
const REFUSED_SHARE = process.env.CI === 'true' ? 4 : 1;
/** Connections that stay open where the answer ends. */
const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });

interface Sender {
  name: string;
  key?: string;
  /** Undefined: the credential does not hold. */
  permissions?: readonly string[];
}

/** A parameter of a route; a colon that begins none is written with a backslash. */
const PARAMETER = /(?<!\\)[:*](\w+)/g;
const plain = (path: string): string => path.replaceAll('\\', '');

/** The status alone: streams are cut as soon as it is there. */
function statusOf(url: string, route: Route, { key }: Sender, n: number): Promise<number> {
  const [, path] = route.name.split(' ');
  const method = route.verb === 'ALL' ? 'GET' : route.verb;
  const target = new URL(plain(path.replace(PARAMETER, NOBODY)), url);
  const body = method === 'GET' || method === 'HEAD' ? undefined : '{"nothing_of_the_sort":1}';
  const headers = {
    ...(key && { 'X-API-Key': key }),
    ...(body && { 'Content-Type': 'application/json', 'Content-Length': String(body.length) }),
    // Each from an address of its own: no limit for one of them is the question here.
    'X-Forwarded-For': `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
  };
  return new Promise((resolve, reject) => {
    const request = http.request(target, { method, headers, agent }, (response) => {
      const status = response.statusCode!;
      resolve(status);
      if (status === 401 || status === 403) response.resume();
      else response.destroy();
    });
    request.on('error', reject);
    request.end(body);
  });
}

describe('every route, with every credential', () => {
  let place: TestPlace;
  let app: GatewayApp;
  let routes: Route[];
  let senders: Sender[];

  beforeAll(async () => {
    place = await testPlace();
    app = await gatewayApp(place, { env: { TRUST_PROXY: '1' } });
    const inventory = app.app.get(RouteInventory);
    routes = inventory.routes();
    const revoked = await madeKey(app, { type: 'admin_key', role: 'admin' });
    await app.call('DELETE', `/api/v1/gateway/keys/${revoked.id}`);
    const expired = await madeKey(app, { type: 'admin_key', role: 'admin' });
    await app.uow.query(`UPDATE api_key SET expires_at = '2020-01-01' WHERE id = $1`, [expired.id]);
    const holder = async (name: string, body: object, permissions: readonly string[]): Promise<Sender> => {
      const { key } = await madeKey(app, { type: 'admin_key', ...body });
      return { name, key, permissions };
    };
    senders = [
      { name: 'nobody' },
      { name: 'a wrong key', key: 'x' },
      { name: 'an unknown key', key: makeKey('admin_key') },
      { name: 'a revoked key', key: revoked.key },
      { name: 'an expired key', key: expired.key },
    ];
    for (const { permission } of inventory.permissions())
      senders.push(await holder(permission, { permissions: [permission] }, [permission]));
    for (const [role, permissions] of Object.entries(BUILT_IN_ROLES))
      senders.push(await holder(`the role ${role}`, { role }, permissions));
  });

  afterAll(async () => {
    agent.destroy();
    await app.close();
    await place.drop();
  });

  const passes = ({ requirement }: Route, { permissions }: Sender): boolean =>
    requirement === 'public' ||
    (permissions !== undefined && (requirement === 'authenticated' || hasPermission({ permissions }, requirement!)));

  /** What the gateway is to answer: 401, 403, or neither of them. */
  const verdict = (route: Route, sender: Sender): string =>
    passes(route, sender) ? 'passes' : sender.permissions ? '403' : '401';
  const seen = (status: number): string => (status === 401 || status === 403 ? String(status) : 'passes');

  it('opens exactly as it is stated', async () => {
    const cases = routes
      .flatMap((route, r) => senders.map((sender, s) => ({ route, sender, turn: r + s })))
      .filter(({ route, sender, turn }) => passes(route, sender) || turn % REFUSED_SHARE === 0);
    const wrong: string[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let n = next++; n < cases.length; n = next++) {
        const { route, sender } = cases[n];
        const status = await statusOf(app.url, route, sender, n);
        if (seen(status) !== verdict(route, sender) || status >= 500)
          wrong.push(`${route.name} for ${sender.name}: ${status}, stated ${verdict(route, sender)}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect(wrong).toEqual([]);
    expect(cases.length).toBeGreaterThan(1_000);
  }, 300_000);

  it('is listed under the permission it asks, and nowhere else', async () => {
    const listed = (await app.call('GET', '/api/v1/gateway/permissions')).body as {
      permission: string;
      routes: string[];
    }[];
    const stated = routes.filter(({ requirement }) => requirement?.includes(':'));
    expect(
      listed.flatMap(({ permission, routes: names }) => names.map((name) => `${name} ${permission}`)).sort(),
    ).toEqual(stated.map(({ name, requirement }) => `${name} ${requirement}`).sort());
    const shown = shippedDocument();
    for (const { name, requirement, place: where } of routes.filter(
      (one) => !one.place.startsWith('DocsController.'),
    )) {
      const [verb, path] = name.split(' ');
      const operation = shown.paths[plain(path.replace(PARAMETER, '{$1}'))]?.[verb.toLowerCase()];
      expect({ where, name, stated: operation?.['x-permission'] }).toEqual({ where, name, stated: requirement });
    }
  });
});
