import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY, useFixture } from './support/fixture.js';
import { API_KEY, NEW_KEY } from './support/stub-gateway.js';
import type { Seen } from './support/stub-registry.js';

jest.setTimeout(120_000);

const fixture = useFixture({ here: true });

const CREATE = ['key', 'create', '--name', 'ci', '--role', 'viewer'];
const WARNING = 'warning: this key is shown once and never again; keep it where secrets are kept\n';
const bodies = (): unknown[] => fixture.stub.writes.map(({ body }) => (body ? JSON.parse(body) : undefined));
const inHome = (name: string): string => join(fixture.program.home, name);

type Key = Omit<typeof API_KEY, 'expires_at' | 'last_used_at' | 'replaced_at'> &
  Record<'expires_at' | 'last_used_at' | 'replaced_at', string | null>;

/** Keys as the list of the registry has them; `q` is part of the name. */
function keysAre(...keys: Key[]): void {
  fixture.stub.override = ({ method, path, query }: Seen, response) => {
    if (method !== 'GET' || !path.endsWith('/gateway/keys')) return false;
    const found = keys.filter(({ name }) => name.toLowerCase().includes((query.get('q') ?? '').toLowerCase()));
    response.setHeader('content-type', 'application/json').end(JSON.stringify(found));
    return true;
  };
}

