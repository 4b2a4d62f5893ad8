import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useFixture } from './support/fixture.js';
import { ROLE, TOKEN } from './support/stub-gateway.js';

jest.setTimeout(120_000);

const fixture = useFixture({ here: true });

const bodies = (): unknown[] => fixture.stub.writes.map(({ body }) => JSON.parse(body));
const file = (): string => join(fixture.program.home, 'refresh.token');
const OLD = `refresh_${'o'.repeat(49)}`;

describe('a token', () => {
  it('is a part of what the key may do, for as long as was said; -q prints it alone', async () => {
    const args = ['token', 'create', '--permission', 'read:entities', '--expires', '5m'];
    expect((await fixture.ureg([...args, '-q'])).stdout).toBe(`${TOKEN.access_token}\n`);
    expect(bodies()).toEqual([{ permissions: ['read:entities'], expires_in: 300 }]);
    expect((await fixture.ureg(['token', 'create', '--expires', '2h'])).code).toBe(2);
  });

  it('with a refresh token is not made when the refresh token would not be shown', async () => {
    expect(await fixture.ureg(['token', 'create', '--refresh', '-q'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the refresh token would be lost'),
    });
    expect(fixture.stub.seen).toEqual([]);
    expect((await fixture.ureg(['token', 'create', '--refresh'])).stdout).toContain(TOKEN.refresh_token);
  });

  it('is refreshed from standard input, once, or from a file that then holds the next', async () => {
    const piped = await fixture.ureg(['token', 'refresh', '-o', 'json'], { stdin: `${OLD}\n` });
    expect(JSON.parse(piped.stdout)).toEqual(TOKEN);
    writeFileSync(file(), OLD, { mode: 0o644 });
    const ended = await fixture.ureg(['token', 'refresh', '--file', 'refresh.token']);
    expect(ended.stdout).toContain(TOKEN.access_token);
    expect(ended.stdout).not.toContain(TOKEN.refresh_token);
    expect(readFileSync(file(), 'utf8')).toBe(`${TOKEN.refresh_token}\n`);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(bodies()).toEqual([{ refresh_token: OLD }, { refresh_token: OLD }]);
    expect(fixture.stub.writes.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined, undefined]);
  });

  it('that could not be refreshed leaves the file as it was, and is not sent a second time', async () => {
    writeFileSync(file(), OLD);
    fixture.stub.reset(503);
    expect((await fixture.ureg(['token', 'refresh', '--file', 'refresh.token'])).code).toBe(7);
    expect(fixture.stub.seen).toHaveLength(1);
    expect(readFileSync(file(), 'utf8')).toBe(OLD);
  });

  it('is revoked from standard input, and shown neither by a dry run nor by --debug', async () => {
    for (const args of [['refresh'], ['revoke', '--yes']]) {
      const plan = await fixture.ureg(['token', ...args, '--dry-run', '--debug'], { stdin: OLD });
      expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining('********') });
      expect(plan.stdout + plan.stderr).not.toContain(OLD);
    }
    expect(fixture.stub.seen).toEqual([]);
    expect((await fixture.ureg(['token', 'revoke', '--yes'], { stdin: OLD })).stdout).toContain('opens nothing');
    expect(bodies()).toEqual([{ token: OLD }]);
  });

  it.each(['refresh', 'revoke'])('that nobody gave is missed by %s before anything is asked', async (verb) => {
    const yes = verb === 'revoke' ? ['--yes'] : [];
    for (const more of [[], ['--file', 'nothing']])
      expect(await fixture.ureg(['token', verb, ...yes, ...more])).toMatchObject({ code: 2, stdout: '' });
    expect((await fixture.ureg(['token', verb, ...yes, OLD])).code).toBe(2);
    expect(fixture.stub.seen).toEqual([]);
  });

  it('can be checked with the key set, which is the one of the API as JSON', async () => {
    expect(JSON.parse((await fixture.ureg(['token', 'keys', '-o', 'json'])).stdout)).toMatchObject({
      keys: [{ kid: 'kid-1' }],
    });
    expect((await fixture.ureg(['token', 'keys', '-o', 'name'])).stdout).toBe('kid-1\n');
  });
});

describe('a role', () => {
  it('is made from permissions, and changed at the revision that was read', async () => {
    await fixture.ureg(['role', 'create', 'release-manager', '--permission', 'read:*,write:entities']);
    await fixture.ureg(['role', 'update', 'release-manager', '--add-permission', 'write:plugin']);
    await fixture.ureg(['role', 'update', 'release-manager', '--permission', 'read:*', '--if-match', '1']);
    expect(
      fixture.stub.writes.map(({ method, body, headers }) => [method, JSON.parse(body), headers['if-match']]),
    ).toEqual([
      ['POST', { name: 'release-manager', permissions: ['read:*', 'write:entities'] }, undefined],
      ['PUT', { description: ROLE.description, permissions: [...ROLE.permissions, 'write:plugin'] }, '"2"'],
      ['PUT', { description: ROLE.description, permissions: ['read:*'] }, '"1"'],
    ]);
    expect((await fixture.ureg(['role', 'create', 'x'])).code).toBe(2);
    expect((await fixture.ureg(['role', 'update', 'release-manager'])).code).toBe(2);
  });
});

describe('names of keys and roles', () => {
  it('are completed', async () => {
    expect((await fixture.ureg(['__complete', 'key', 'c'])).stdout).toBe('ci\n');
    expect((await fixture.ureg(['__complete', 'role', ''])).stdout).toBe('release-manager\n');
    expect((await fixture.ureg(['__complete', 'role', 'x'])).stdout).toBe('');
  });
});
