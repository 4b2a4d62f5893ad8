import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CredentialCache } from '../../src/gateway/credential-cache.js';
import { KeyNotices } from '../../src/gateway/key-notices.js';
import { ApiKeyRepository } from '../../src/gateway/keys/api-key.repository.js';
import { FirstKey } from '../../src/gateway/keys/first-key.js';
import { keyTypeOf, makeKey } from '../../src/gateway/keys/key-format.js';
import { KeyHasher } from '../../src/gateway/keys/key-hasher.js';
import { KeyLookup } from '../../src/gateway/keys/key-lookup.js';
import { KeysService } from '../../src/gateway/keys/keys.service.js';
import { RoleRepository } from '../../src/gateway/roles/role.repository.js';
import { RolesService } from '../../src/gateway/roles/roles.service.js';
import { DatabaseListener } from '../../src/platform/database/database-listener.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { readEnv } from '../../src/platform/env/load-env.js';
import { auditTrail } from '../support/audit-trail.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { quietLogger } from '../support/quiet-logger.js';

describe('the first admin key', () => {
  let database: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    database = await testDatabase();
  });

  afterAll(() => database.close());

  beforeEach(async () => {
    await database.uow.query('DELETE FROM api_key');
    folder = await mkdtemp(join(tmpdir(), 'ureg-first-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** The gateway's parts of one process, as they start: with a database of its own, or embedded. */
  const start = async (variables: Record<string, string> = {}, embedded = false) => {
    const env = readEnv({ DATA_DIR: folder, ...variables });
    const uow = new UnitOfWork(database.dataSource, { ...database.settings, embedded });
    const repository = new ApiKeyRepository(uow);
    const hasher = new KeyHasher(env);
    const notices = new KeyNotices(uow, new DatabaseListener(database.settings, quietLogger()), new CredentialCache());
    const audit = auditTrail(uow);
    const roles = new RolesService(uow, new RoleRepository(uow), notices, audit);
    const keys = new KeysService(uow, repository, hasher, notices, roles, audit);
    const first = new FirstKey(env, uow, repository, keys, hasher, audit, quietLogger());
    await first.onApplicationBootstrap();
    return first.announcement();
  };
  /** What a key may do now, asked anew; undefined when it is refused. */
  const powers = async (
    key: string,
    variables: Record<string, string> = {},
  ): Promise<readonly string[] | undefined> => {
    const uow = new UnitOfWork(database.dataSource, { ...database.settings, embedded: true });
    const lookup = new KeyLookup(new ApiKeyRepository(uow), new KeyHasher(readEnv(variables)));
    return (await lookup.grant(key))?.caller.permissions;
  };
  const living = async (): Promise<number> =>
    (await database.uow.query<{ n: number }>('SELECT count(*)::integer AS n FROM api_key WHERE revoked_at IS NULL'))[0]
      .n;

  describe('on a database of its own', () => {
    it('is made at the first start, said once, and never again', async () => {
      const { key, file } = await start();
      expect(keyTypeOf(key ?? '')).toBe('admin_key');
      expect(file).toBeUndefined();
      expect(await powers(key ?? '')).toEqual(['*']);
      expect(await start()).toEqual({});
      expect(await readdir(folder)).toEqual([]);
    });

    it('is one, when many processes start at once', async () => {
      const said = await Promise.all(Array.from({ length: 8 }, () => start()));
      expect(said.filter(({ key }) => key !== undefined)).toHaveLength(1);
      expect(await living()).toBe(1);
    });

    it('is made anew when nobody can administer any more', async () => {
      const { key } = await start();
      await database.uow.query(`UPDATE api_key SET revoked_at = now(), revoked_by = 'admin_key:x'`);
      const again = await start();
      expect(again.key).not.toBe(key);
      expect(await powers(again.key ?? '')).toEqual(['*']);
      expect(await powers(key ?? '')).toBeUndefined();
    });
  });

  describe('from REGISTRY_ADMIN_KEY', () => {
    const [one, other] = [makeKey('admin_key'), makeKey('admin_key')];

    it('is there after the start, and nothing is shown', async () => {
      expect(await start({ REGISTRY_ADMIN_KEY: one })).toEqual({});
      expect(await powers(one)).toEqual(['*']);
      expect(await start({ REGISTRY_ADMIN_KEY: one })).toEqual({});
      expect(await living()).toBe(1);
    });

    it('is one, when many processes start at once', async () => {
      await Promise.all(Array.from({ length: 8 }, () => start({ REGISTRY_ADMIN_KEY: one })));
      expect(await living()).toBe(1);
    });

    it('changed, is the new one only; changed back, the former one again', async () => {
      await start({ REGISTRY_ADMIN_KEY: one });
      await start({ REGISTRY_ADMIN_KEY: other });
      expect([await powers(one), await powers(other)]).toEqual([undefined, ['*']]);
      await start({ REGISTRY_ADMIN_KEY: one });
      expect([await powers(one), await powers(other)]).toEqual([['*'], undefined]);
    });

    it('revoked by somebody, stays revoked and says so', async () => {
      await start({ REGISTRY_ADMIN_KEY: one });
      await database.uow.query(`UPDATE api_key SET revoked_at = now(), revoked_by = 'admin_key:x'`);
      const { note } = await start({ REGISTRY_ADMIN_KEY: one });
      expect(note).toMatch(/was revoked on .* set another one/);
      expect(note).not.toContain(one);
      expect(await powers(one)).toBeUndefined();
    });

    it('mistyped, stops the start', async () => {
      const typo = one.slice(0, -1) + (one.endsWith('0') ? '1' : '0');
      await expect(start({ REGISTRY_ADMIN_KEY: typo })).rejects.toThrow('REGISTRY_ADMIN_KEY is mistyped');
      await expect(start({ REGISTRY_ADMIN_KEY: makeKey('api_key') })).rejects.toThrow(/REGISTRY_ADMIN_KEY must/);
    });
  });

  describe('embedded', () => {
    const embedded = (): Promise<{ key?: string; file?: string; note?: string }> => start({}, true);

    it('stands in the data folder, for its owner only', async () => {
      const { key, file = '' } = await embedded();
      expect(file).toBe(join(folder, 'admin.key'));
      expect(await readFile(file, 'utf8')).toBe(`${key}\n`);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readdir(folder)).toEqual(['admin.key']);
      expect(await embedded()).toEqual({ file });
      expect(await powers(key ?? '')).toEqual(['*']);
    });

    it.each([
      ['lost', (file: string) => rm(file)],
      ['overwritten', (file: string) => writeFile(file, 'nothing useful\n')],
      ['of another registry', (file: string) => writeFile(file, `${makeKey('admin_key')}\n`)],
    ])('a file that is %s is written anew, and the lost key ends', async (_, spoil) => {
      const { key = '', file = '' } = await embedded();
      await spoil(file);
      const again = await embedded();
      expect(await readFile(file, 'utf8')).toBe(`${again.key}\n`);
      expect([await powers(key), await powers(again.key ?? '')]).toEqual([undefined, ['*']]);
      expect(await living()).toBe(1);
    });

    it('keys that people made are left alone when the file is lost', async () => {
      const { file = '' } = await embedded();
      await database.uow.query(`UPDATE api_key SET origin = 'api'`);
      await rm(file);
      await embedded();
      expect(await living()).toBe(2);
    });

    it('a folder that cannot be written to does not hinder the start', async () => {
      await writeFile(join(folder, 'blocked'), '');
      const { key, file, note } = await start({ DATA_DIR: join(folder, 'blocked') }, true);
      expect(await powers(key ?? '')).toEqual(['*']);
      expect(file).toBeUndefined();
      expect(note).toContain('could not be written');
      await chmod(folder, 0o700);
    });
  });

  describe('with a pepper', () => {
    const pepper = { API_KEY_PEPPER: 'a pepper of some length' };

    it('is stored as an HMAC, and works only where the pepper is known', async () => {
      const { key = '' } = await start(pepper);
      const [row] = await database.uow.query<{ hash_version: number }>('SELECT hash_version FROM api_key');
      expect(row.hash_version).toBe(1);
      expect(await powers(key, pepper)).toEqual(['*']);
      expect(await powers(key)).toBeUndefined();
    });

    it('a key from before the pepper works on, and is moved to it when it is used', async () => {
      const { key = '' } = await start();
      expect(await powers(key, pepper)).toEqual(['*']);
      const [row] = await database.uow.query<{ hash_version: number }>('SELECT hash_version FROM api_key');
      expect(row.hash_version).toBe(1);
      expect(await powers(key)).toBeUndefined();
      expect(await powers(key, { API_KEY_PEPPER: `another pepper altogether,${pepper.API_KEY_PEPPER}` })).toEqual([
        '*',
      ]);
      expect(await powers(key, { API_KEY_PEPPER: 'another pepper altogether' })).toEqual(['*']);
    });
  });
});
