import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { BackupManifest } from '../../src/backup-file/backup-format.js';
import { BackupService } from '../../src/backup/backup.service.js';
import { compareFile, moveDatabase, restoreFile } from '../../src/platform/database/backup/backup-commands.js';
import { AuditSealer } from '../../src/gateway/audit/audit-sealer.js';
import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { BACKUP, BackupFolder, CONTEXT, filled, placeOf } from './backup-fixture.js';
import { MASTER_KEY, good, valueOf } from './config-fixture.js';

const OTHER_MASTER_KEY = { REGISTRY_MASTER_KEY: randomBytes(32).toString('base64') };

describe('a backup', () => {
  let folder: BackupFolder;
  let place: TestPlace;
  let app: TestApp;
  let key: string;
  let file: string;
  let manifest: BackupManifest;
  const places: TestPlace[] = [];

  beforeAll(async () => {
    folder = await BackupFolder.make();
    place = await testPlace();
    app = await testApp({ place, env: MASTER_KEY });
    ({ key } = await filled(app));
    ({ path: file, manifest } = await folder.taken(app.api));
  });
  afterAll(async () => {
    await app.close();
    for (const one of [place, ...places]) await one.drop();
    await folder.remove();
  });

  /** `new` is without a table: making them all takes seconds. */
  const placeThatIs = async (state: 'new' | 'migrated'): Promise<TestPlace> => {
    const made = await testPlace({ empty: state === 'new' });
    places.push(made);
    return made;
  };
  const refused = (work: Promise<unknown>): Promise<{ code?: string; message: string; reason?: string }> =>
    work.then(
      () => ({ message: 'it was not refused' }),
      (error: unknown) => error as Error,
    );

  /** When entries were read is written down a little later: after the backup, too. */
  const unread = (rows: unknown): unknown =>
    JSON.parse(JSON.stringify(rows, (name, value: unknown) => (name === 'accessed_at' ? undefined : value)));

  it('holds every table, and says of each how many rows and what they come to', async () => {
    const tables = await app.uow.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace
       AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'migration'`,
    );
    expect(manifest.tables.map(({ table }) => table).sort()).toEqual(tables.map(({ name }) => name).sort());
    const rows = Object.fromEntries(manifest.tables.map((table) => [table.table, table.rows]));
    for (const name of [
      'entry',
      'relationship',
      'event',
      'audit',
      'api_key',
      'entry_secret',
      'data_key',
      'config_version',
    ])
      expect([name, rows[name] > 0]).toEqual([name, true]);
    expect(rows.entry_metric).toBe(3);
    expect(manifest.head).toMatchObject({ format: 1, release: '0.1.0', seq: expect.any(Number) });
    expect(manifest.head.master_keys).toHaveLength(1);
    expect(manifest.head.tables.indexOf('entry')).toBeLessThan(manifest.head.tables.indexOf('entry_secret'));
  });

  it('holds no secret and no key in the clear', async () => {
    const text = gunzipSync(await readFile(file)).toString();
    for (const secret of ['plain-hunter2', 'plain-s3cret', key, app.adminKey]) expect(text).not.toContain(secret);
  });

  it('is refused without admin:backup, and stands in the audit trail and in itself', async () => {
    expect((await app.api.as(key).get(BACKUP)).status).toBe(403);
    const rows = good(await app.api.get('/api/v1/gateway/audit?action=backup.create'));
    expect(rows).toHaveLength(1);
    expect(gunzipSync(await readFile(file)).toString()).toContain('"backup.create"');
  });

  it('keeps nobody from working while it is read slowly, and does not see what they do', async () => {
    const pieces = app.app.get(BackupService).pieces();
    let text = String((await pieces.next()).value);
    good(await app.api.post('/api/v1/entities', { type: 'resource', name: 'made-meanwhile' }));
    const another = await app.api.get(BACKUP);
    expect([another.status, another.body.code]).toEqual([409, 'backup.in_progress']);
    for await (const piece of pieces) text += piece;
    expect(text).not.toContain('made-meanwhile');
    expect(text).toMatch(/\{"end":null,.*\}\n$/);
    good(await app.api.delete('/api/v1/entities/resource_made-meanwhile'));
  });

  it('takes little memory at a time, however small the rows before a large one were', async () => {
    await app.uow.query(`INSERT INTO idempotency_key (caller, key, fingerprint, body)
      SELECT 'of a test', lpad(n::text, 6, '0'), '', CASE WHEN n > 2100 THEN large END
      FROM generate_series(1, 2120) n, (SELECT string_agg(decode(md5(i::text), 'hex'), '') AS large FROM generate_series(1, 6250) i) t`);
    let [longest, keys] = [0, 0];
    for await (const piece of app.app.get(BackupService).pieces()) {
      longest = Math.max(longest, piece.length);
      keys += piece.split('\n').filter((line) => line.startsWith('["of a test"')).length;
    }
    expect(keys).toBe(2120);
    expect(longest).toBeLessThan(1024 ** 2);
    await app.uow.query(`DELETE FROM idempotency_key WHERE caller = 'of a test'`);
  });

  it('that its client leaves in the middle lets go of everything', async () => {
    const gone = new AbortController();
    const left = fetch(app.url + BACKUP, { headers: { 'x-api-key': app.adminKey }, signal: gone.signal });
    await left.then(() => gone.abort());
    await eventually('another one can be made', async () => (await app.api.fetch('HEAD', BACKUP)).status === 200);
    const copies = async (): Promise<string[]> =>
      isNative() ? [] : (await readdir(place.env.DATA_DIR)).filter((name) => name.includes('.copy-'));
    await eventually('no copy is left', async () => (await copies()).length === 0);
    expect(await copies()).toEqual([]);
  });

  describe('restored elsewhere', () => {
    let target: TestPlace;
    let restored: TestApp;
    let open = false;
    let done: unknown;
    let differences: unknown;

    beforeAll(async () => {
      target = await placeThatIs('new');
      done = await restoreFile(CONTEXT, file, placeOf(target));
      ({ differences } = await compareFile(CONTEXT, file, placeOf(target)));
      restored = await testApp({ place: target, env: MASTER_KEY });
      open = true;
    });
    afterAll(() => (open ? restored.close() : undefined));

    it('comes to the same checksums, table by table', () => {
      expect(done).toMatchObject({ manifest: { checksum: manifest.checksum }, migrated: [] });
      expect(differences).toEqual([]);
    });

    it('is the same registry: entries, relationships, totals, search, keys, secrets', async () => {
      const api = restored.api.as(key);
      for (const path of [
        '/api/v1/entities?limit=1000&sort=name',
        '/api/v1/relationships?limit=1000',
        '/api/v1/stats',
      ]) {
        const here = good(await api.get(path));
        const there = good(await app.api.as(key).get(path));
        if (path.endsWith('stats')) expect(here.by_type).toEqual(there.by_type);
        else expect(unread(here)).toEqual(unread(there));
      }
      expect(good(await api.get('/api/v1/search?q=shop')).map(({ name }: { name: string }) => name)).toContain('shop');
      expect(await valueOf(api, 'db.password')).toBe('plain-s3cret');
      const [row] = await restored.uow.query<{ values: string[]; tags: string }>(
        `SELECT array_agg(value::text ORDER BY name) AS values, max(tags::text) AS tags FROM entry_metric`,
      );
      expect(row).toEqual({ values: ['NaN', '-Infinity', '0.10000000149011612'], tags: 'null' });
    });

    it('goes on where it was: ids, event numbers, the chain of the audit trail', async () => {
      const made = good(await restored.api.post('/api/v1/entities', { type: 'resource', name: 'after' }));
      expect(made.name).toBe('after');
      const [{ reused }] = await restored.uow.query<{ reused: boolean }>(
        `SELECT EXISTS (SELECT FROM entry e JOIN event v ON v.entry_id = e.id WHERE e.name = 'after' AND v.payload #>> '{entity,name}' <> 'after') AS reused`,
      );
      expect(reused).toBe(false);
      let last: { seq: number }[] = [];
      await eventually('its event has a number', async () => {
        last = good(await restored.api.get(`/api/v1/events?since=${manifest.head.seq}`)) as { seq: number }[];
        return JSON.stringify(last).includes('"after"');
      });
      expect(last[0].seq).toBe(manifest.head.seq + 1);
      await restored.app.get(AuditSealer).sealDue();
      await eventually('the trail is sealed', async () => {
        const verified = good(await restored.api.get('/api/v1/gateway/audit/verify'));
        expect(verified.broken).toEqual([]);
        return verified.unsealed.rows === 0;
      });
      const [told] = good(await restored.api.get('/api/v1/gateway/audit?action=backup.restore'));
      expect(told).toMatchObject({ actor: { id: 'system' }, details: { checksum: manifest.checksum } });
    });

    it('is no longer what the backup holds when somebody has worked in it, table by table', async () => {
      // Last: who compares has the database to himself.
      await restored.close();
      open = false;
      const found = (await compareFile(CONTEXT, file, placeOf(target))).differences.map(({ table }) => table);
      expect(found).toEqual(expect.arrayContaining(['entry', 'event']));
      expect(found).not.toContain('relationship');
    });
  });

  it('is restored with another master key too: secrets stay sealed, and say which key they need', async () => {
    const target = await placeThatIs('migrated');
    const { manifest: read } = await restoreFile(CONTEXT, file, placeOf(target));
    const other = await testApp({ place: target, env: OTHER_MASTER_KEY });
    const answer = await other.api.as(key).get('/api/v1/config/db.password');
    expect([answer.status, answer.body.code]).toEqual([503, 'secrets.master_key_missing']);
    expect(answer.body.detail).toContain(read.head.master_keys[0]);
    expect(await valueOf(other.api, 'db.pool')).toBe(5);
    await other.close();
  });

  it('is restored into a database that was only migrated, but not into one that was used', async () => {
    const migrated = await placeThatIs('migrated');
    await restoreFile(CONTEXT, file, placeOf(migrated));
    const again = await refused(restoreFile(CONTEXT, file, placeOf(migrated)));
    expect(again).toMatchObject({ code: 'restore.not_empty', message: expect.stringContaining('api_key') });
  });

  it('that is cut off or altered is refused before anything is written', async () => {
    const target = await placeThatIs('migrated');
    const whole = await readFile(file);
    const text = gunzipSync(whole).toString();
    const broken = [whole.subarray(0, whole.length / 2), text.replace('"shop"', '"shoq"'), text.slice(0, -10)];
    for (const [n, content] of broken.entries())
      expect(
        await refused(restoreFile(CONTEXT, await folder.file(`broken-${n}`, content), placeOf(target))),
      ).toMatchObject({
        name: 'BackupFileError',
      });
    await restoreFile(CONTEXT, file, placeOf(target));
  });

  it('of a newer release is refused', async () => {
    const target = await placeThatIs('new');
    const schema = { ...CONTEXT.schema, migrations: CONTEXT.schema.migrations.slice(0, -1) };
    const failure = await refused(restoreFile({ ...CONTEXT, schema }, file, placeOf(target)));
    expect(failure).toMatchObject({ code: 'restore.newer', message: expect.stringContaining('newer release') });
  });

  it('is moved from one database to another as it is', async () => {
    const from = await placeThatIs('migrated');
    const to = await placeThatIs('migrated');
    await restoreFile(CONTEXT, file, placeOf(from));
    const moved = await moveDatabase(CONTEXT, placeOf(from), placeOf(to));
    const kept = (one: BackupManifest): object =>
      Object.fromEntries(
        one.tables.filter(({ table }) => table !== 'audit').map(({ table, sha256 }) => [table, sha256]),
      );
    expect(kept(moved.manifest)).toEqual(kept(manifest));
    // Two restores, each of which takes half a minute where much else runs.
  }, 180_000);
});
