import { Body, Controller, Get, Post } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { Permission, Public } from '../../src/platform/http/permission.decorator.js';
import { currentActor } from '../../src/platform/http/request-context.js';
import { CREDENTIAL_VERIFIER } from '../../src/platform/http/credential-verifier.js';
import type { CredentialVerifier } from '../../src/platform/http/credential-verifier.js';
import { UnauthenticatedError } from '../../src/platform/errors/registry-error.js';
import { Authenticated } from '../../src/gateway/route-requirement.js';
import { makeKey } from '../../src/gateway/keys/key-format.js';
import type { Answer } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

@Permission('read:entities')
@Controller('probe')
class ProbeController {
  @Get('entities')
  read(): object {
    return { actor: currentActor() };
  }

  @Post('entities')
  @Permission('write:entities')
  write(@Body() body: object): object {
    return body;
  }

  @Get('graph')
  @Permission('read:graph')
  graph(): object {
    return {};
  }

  @Get('secrets')
  @Permission('read:secrets')
  secrets(): object {
    return {};
  }

  @Get('system')
  @Permission('admin:system')
  system(): object {
    return {};
  }

  @Get('self')
  @Authenticated()
  self(): object {
    return {};
  }

  @Get('open')
  @Public()
  open(): object {
    return { actor: currentActor() };
  }
}

const ROUTES = {
  'read:entities': ['GET', '/probe/entities'],
  'write:entities': ['POST', '/probe/entities'],
  'read:graph': ['GET', '/probe/graph'],
  'read:secrets': ['GET', '/probe/secrets'],
  'admin:system': ['GET', '/probe/system'],
  'admin:keys': ['GET', '/api/v1/gateway/keys'],
  authenticated: ['GET', '/probe/self'],
  public: ['GET', '/probe/open'],
} as const;
type Opened = keyof typeof ROUTES;
const ALL_ROUTES = Object.keys(ROUTES) as Opened[];

const READS: Opened[] = ['read:entities', 'read:graph'];
const CASES: [string, object, Opened[]][] = [
  ['a key with one permission', { permissions: ['read:entities'] }, ['read:entities']],
  ['a key that writes', { permissions: ['write:entities'] }, ['write:entities']],
  ['a key that reads all areas', { permissions: ['read:*'] }, READS],
  ['a viewer', { role: 'viewer' }, READS],
  ['a developer', { role: 'developer' }, READS],
  [
    'a key with all of one area',
    { type: 'admin_key', permissions: ['*:entities'] },
    ['read:entities', 'write:entities'],
  ],
  ['a key that reads secrets', { permissions: ['read:secrets'] }, ['read:secrets']],
  ['a key of another area', { permissions: ['read:entitie', 'read:entities-more'] }, []],
  ['an admin of the system', { type: 'admin_key', permissions: ['admin:system'] }, ['admin:system']],
  ['an admin of every area', { type: 'admin_key', permissions: ['admin:*'] }, ['admin:system', 'admin:keys']],
  [
    'an admin',
    { type: 'admin_key', role: 'admin' },
    ['read:entities', 'write:entities', 'read:graph', 'read:secrets', 'admin:system', 'admin:keys'],
  ],
];