describe('a new key', () => {
  it('gets what the flags say, in the words of the API', async () => {
    const flags = ['--permission', 'read:entities,read:graph', '--permission', 'write:entities', '--rate', '1000/1h'];
    const more = ['--expires', '2040-01-01', '--allow-ip', '10.0.0.0/8', '--metadata', 'team=core'];
    expect((await fixture.ureg([...CREATE, '--type', 'service_key', ...flags, ...more])).code).toBe(0);
    expect(bodies()).toEqual([
      {
        type: 'service_key',
        name: 'ci',
        role: 'viewer',
        permissions: ['read:entities', 'read:graph', 'write:entities'],
        rate_limit: { limit: 1000, window_seconds: 3600 },
        expires_at: '2040-01-01T00:00:00.000Z',
        allowed_ips: ['10.0.0.0/8'],
        metadata: { team: 'core' },
      },
    ]);
  });

  it('is shown once, with a warning, also as JSON; a template prints it alone', async () => {
    expect(await fixture.ureg(CREATE)).toMatchObject({
      code: 0,
      stdout: `created key ci ${API_KEY.id}\n${NEW_KEY}\n`,
      stderr: WARNING,
    });
    const json = await fixture.ureg([...CREATE, '-o', 'json']);
    expect([JSON.parse(json.stdout), json.stderr]).toEqual([{ ...API_KEY, key: NEW_KEY }, WARNING]);
    expect((await fixture.ureg([...CREATE, '-o', 'template={{key}}'])).stdout).toBe(`${NEW_KEY}\n`);
  });

  it.each([
    [['-q'], 'the key would be lost'],
    [['-o', 'name'], 'the key would be lost'],
    [['--json=id,name'], 'the key would be lost'],
    [['-o', 'template={{id}}'], 'the key would be lost'],
    [['--fields', 'id,kye'], 'unknown field "kye"'],
    [['--fields', 'id,kye', '--to', 'x.key'], 'unknown field "kye"'],
    [['-o', 'jsn'], 'unknown output format "jsn"'],
    [['--to', 'no/such/folder/key'], 'cannot write'],
    [['--rate', 'much'], '--rate "much" is not a rate'],
    [['--expires', 'soon'], '--expires "soon" is not a time'],
  ])('is not made when %j could not show it or cannot be meant', async (flags, complaint) => {
    expect(await fixture.ureg([...CREATE, ...flags])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(complaint),
    });
    expect(fixture.stub.seen).toEqual([]);
  });

  it('goes into a file of its owner instead, whole, and only when it was made', async () => {
    const ended = await fixture.ureg([...CREATE, '--to', 'ci.key', '-q']);
    expect(ended).toMatchObject({ code: 0, stdout: `${API_KEY.id}\n`, stderr: '' });
    expect(readFileSync(inHome('ci.key'), 'utf8')).toBe(`${NEW_KEY}\n`);
    expect(statSync(inHome('ci.key')).mode & 0o777).toBe(0o600);
    expect((await fixture.ureg([...CREATE, '--to', 'ci.key', '-o', 'json'])).stdout).not.toContain(NEW_KEY);
    fixture.stub.reset(409);
    expect((await fixture.ureg([...CREATE, '--to', 'other.key'])).code).toBe(5);
    expect(existsSync(inHome('other.key'))).toBe(false);
  });

  it('needs a name', async () => {
    expect(await fixture.ureg(['key', 'create'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--name') });
  });
});

describe('a key', () => {
  const former = { ...API_KEY, id: '0192f0c1-7c3a-7a10-9d5e-0242ac120008', replaced_at: '2026-01-01T00:00:00.000Z' };
  const revoked = { ...API_KEY, id: '0192f0c1-7c3a-7a10-9d5e-0242ac120009', status: 'revoked' };

  it('is named by its name: the only one in force, whatever was replaced or revoked', async () => {
    keysAre(former, API_KEY, revoked, { ...API_KEY, id: 'x', name: 'ci-linux' });
    expect((await fixture.ureg(['key', 'get', 'ci', '-q'])).stdout).toBe(`${API_KEY.id}\n`);
    keysAre(revoked);
    expect((await fixture.ureg(['key', 'get', 'CI', '-q'])).stdout).toBe(`${revoked.id}\n`);
  });

  it('of a name that several have is asked for by id, and nothing is changed', async () => {
    keysAre(API_KEY, { ...API_KEY, id: former.id });
    const ended = await fixture.ureg(['key', 'revoke', 'ci', '--yes']);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(`2 keys are named "ci": give the id`) });
    expect(ended.stderr).toContain(former.id);
    expect(fixture.stub.writes).toEqual([]);
  });

  it('of an unknown name is not found, and near names are told', async () => {
    keysAre({ ...API_KEY, name: 'deploy' }, { ...API_KEY, name: 'ci-linux' });
    expect(await fixture.ureg(['key', 'get', 'deplyo'])).toMatchObject({
      code: 3,
      stderr: 'error: no key "deplyo"\nreason: did you mean deploy?\nnext: ureg key list\n',
    });
  });

  it('that is typed itself is not sent anywhere', async () => {
    const ended = await fixture.ureg(['key', 'revoke', `ureg_${'x'.repeat(49)}`, '--yes']);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('this is a key itself') });
    expect(ended.stderr).not.toContain('xxxx');
    expect(fixture.stub.seen).toEqual([]);
  });

  it('is listed by what it is used for, when it was used and when it ends', async () => {
    const soon = new Date(Date.now() + 5 * 86_400_000 + 5000).toISOString();
    const lately = new Date(Date.now() - 3 * 3_600_000 - 60_000).toISOString();
    keysAre({ ...API_KEY, expires_at: soon, last_used_at: lately }, former);
    expect((await fixture.ureg(['key', 'list', '--state', 'active', '--name', 'ci'])).stdout).toBe(
      'NAME\tKEY\tTYPE\tSTATE\tROLE\tPERMISSIONS\tLAST USED\tEXPIRES\n' +
        'ci\tureg_…k3Xa\tapi_key\tactive\tviewer\tread:entities\t3h ago\tin 5d\n' +
        'ci\tureg_…k3Xa\tapi_key\treplaced\tviewer\tread:entities\tnever\tnever\n',
    );
    expect(fixture.requests()).toEqual(['GET /api/v1/gateway/keys?status=active&q=ci&limit=50&count=exact']);
  });

  it('is changed by a merge patch; permissions are added at the revision that was read', async () => {
    await fixture.ureg(['key', 'update', 'ci', '--expires', 'never', '--unset', 'rate_limit', '--unset', 'metadata.a']);
    await fixture.ureg([
      'key',
      'update',
      'ci',
      '--add-permission',
      'read:graph',
      '--remove-permission',
      'read:entities',
    ]);
    expect(fixture.stub.writes.map(({ body, headers }) => [JSON.parse(body), headers['if-match']])).toEqual([
      [{ expires_at: null, rate_limit: null, metadata: { a: null } }, undefined],
      [{ permissions: ['read:graph'] }, '"4"'],
    ]);
    for (const flags of [
      [],
      ['--unset', 'name'],
      ['--remove-permission', 'write:x'],
      ['--permission', 'a', '--add-permission', 'b'],
    ])
      expect((await fixture.ureg(['key', 'update', 'ci', ...flags])).code).toBe(2);
    expect(fixture.stub.writes).toHaveLength(2);
  });

  it('is revoked with a sentence; of several, one that refuses is told and the others go on', async () => {
    expect((await fixture.ureg(['key', 'revoke', API_KEY.id, '--yes'])).stdout).toBe(`revoked key ci ${API_KEY.id}\n`);
    fixture.stub.override = ({ method, path }, response) => {
      const id = path.split('/').at(-1);
      if (method === 'GET') response.end(JSON.stringify({ ...API_KEY, id }));
      else if (id === former.id) response.writeHead(409).end('{"code":"key.last_admin","detail":"the last one"}');
      else return false;
      return true;
    };
    const ids = [API_KEY.id, former.id];
    expect(await fixture.ureg(['key', 'revoke', ...ids, '--yes'])).toMatchObject({
      code: 9,
      stderr: '1 of 2 revoked\n',
    });
  });
});

