import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { moveDatabase } from '../../src/platform/database/backup/backup-commands.js';
import { DatabaseSnapshots } from '../../src/platform/database/backup/database-snapshots.js';
import { isNative, testDatabase, testPlace } from '../support/database.js';
import { testApp } from '../support/test-app.js';
import { BackupFolder, CONTEXT, placeOf } from './backup-fixture.js';

describe('a backup of an older schema', () => {
  it('is restored at its own version, and brought up to date after it', async () => {
    const migrations = CONTEXT.schema.migrations.slice(0, -3);
    const former = { ...CONTEXT.schema, entities: [], migrations };
    const database = await testDatabase({ empty: true, schema: former });
    const target = await testPlace();
    try {
      await database.dataSource.runMigrations();
      await database.uow.query(
        `INSERT INTO signing_key (kid, public_jwk, expires_at) VALUES ('old', 'null', 'infinity')`,
      );
      const done = await moveDatabase(CONTEXT, { url: database.url }, placeOf(target));
      expect(done.migrated).toHaveLength(3);
      expect(done.manifest.head.migrations).toHaveLength(migrations.length);
    } finally {
      await database.close();
    }
    const opened = await testApp({ place: target });
    const [key] = await opened.uow.query(
      'SELECT kid, public_jwk::text AS jwk, expires_at::text AS until FROM signing_key WHERE kid = $1',
      ['old'],
    );
    expect(key).toEqual({ kid: 'old', jwk: 'null', until: 'infinity' });
    await opened.close();
    await target.drop();
  });
});

describe('a backup of a database behind a pooler', () => {
  it('goes past it, where the way past it is told', async () => {
    const { settings, close } = await testDatabase();
    const pooled = { ...settings, url: 'postgresql://nobody@127.0.0.1:9/none', directUrl: settings.url };
    const snapshot = await new DatabaseSnapshots(pooled, undefined).open();
    const pieces = snapshot.pieces('0.1.0');
    expect((await pieces.next()).value).toContain('"backup":"universal-registry"');
    await pieces.return();
    await snapshot.close();
    await close();
  });
});

// The embedded database has one user, who may do everything.
(isNative() ? describe : describe.skip)('a backup by a service that does not own its tables', () => {
  it('has the sequences too', async () => {
    const role = `ureg_backup_${randomBytes(4).toString('hex')}`;
    const place = await testPlace();
    const folder = await BackupFolder.make();
    const owner = new Client({ connectionString: place.env.DATABASE_URL });
    await owner.connect();
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'of a test'`);
    await owner.query(`SELECT grant_service_role('${role}')`);
    const url = new URL(place.env.DATABASE_URL);
    url.username = role;
    url.password = 'of a test';
    const service = await testApp({ place: { ...place, env: { DATABASE_URL: url.toString() } } });
    const { manifest } = await folder.taken(service.api);
    expect(Number(manifest.head.sequences['entry.id'])).toBeGreaterThan(0);
    await service.close();
    await owner.query(`DROP OWNED BY ${role}`);
    await owner.query(`DROP ROLE ${role}`);
    await owner.end();
    await place.drop();
    await folder.remove();
  });
});