describe('access', () => {
  let place: TestPlace;
  let app: GatewayApp;

  beforeAll(async () => {
    place = await testPlace();
    app = await gatewayApp(place, { controllers: [ProbeController] });
  });

  afterAll(async () => {
    await app.close();
    await place.drop();
  });

  const request = (route: Opened, key: string | null): Promise<Answer> => {
    const [method, path] = ROUTES[route];
    return app.call(method, path, { key, ...(method === 'POST' && { body: { a: 1 } }) });
  };
  /** How often the database is asked about keys; jobs ask it about other things meanwhile. */
  const queriesDuring = async (work: () => Promise<unknown>): Promise<number> => {
    const query = jest.spyOn(app.uow, 'query');
    await work();
    // Why a key was refused is looked up later, for the audit trail.
    const lookups = query.mock.calls.filter(([sql]) => /FROM api_key .*revoked_at IS NULL/s.test(sql));
    const count = lookups.length;
    query.mockRestore();
    return count;
  };

  it.each(CASES)('%s opens exactly what it should', async (_, settings, opened) => {
    const { key } = await madeKey(app, settings);
    const answers = await Promise.all(ALL_ROUTES.map(async (route) => ({ route, ...(await request(route, key)) })));
    const refused = answers.filter(({ status }) => status === 403);
    expect(answers.filter(({ status }) => status < 300).map(({ route }) => route)).toEqual(
      ALL_ROUTES.filter((route) => ['authenticated', 'public', ...opened].includes(route)),
    );
    expect(refused).toHaveLength(ALL_ROUTES.length - opened.length - 2);
    expect(refused.map(({ body }) => [body.code, body.missing])).toEqual(
      refused.map(({ route }) => ['auth.forbidden', route]),
    );
  });

  it('whatever is wrong with a credential, the answer is the same', async () => {
    const revoked = await madeKey(app, { permissions: ['read:*'] });
    await app.call('DELETE', `/api/v1/gateway/keys/${revoked.id}`);
    const bound = await madeKey(app, { permissions: ['read:*'], allowed_ips: ['10.0.0.0/8'] });
    const expired = await madeKey(app, { permissions: ['read:*'], expires_at: '2999-01-01T00:00:00Z' });
    await app.uow.query(`UPDATE api_key SET expires_at = '2020-01-01' WHERE id = $1`, [expired.id]);
    const living = await madeKey(app, { permissions: ['read:*'] });
    const wrong = [
      null,
      '',
      'x',
      makeKey('admin_key'),
      `${living.key.slice(0, -1)}${living.key.endsWith('0') ? '1' : '0'}`,
      living.key.replace('ureg_', 'admin_'),
      revoked.key,
      bound.key,
      expired.key,
      `${living.key}, ${living.key}`,
      'eyJhbGciOiJub25lIn0.e30.',
      'a.b.c',
      'k'.repeat(13_000),
    ];
    const bodies = new Set<string>();
    for (const key of wrong) {
      const answer = await request('read:entities', key);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('WWW-Authenticate')).toContain('Bearer');
      const { request_id: _id, ...body } = answer.body;
      bodies.add(JSON.stringify(body));
    }
    expect([...bodies]).toHaveLength(1);
    expect((await request('read:entities', living.key)).status).toBe(200);
  });

  it('a key comes in X-API-Key or as Bearer, and not as two different ones', async () => {
    const { id, key } = await madeKey(app, { permissions: ['read:entities'] });
    const bearer = { Authorization: `Bearer ${key}` };
    const answer = await app.call('GET', '/probe/entities', { key: null, headers: bearer });
    expect(answer.body).toEqual({ actor: `api_key:${id}` });
    expect((await app.call('GET', '/probe/entities', { key, headers: bearer })).status).toBe(200);
    const both = await app.call('GET', '/probe/entities', { key: app.adminKey, headers: bearer });
    expect([both.status, both.body.code]).toEqual([400, 'auth.two_credentials']);
  });

  it('a key in the query string opens nothing', async () => {
    const { key } = await madeKey(app, { permissions: ['read:entities'] });
    for (const name of ['access_token', 'api_key', 'key', 'x-api-key', 'token'])
      expect((await app.call('GET', `/probe/entities?${name}=${key}`, { key: null })).status).toBe(401);
  });

  it('a public route asks for nothing and takes no notice of a wrong key', async () => {
    expect((await request('public', null)).body).toEqual({ actor: 'system' });
    expect((await request('public', 'wrong')).status).toBe(200);
  });

  it('a body is not read before the caller is known', async () => {
    const broken = { method: 'POST', body: '{"a":', headers: { 'Content-Type': 'application/json' } };
    expect((await fetch(`${app.url}/probe/entities`, broken)).status).toBe(401);
  });

  it('a mistyped key never reaches the database', async () => {
    const { key } = await madeKey(app, { permissions: ['read:entities'] });
    const wrong = ['x', key.slice(0, -1), `${key}0`, key.replace('ureg', 'svc'), [...key].with(10, '-').join('')];
    const queries = await queriesDuring(async () => {
      for (const mistyped of wrong) expect((await request('read:entities', mistyped)).status).toBe(401);
    });
    expect(queries).toBe(0);
  });

  it('a key in use is looked up once in seconds, also when many calls begin at once', async () => {
    const { key } = await madeKey(app, { permissions: ['read:entities'] });
    const many = (): Promise<Answer[]> => Promise.all(Array.from({ length: 20 }, () => request('read:entities', key)));
    expect(await queriesDuring(many)).toBe(1);
    expect(await queriesDuring(many)).toBe(0);
    const unknown = makeKey('api_key');
    const refused = (): Promise<Answer[]> =>
      Promise.all(Array.from({ length: 20 }, () => request('read:entities', unknown)));
    expect(await queriesDuring(refused)).toBe(1);
    expect(await queriesDuring(refused)).toBe(0);
  });

  it('a database that does not answer is not taken for a wrong key', async () => {
    const { key } = await madeKey(app, { permissions: ['read:entities'] });
    const away = Object.assign(new Error('terminating connection'), { code: '57P01' });
    const query = jest.spyOn(app.uow, 'query').mockRejectedValue(away);
    expect((await request('read:entities', key)).status).toBeGreaterThanOrEqual(500);
    query.mockRestore();
    expect((await request('read:entities', key)).status).toBe(200);
  });

  it('a WebSocket asks by the verifier', async () => {
    const verifier = app.app.get<CredentialVerifier>(CREDENTIAL_VERIFIER);
    const { key } = await madeKey(app, { permissions: ['read:events'] });
    const principal = await verifier.verify(key, '127.0.0.1');
    expect(verifier.allows(principal, 'read:events')).toBe(true);
    expect(verifier.allows(principal, 'write:events')).toBe(false);
    await expect(verifier.verify('wrong')).rejects.toThrow(UnauthenticatedError);
  });

  it('whoami and the list of permissions are for everyone who is known', async () => {
    const { key, id } = await madeKey(app, { name: 'Ada', permissions: ['read:graph'] });
    const me = (await app.call('GET', '/api/v1/gateway/whoami', { key })).body;
    expect(me).toEqual({
      id,
      type: 'api_key',
      name: 'Ada',
      credential: 'key',
      permissions: ['read:graph'],
      roles: [],
      expires_at: null,
    });
    const permissions = (await app.call('GET', '/api/v1/gateway/permissions', { key })).body;
    const routesOf = (name: string): string[] =>
      permissions.find(({ permission }: { permission: string }) => permission === name).routes;
    expect(routesOf('read:entities')).toContain('GET /probe/entities');
    expect(routesOf('write:entities')).toContain('POST /probe/entities');
    expect(routesOf('admin:keys')).toEqual(
      expect.arrayContaining(['DELETE /api/v1/gateway/keys/:id', 'POST /api/v1/gateway/keys']),
    );
    expect((await app.call('GET', '/api/v1/gateway/permissions', { key: null })).status).toBe(401);
  });

  it('a route that states no permission stops the start and is named', async () => {
    const refusal = async (controller: Type): Promise<string> => {
      const elsewhere = await testPlace();
      const refused = gatewayApp(elsewhere, { controllers: [controller] });
      const message = await refused.then(
        () => 'it started',
        (error: Error) => error.message,
      );
      await elsewhere.drop();
      return message;
    };
    @Controller(['lost', 'found'])
    class LostController {
      @Get(['one', 'two/:id'])
      read(): object {
        return {};
      }

      @Post()
      @Public()
      write(): object {
        return {};
      }
    }
    expect(await refusal(LostController)).toMatch(
      /^Routes state no permission: GET \/lost\/one \(LostController\.read\), .*GET \/found\/two\/:id/,
    );
    @Controller()
    class RootController {
      @Get()
      read(): object {
        return {};
      }
    }
    expect(await refusal(RootController)).toContain('A route states no permission: GET / (RootController.read).');
  });
});
