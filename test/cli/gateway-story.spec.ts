import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useOwnService } from './support/own-service.js';
import type { Ended } from './support/program.js';

jest.setTimeout(300_000);

const own = useOwnService();
const { ureg, json } = own;

/** Elsewhere, with a key or token. */
const as = (token: string, ...args: string[]): Promise<Ended> =>
  own.program.run(args, { cwd: own.program.folder, env: { UREG_SERVER: own.service.url, UREG_TOKEN: token } });
const newKey = (stdout: string): string => stdout.trim().split('\n').at(-1) ?? '';

interface Key {
  id: string;
  status: string;
  permissions: string[];
  replaced_at: string | null;
  rate_limit: unknown;
}

describe('the life of a key', () => {
  it('is made, tells who it is, is rotated, and opens nothing after it was revoked', async () => {
    const flags = ['--permission', 'read:entities', '--role', 'viewer', '--expires', '30d', '--rate', '1000/1h'];
    const made = await ureg('key', 'create', '--name', 'ci', ...flags, '--allow-ip', '127.0.0.0/8,::1');
    const first = newKey(made.stdout);
    expect(first).toMatch(/^ureg_\w{49}$/);
    const who = JSON.parse((await as(first, 'whoami', '-o', 'json')).stdout) as Record<string, unknown>;
    expect(who).toMatchObject({
      name: 'ci',
      type: 'api_key',
      roles: ['viewer'],
      server: own.service.url,
      profile: null,
    });
    expect(Date.parse(String(who.expires_at)) / 86_400_000).toBeCloseTo(Date.now() / 86_400_000 + 30, 1);
    expect((await as(first, 'list')).code).toBe(0);
    expect(await as(first, 'key', 'list')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/admin:keys[^]*next: ureg whoami/),
    });

    const rotated = await ureg('key', 'rotate', 'ci', '--grace', '1h', '--to', 'ci.key');
    expect(rotated.stdout).toMatch(
      /^rotated key ci: the old one works until .* \(in 1h\); the new one is .* ci\.key\n$/,
    );
    const second = readFileSync(join(own.program.home, 'ci.key'), 'utf8').trim();
    for (const key of [first, second]) expect((await as(key, 'list')).code).toBe(0);
    expect((await ureg('key', 'list', '--name', 'ci')).stdout).toMatch(/\tactive\t[^]*\treplaced\t/);
    expect((await ureg('key', 'rotate', 'ci')).code).toBe(5);
    expect((await ureg('key', 'rotate', 'ci', '--complete', '--yes')).code).toBe(0);
    expect((await as(first, 'list')).code).toBe(4);

    await ureg('key', 'update', 'ci', '--add-permission', 'write:entities', '--unset', 'rate_limit');
    const key = await json<Key>('key', 'get', 'ci');
    expect(key).toMatchObject({
      permissions: ['read:entities', 'write:entities'],
      rate_limit: null,
      replaced_at: null,
    });
    expect((await as(second, 'create', 'plugin', 'by-ci')).code).toBe(0);
    expect((await ureg('key', 'revoke', 'ci', '--yes')).stdout).toBe(`revoked key ci ${key.id}\n`);
    expect((await as(second, 'list')).code).toBe(4);
    expect(await ureg('key', 'get', 'ci')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('2 keys are named'),
    });
    expect((await json<Key>('key', 'get', key.id)).status).toBe('revoked');
  });

  it('refuses what its maker may not give, and the last admin key stays', async () => {
    const maker = newKey(
      (await ureg('key', 'create', '--name', 'maker', '--type', 'admin_key', '--permission', 'admin:keys')).stdout,
    );
    expect(await as(maker, 'key', 'create', '--name', 'more', '--permission', 'read:entities')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('You cannot grant what you do not hold: read:entities.'),
    });
    const admin = await json<Key[]>('key', 'list', '--type', 'admin_key', '--name', 'First');
    expect(await ureg('key', 'revoke', admin[0]?.id ?? '', '--yes')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('last lasting admin key'),
    });
    expect((await ureg('key', 'create', '--name', 'bad', '--permission', 'admin:keys')).code).toBe(11);
  });
});

