import { statSync } from 'node:fs';
import { join } from 'node:path';
import { KEY, useFixture } from './support/fixture.js';

jest.setTimeout(120_000);

const fixture = useFixture();

describe('health', () => {
  it('that is not good is 10, also when the server says so with a 503', async () => {
    fixture.stub.override = (_, response) => {
      response
        .writeHead(503, { 'content-type': 'application/json' })
        .end('{"status":"unavailable","checks":{"database":{"status":"down"}}}');
      return true;
    };
    expect(await fixture.ureg(['health'])).toMatchObject({
      code: 10,
      stdout: `unavailable  ${fixture.stub.url}, database: down\n`,
      stderr: '',
    });
  });

  it('can be waited for, and not being well in time is 10', async () => {
    let asked = 0;
    fixture.stub.override = (_, response) => {
      asked += 1;
      if (asked > 2) return false;
      response.writeHead(503).end('{"status":"draining"}');
      return true;
    };
    expect((await fixture.ureg(['health', '--wait'])).code).toBe(0);
    const nobody = { env: { UREG_SERVER: 'http://127.0.0.1:9' } };
    expect(await fixture.ureg(['health', '--wait', '--timeout', '1s', '--retries', '0'], nobody)).toMatchObject({
      code: 10,
      stderr: expect.stringContaining('did not become healthy in time'),
    });
  });
});

describe('signing in', () => {
  const config = (): string => join(fixture.program.home, '.config/universal-registry/config.json');
  const nobody = { env: { UREG_TOKEN: '', UREG_SERVER: '' } };

  it('keeps the key readable by its owner only; status says who and from where; logout forgets it', async () => {
    const login = await fixture.ureg(['login', '--server', fixture.stub.url, '--token-stdin'], {
      ...nobody,
      stdin: `${KEY}\n`,
    });
    expect(login).toMatchObject({
      code: 0,
      stdout: `signed in to ${fixture.stub.url} as Test key (profile default)\n`,
    });
    expect(statSync(config()).mode & 0o777).toBe(0o600);
    const status = await fixture.ureg(['auth', 'status', '-o', 'json'], nobody);
    expect(JSON.parse(status.stdout)).toMatchObject({
      server: fixture.stub.url,
      server_source: 'profile default',
      key: 'ureg_…cret',
      key_source: 'profile default',
      identity: { name: 'Test key' },
    });
    expect((await fixture.ureg(['profile', 'show'], nobody)).stdout).not.toContain(KEY);
    expect((await fixture.ureg(['auth', 'logout'], nobody)).code).toBe(0);
    expect(await fixture.ureg(['auth', 'status'], nobody)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('next: ureg login'),
    });
  });

  it('with a key the server does not know keeps nothing', async () => {
    fixture.stub.reset(401);
    expect((await fixture.ureg(['login'], {})).code).toBe(4);
    expect(() => statSync(config())).toThrow('ENOENT');
  });

  it('without a key and without a terminal says which flag is missing, within a second', async () => {
    const ended = await fixture.ureg(['login', '--server', 'https://registry.invalid'], nobody);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('--token-stdin') });
  });
});

describe('a profile', () => {
  it('is added, used, shown and removed; a new server makes it forget its key', async () => {
    const none = { env: { UREG_SERVER: '', UREG_TOKEN: '' } };
    await fixture.ureg(['profile', 'add', 'a', '--server', fixture.stub.url], none);
    await fixture.ureg(['profile', 'add', 'b', '--server', 'https://b.example.com', '--timeout', '5s'], none);
    await fixture.ureg(['login', '--profile', 'a', '--key', KEY], none);
    expect((await fixture.ureg(['profile', 'use', 'b'], none)).stdout).toBe('using profile b\n');
    expect((await fixture.ureg(['profile', 'list'], none)).stdout).toBe(
      `CURRENT\tNAME\tSERVER\tKEY\n-\ta\t${fixture.stub.url}\tureg_…cret\n*\tb\thttps://b.example.com\t-\n`,
    );
    expect((await fixture.ureg(['config-file', 'path', '-o', 'csv', '--no-headers'], none)).stdout).toContain(
      'timeout,5s,profile b',
    );
    expect(
      (await fixture.ureg(['profile', 'add', 'a', '--server', 'https://other.example.com'], none)).stdout,
    ).toContain('forgotten');
    expect((await fixture.ureg(['profile', 'remove', 'b'], none)).code).toBe(0);
    expect((await fixture.ureg(['profile', 'show', 'b'], none)).code).toBe(3);
  });
});
