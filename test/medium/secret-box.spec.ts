import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataKeys } from '../../src/platform/crypto/data-keys.js';
import { MasterKeys } from '../../src/platform/crypto/master-keys.js';
import { SecretBox, isSealed } from '../../src/platform/crypto/secret-box.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { readEnv } from '../../src/platform/env/load-env.js';
import { auditTrail } from '../support/audit-trail.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { quietLogger } from '../support/quiet-logger.js';

const masterKey = (): string => randomBytes(32).toString('base64');
const PLACE = { table: 'entry', row: '0192f0c1-7c3a-7a10-9d5e-0242ac120002', field: 'metadata.password' };

describe('secrets at rest', () => {
  let database: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.uow.query('DELETE FROM data_key');
    folder = await mkdtemp(join(tmpdir(), 'ureg-secrets-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** What one process has, started with these master keys; embedded when there are none. */
  const start = async (...keys: string[]): Promise<SecretBox & { uow: UnitOfWork }> => {
    const env = readEnv({ DATA_DIR: folder, REGISTRY_MASTER_KEY: keys.join(',') });
    const uow = new UnitOfWork(database.dataSource, { ...database.settings, embedded: keys.length === 0 });
    const box = new SecretBox(new DataKeys(uow, new MasterKeys(env, uow), auditTrail(uow)), quietLogger());
    await box.onApplicationBootstrap();
    return Object.assign(box, { uow });
  };
  const dataKeys = () =>
    database.uow.query<{ version: number; purpose: string; master_key_id: string; wrapped: Buffer }>(
      'SELECT version, purpose, master_key_id, wrapped FROM data_key ORDER BY version',
    );

  it('are sealed anew each time and opened by every process with the master key', async () => {
    const key = masterKey();
    const box = await start(key);
    const sealed = await box.seal(PLACE, 'hunter2 ✓');
    expect(isSealed(sealed)).toBe(true);
    expect(sealed).toMatch(/^enc:v1:1:[\w-]+$/);
    expect(await box.seal(PLACE, 'hunter2 ✓')).not.toBe(sealed);
    expect(await (await start(key)).open(PLACE, sealed)).toBe('hunter2 ✓');
    expect(await box.open(PLACE, await box.seal(PLACE, ''))).toBe('');
  });

  it('open in their own row and field only, and not when a byte was changed', async () => {
    const box = await start(masterKey());
    const sealed = await box.seal(PLACE, 'hunter2');
    await box.rotate();
    const elsewhere = [
      { ...PLACE, row: '0192f0c1-7c3a-7a10-9d5e-0242ac120003' },
      { ...PLACE, field: 'metadata.other' },
      { ...PLACE, table: 'other' },
    ];
    for (const place of elsewhere)
      await expect(box.open(place, sealed)).rejects.toMatchObject({ code: 'secrets.unreadable' });
    const last = sealed.at(-3) === 'A' ? 'B' : 'A';
    for (const changed of [
      sealed.slice(0, -3) + last + sealed.slice(-2),
      sealed.replace(':1:', ':2:'),
      sealed.replace(':1:', ':99:'),
      'enc:v1:1:short',
      'hunter2',
    ])
      await expect(box.open(PLACE, changed)).rejects.toMatchObject({ status: 503, code: 'secrets.unreadable' });
  });

  it('are refused where there is nothing to encrypt with', async () => {
    const env = readEnv({ DATA_DIR: folder });
    const uow = new UnitOfWork(database.dataSource, { ...database.settings, embedded: false });
    const box = new SecretBox(new DataKeys(uow, new MasterKeys(env, uow), auditTrail(uow)), quietLogger());
    await expect(box.seal(PLACE, 'x')).rejects.toMatchObject({ status: 422, code: 'secrets.no_master_key' });
    await expect(box.seal(PLACE, 'x')).rejects.toThrow(/REGISTRY_MASTER_KEY.*openssl rand -base64 32/);
    expect(await dataKeys()).toEqual([]);
  });

  it('make a master key beside the embedded database when the first one is stored', async () => {
    const file = join(folder, 'master.key');
    const box = await start();
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
    const sealed = await box.seal(PLACE, 'hunter2');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await (await start()).open(PLACE, sealed)).toBe('hunter2');
  });

  it('never put another master key in the place of a lost or unreadable one', async () => {
    const file = join(folder, 'master.key');
    const sealed = await (await start()).seal(PLACE, 'hunter2');
    const kept = await readFile(file);
    await rm(file);
    const without = await start();
    await expect(without.open(PLACE, sealed)).rejects.toMatchObject({ code: 'secrets.master_key_missing' });
    await expect(without.seal(PLACE, 'x')).rejects.toMatchObject({ code: 'secrets.master_key_missing' });
    await writeFile(file, 'garbage');
    await expect((await start()).seal(PLACE, 'x')).rejects.toMatchObject({ code: 'secrets.master_key_unreadable' });
    await writeFile(file, kept);
    expect(await (await start()).open(PLACE, sealed)).toBe('hunter2');
  });

  it('are sealed with the new key after a rotation, and the old ones open', async () => {
    const key = masterKey();
    const box = await start(key);
    const before = await box.seal(PLACE, 'old');
    const print = await box.fingerprint(PLACE, 'old');
    const version = await box.rotate();
    const after = await box.seal(PLACE, 'new');
    expect(after.startsWith(`enc:v1:${version}:`)).toBe(true);
    expect(before.startsWith(`enc:v1:${version}:`)).toBe(false);
    expect([await box.open(PLACE, before), await box.open(PLACE, after)]).toEqual(['old', 'new']);
    const other = await start(key);
    expect([await other.open(PLACE, before), await other.open(PLACE, after)]).toEqual(['old', 'new']);
    expect(await other.fingerprint(PLACE, 'old')).toBe(print);
  });

  it('move to another master key in two steps', async () => {
    const [first, second] = [masterKey(), masterKey()];
    const running = await start(first);
    const sealed = await running.seal(PLACE, 'hunter2');
    const [before] = await dataKeys();
    const both = await start(second, first);
    const [after] = await dataKeys();
    expect(after.master_key_id).not.toBe(before.master_key_id);
    expect(await both.open(PLACE, sealed)).toBe('hunter2');
    expect(await running.open(PLACE, sealed)).toBe('hunter2');
    expect(await (await start(second)).open(PLACE, sealed)).toBe('hunter2');
    await expect((await start(first)).open(PLACE, sealed)).rejects.toMatchObject({
      status: 503,
      code: 'secrets.master_key_missing',
    });
  });

  it('do not depend on a key whose transaction was undone', async () => {
    const box = await start(masterKey());
    await expect(
      box.uow.run(async () => {
        await box.seal(PLACE, 'lost');
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    expect(await dataKeys()).toEqual([]);
    const sealed = await box.uow.run(() => box.seal(PLACE, 'kept'));
    expect(await box.open(PLACE, sealed)).toBe('kept');
    expect(await dataKeys()).toHaveLength(1);
  });

  it('get one first key from many processes at once', async () => {
    const key = masterKey();
    const boxes = await Promise.all(Array.from({ length: 6 }, () => start(key)));
    const sealed = await Promise.all(boxes.map((box, i) => box.seal(PLACE, String(i))));
    const prints = await Promise.all(boxes.map((box) => box.fingerprint(PLACE, 'same')));
    for (const [i, text] of sealed.entries()) expect(await boxes[(i + 1) % 6].open(PLACE, text)).toBe(String(i));
    expect(new Set(prints).size).toBe(1);
  });

  it('keep a wrapped key in its own row', async () => {
    const key = masterKey();
    const box = await start(key);
    const sealed = await box.seal(PLACE, 'hunter2');
    await box.rotate();
    await database.uow.query(
      'UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE version = 2) WHERE version = 1',
    );
    await expect((await start(key)).open(PLACE, sealed)).rejects.toMatchObject({ status: 503 });
    const stored = JSON.stringify(await dataKeys());
    expect(stored).not.toContain(key);
  });
});