describe('tokens and roles', () => {
  it('a token does its part of the key until it is revoked, and is refreshed from a file', async () => {
    const made = await json<Record<string, string>>('token', 'create', '--permission', 'read:entities', '--refresh');
    expect((await as(made.access_token ?? '', 'list')).code).toBe(0);
    expect((await as(made.access_token ?? '', 'create', 'plugin', 'x')).code).toBe(4);
    expect(JSON.parse((await as(made.access_token ?? '', 'whoami', '-o', 'json')).stdout)).toMatchObject({
      credential: 'token',
    });
    writeFileSync(join(own.program.home, 'r.token'), made.refresh_token ?? '');
    const next = newKey((await ureg('token', 'refresh', '--file', 'r.token', '-q')).stdout);
    expect((await as(next, 'list')).code).toBe(0);
    expect((await ureg('token', 'revoke', '--file', 'r.token', '--yes')).code).toBe(0);
    expect((await as(next, 'list')).code).toBe(4);
    expect((await ureg('token', 'refresh', '--file', 'r.token')).code).toBe(11);
    expect((await json<{ keys: unknown[] }>('token', 'keys')).keys).toHaveLength(1);
  });

  it('a role is made, changed, held and then not deleted; a permission it names is one of the list', async () => {
    const permissions = (await ureg('permission', 'list', '-o', 'name')).stdout.split('\n');
    expect(permissions).toEqual(expect.arrayContaining(['admin:keys', 'write:entities']));
    expect((await ureg('role', 'create', 'writer', '--permission', 'write:entities')).code).toBe(0);
    expect((await ureg('role', 'update', 'writer', '--add-permission', 'read:*')).stdout).toBe(
      'updated role writer to revision 2\n',
    );
    expect((await ureg('role', 'update', 'writer', '--description', 'x', '--if-match', '1')).code).toBe(5);
    const holder = await json<Key>('key', 'create', '--name', 'holder', '--role', 'writer');
    expect(await ureg('role', 'delete', 'writer', '--yes')).toMatchObject({ code: 5 });
    await ureg('key', 'revoke', holder.id, '--yes');
    expect((await ureg('role', 'delete', 'writer', '--yes')).stdout).toBe('deleted role writer\n');
    expect(await ureg('role', 'get', 'vewer')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('did you mean viewer?'),
    });
    expect((await ureg('role', 'update', 'viewer', '--add-permission', 'write:x')).code).toBe(5);
  });
});

describe('what was done', () => {
  it('stands in the audit trail, which holds against an end noted before', async () => {
    const head = (await ureg('audit', 'verify', '-q')).stdout.trim();
    expect(head).toMatch(/^\d+:[0-9a-f]{64}$/);
    const watched = await json<Key>('key', 'create', '--name', 'watched', '--role', 'viewer');
    await ureg('key', 'revoke', watched.id, '--yes');
    expect((await as(`ureg_${'0'.repeat(49)}`, 'list')).code).toBe(4);
    const rows = await json<{ action: string; subject: { id: string } }[]>('audit', 'list', '--entity', watched.id);
    expect(rows.map(({ action }) => action)).toEqual(['key.revoke', 'key.create']);
    const all = (await ureg('audit', 'list', '--all', '--limit', '1', '-o', 'name')).stdout.trim().split('\n');
    expect(new Set(all).size).toBe(all.length);
    const exported = (await ureg('audit', 'export', '--action', 'key.*', '--since', '1h')).stdout.trim().split('\n');
    expect(exported.map((line) => (JSON.parse(line) as { action: string }).action)).toContain('key.rotate');
    expect(await ureg('audit', 'verify', '--expected-head', head)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^intact {2}\d+ places checked/),
    });
    const forged = `${head.split(':')[0]}:${'0'.repeat(64)}`;
    expect(await ureg('audit', 'verify', '--expected-head', forged)).toMatchObject({
      code: 10,
      stdout: expect.stringContaining('expected_head'),
    });
    expect(
      await as(newKey((await ureg('key', 'create', '--name', 'r', '--role', 'viewer')).stdout), 'audit', 'list'),
    ).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('admin:audit'),
    });
  });

  it('stands in the usage of the key, which may see its own', async () => {
    const key = newKey((await ureg('key', 'create', '--name', 'busy', '--role', 'viewer')).stdout);
    await as(key, 'list');
    await as(key, 'get', 'plugin_nothing');
    let stdout = '';
    // Counts are written every ten seconds.
    for (const end = Date.now() + 60_000; !stdout.includes('GET /api/v1/entities/:id') && Date.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      ({ stdout } = await as(key, 'key', 'usage'));
    }
    expect(stdout).toMatch(/^GET \/api\/v1\/entities\t1\t0\t0%\t/m);
    expect(stdout).toMatch(/^GET \/api\/v1\/entities\/:id\t1\t1\t100%\t/m);
    expect((await ureg('key', 'usage', 'busy', '--by', 'key', '--since', '1h')).code).toBe(0);
    expect((await ureg('usage', '--by', 'key')).stdout).toMatch(/^busy\t\d+\t1\t/m);
    expect((await as(key, 'usage')).code).toBe(4);
  });
});