describe('a rotation', () => {
  it('shows the new key once and says when the old one ends', async () => {
    const ended = await fixture.ureg(['key', 'rotate', 'ci', '--grace', '24h', '--expires', 'never']);
    expect(ended).toMatchObject({ code: 0, stderr: WARNING });
    expect(ended.stdout).toMatch(
      new RegExp(
        `^rotated key ci: the old one works until 2100-01-01T00:00:00.000Z \\(in \\d+y\\); the new one is ${API_KEY.id}\n${NEW_KEY}\n$`,
      ),
    );
    expect(bodies()).toEqual([{ grace_period_seconds: 86_400, expires_at: null }]);
    expect(fixture.stub.writes[0]?.path).toBe(`/api/v1/gateway/keys/${API_KEY.id}/rotate`);
  });

  it('that ends the old key at once asks first: a grace of 0, and its completion', async () => {
    for (const flags of [['--grace', '0'], ['--complete']]) {
      const refused = await fixture.ureg(['key', 'rotate', 'ci', ...flags]);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('add --yes') });
    }
    expect(fixture.stub.seen).toEqual([]);
    expect((await fixture.ureg(['key', 'rotate', 'ci', '--grace', '0', '--yes'])).code).toBe(0);
    expect((await fixture.ureg(['key', 'rotate', 'ci', '--complete', '-y'])).stdout).toContain('is complete');
    expect(fixture.requests().filter((line) => line.startsWith('POST'))).toEqual([
      `POST /api/v1/gateway/keys/${API_KEY.id}/rotate`,
      `POST /api/v1/gateway/keys/${API_KEY.id}/rotate/complete`,
    ]);
    expect((await fixture.ureg(['key', 'rotate', 'ci', '--complete', '--grace', '1h', '-y'])).code).toBe(2);
  });

  it.each(['31d', '-1', 'x'])('with a grace of %s is refused before anything is asked', async (grace) => {
    expect((await fixture.ureg(['key', 'rotate', 'ci', `--grace=${grace}`])).code).toBe(2);
    expect(fixture.stub.seen).toEqual([]);
  });

  it('of the key that a profile uses says how to sign in with the new one', async () => {
    const key = `ureg_${'o'.repeat(45)}k3Xa`;
    const nobody = { env: { UREG_TOKEN: '', UREG_SERVER: '' } };
    await fixture.ureg(['login', '--server', fixture.stub.url, '--token-stdin', '--as', 'prod'], {
      ...nobody,
      stdin: key,
    });
    expect((await fixture.ureg(['key', 'rotate', 'ci'], nobody)).stderr).toContain(
      'ureg login --as prod --token-stdin',
    );
    expect((await fixture.ureg(['key', 'rotate', 'ci'])).stderr).toBe(WARNING);
  });
});

describe('an error of the gateway', () => {
  it('names the missing permission and what to run', async () => {
    fixture.stub.override = (_, response) => {
      const detail = 'This needs the permission "admin:keys".';
      response.writeHead(403).end(JSON.stringify({ code: 'auth.forbidden', detail, missing: 'admin:keys' }));
      return true;
    };
    expect(await fixture.ureg(['key', 'list'])).toMatchObject({
      code: 4,
      stderr: 'error: This needs the permission "admin:keys".\nnext: ureg whoami   (what this key may do)\n',
    });
  });

  it('of a key that does not hold says how to sign in', async () => {
    fixture.stub.reset(401);
    const said = async (UREG_TOKEN?: string): Promise<string> =>
      (await fixture.ureg(['key', 'list'], { env: UREG_TOKEN === undefined ? {} : { UREG_TOKEN } })).stderr;
    expect(await said()).toContain(
      `reason: the key from UREG_TOKEN does not hold there\nnext: ureg login --server ${fixture.stub.url}`,
    );
    expect(await said('')).toContain('reason: no key was sent\nnext: ureg login');
  });

  it('of a name that no role has tells the near ones', async () => {
    fixture.stub.override = ({ path }, response) => {
      if (!path.endsWith('/roles/release-manger')) return false;
      response.writeHead(404).end('{"code":"role.not_found","detail":"No role \\"release-manger\\"."}');
      return true;
    };
    expect(await fixture.ureg(['role', 'get', 'release-manger'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('reason: did you mean release-manager?\nnext: ureg role list'),
    });
  });
});

describe('the file of the profiles', () => {
  it('that others can read is closed to them, and the warning waits for the end of JSON', async () => {
    const path = inHome('open.json');
    const config = { current: 'a', profiles: { a: { server: fixture.stub.url, key: KEY } } };
    writeFileSync(path, JSON.stringify(config), { mode: 0o644 });
    const ended = await fixture.ureg(['whoami', '-o', 'json'], { env: { UREG_CONFIG: path, UREG_TOKEN: '' } });
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('others could read') });
    expect(JSON.parse(ended.stdout)).toMatchObject({ profile: 'a', name: 'Test key', key: 'ureg_…cret' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await fixture.ureg(['whoami'], { env: { UREG_CONFIG: path, UREG_TOKEN: '' } })).stderr).toBe('');
  });
});
