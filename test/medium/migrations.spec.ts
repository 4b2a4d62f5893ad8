import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { DATABASE_SCHEMA } from '../../src/database-schema.js';
import { connectDatabase } from '../../src/platform/database/connect-database.js';
import { dataSource } from '../../src/platform/database/data-source.js';
import type { DatabaseSchema } from '../../src/platform/database/data-source.js';
import { migrationCommand } from '../../src/platform/database/migration-commands.js';
import { listMigrations, revertMigrations, runMigrations } from '../../src/platform/database/migrations.js';
import { leftovers, migrationSource, schemaDifference } from '../../src/platform/database/schema-difference.js';
import { isNative, testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { quietLogger } from '../support/quiet-logger.js';

class First1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE first (id int CONSTRAINT first_pkey PRIMARY KEY)');
    await runner.query('SELECT pg_sleep(0.3)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE first');
  }
}
class Second1700000000002 implements MigrationInterface {
  static broken = false;
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE second (id int)');
    if (Second1700000000002.broken) await runner.query('SELECT 1 / 0');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE second');
  }
}
const SMALL: DatabaseSchema = { entities: [], migrations: [First1700000000001, Second1700000000002] };
const NAMES = ['First1700000000001', 'Second1700000000002'];

@Entity('first')
class FirstRow {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'first_pkey' })
  id: number;

  @Column('text', { default: 'a `note` of ${1}' })
  noteText: string;
}

describe('migrations', () => {
  let database: TestDatabase;
  const opened: DataSource[] = [];
  beforeAll(async () => {
    database = await testDatabase({ empty: true, schema: SMALL });
  });
  beforeEach(async () => {
    Second1700000000002.broken = false;
    await database.dataSource.query('DROP SCHEMA public CASCADE');
    await database.dataSource.query('CREATE SCHEMA public');
  });
  afterEach(async () => {
    for (const source of opened.splice(0)) await source.destroy();
  });
  afterAll(() => database.close());

  const another = async (schema = SMALL): Promise<DataSource> => {
    const source = dataSource({ ...database.settings, poolSize: 2 }, schema, () => undefined);
    opened.push(source);
    return source.initialize();
  };
  const connect = async (migrate: boolean, schema = SMALL): Promise<DataSource> => {
    const source = await connectDatabase({ settings: database.settings, schema, migrate, logger: quietLogger() });
    opened.push(source);
    return source;
  };

  it('run once, in order', async () => {
    expect(await listMigrations(database.dataSource)).toEqual({ executed: [], pending: NAMES, unknown: [] });
    expect(await runMigrations(database.dataSource)).toEqual(NAMES);
    expect(await runMigrations(database.dataSource)).toEqual([]);
    expect(await listMigrations(database.dataSource)).toEqual({ executed: NAMES, pending: [], unknown: [] });
  });

  it('are undone from the last', async () => {
    await runMigrations(database.dataSource);
    expect(await revertMigrations(database.dataSource, 1)).toEqual(NAMES.slice(0, 1));
    expect(await leftovers(database.dataSource)).toEqual(['first']);
  });

  it('one that fails leaves nothing of itself and all before it; mended, the rest runs', async () => {
    Second1700000000002.broken = true;
    await expect(runMigrations(database.dataSource)).rejects.toMatchObject({ driverError: { code: '22012' } });
    expect(await leftovers(database.dataSource)).toEqual(['first']);
    Second1700000000002.broken = false;
    expect(await runMigrations(database.dataSource)).toEqual(NAMES.slice(1));
  });

  it('run at the start of a service that may, however short its statements must be', async () => {
    const settings = { ...database.settings, statementTimeout: 100 };
    opened.push(await connectDatabase({ settings, schema: SMALL, migrate: true, logger: quietLogger() }));
    expect((await listMigrations(database.dataSource)).executed).toEqual(NAMES);
  });

  it('take what time they need, whatever limit the role or the database has', async () => {
    // The embedded server knows no timers.
    if (!isNative()) return;
    const [{ name }] = await database.dataSource.query<{ name: string }[]>('SELECT current_database() AS name');
    await database.dataSource.query(`ALTER DATABASE "${name}" SET statement_timeout = '100ms'`);
    try {
      const settings = { ...database.settings, statementTimeout: 0 };
      const source = await dataSource(settings, SMALL, () => undefined).initialize();
      opened.push(source);
      await expect(source.query('SELECT pg_sleep(0.3)')).rejects.toMatchObject({ driverError: { code: '57014' } });
      expect(await runMigrations(source)).toEqual(NAMES);
      await expect(source.query('SELECT pg_sleep(0.3)')).rejects.toMatchObject({ driverError: { code: '57014' } });
    } finally {
      await database.dataSource.query(`ALTER DATABASE "${name}" RESET statement_timeout`);
    }
  });

  it('keep a service that may not run them from starting, in a sentence that says what to do', async () => {
    await expect(connect(false)).rejects.toThrow(
      'The database lacks 2 migrations (first: First1700000000001). Run `npm run migration:run`, or start with MIGRATE_ON_START=true.',
    );
    expect(await leftovers(database.dataSource)).toEqual([]);
    await runMigrations(database.dataSource);
    expect((await connect(false)).isInitialized).toBe(true);
  });

  it('of a newer release do not keep an older one from running, as a roll-out needs it', async () => {
    await runMigrations(database.dataSource);
    const older = await connect(false, { entities: [], migrations: [First1700000000001] });
    expect(await listMigrations(older)).toEqual({ executed: NAMES, pending: [], unknown: NAMES.slice(1) });
  });

  it('a difference between row classes and tables is found, and a migration written for it', async () => {
    await runMigrations(database.dataSource);
    const difference = await schemaDifference(await another({ ...SMALL, entities: [FirstRow] }));
    expect(difference.up.map(({ sql }) => sql)).toEqual([expect.stringContaining('ADD "note_text" text')]);
    const source = migrationSource('AddNote1', difference);
    expect(source).toContain("DEFAULT 'a \\`note\\` of \\${1}'`);");
    expect(source).toContain('DROP COLUMN "note_text"');
  });

  it('the registry’s own fit its row classes, and undone leave nothing behind', async () => {
    const lines: string[] = [];
    const context = {
      schema: DATABASE_SCHEMA,
      url: isNative() ? database.url : undefined,
      dataDir: '/nowhere',
      print: (line: string) => lines.push(line),
    };
    expect([await migrationCommand(context, ['check']), lines]).toEqual([
      0,
      [
        `ran ${DATABASE_SCHEMA.migrations.length} migrations on an empty database`,
        'undid them all',
        'ran them all again: the migrations are in order',
      ],
    ]);
  });

  // The embedded database has one process, so nobody to race with.
  if (isNative()) {
    const migrate = (): Promise<{ stdout: string }> =>
      promisify(execFile)(process.execPath, ['dist/src/migrate.js', 'run'], {
        env: { ...process.env, DATABASE_URL: database.url },
      });

    it('that many replicas begin at once run once', async () => {
      const sources = await Promise.all(Array.from({ length: 6 }, () => another()));
      const ran = await Promise.all(sources.map(runMigrations));
      expect(ran.flat()).toEqual(NAMES);
    });

    it('that several processes begin at once run once', async () => {
      const ends = await Promise.all([migrate(), migrate(), migrate()]);
      const lines = ends.flatMap(({ stdout }) => stdout.trim().split('\n'));
      expect(lines.filter((line) => line === 'Nothing is pending.')).toHaveLength(2);
      expect(lines.filter((line) => line.startsWith('ran '))).toHaveLength(DATABASE_SCHEMA.migrations.length);
    });

    it('of a process that is killed in the middle are finished by the next', async () => {
      const child = spawn(process.execPath, ['dist/src/migrate.js', 'run'], {
        env: { ...process.env, DATABASE_URL: database.url },
      });
      await eventually(
        'the first one has run',
        async () => (await listMigrations(database.dataSource)).executed.length > 0,
      );
      child.kill('SIGKILL');
      await once(child, 'exit');
      await migrate();
      const source = await another(DATABASE_SCHEMA);
      expect(await listMigrations(source)).toMatchObject({ pending: [], unknown: [] });
      expect((await schemaDifference(source)).up).toEqual([]);
    });
  }
});
