import type { MigrationInterface, QueryRunner } from 'typeorm';

const EVENTS = {
  insert: { row: 'NEW', removed: false },
  update: { row: 'NEW', removed: false },
  delete: { row: 'OLD', removed: true },
} as const;
type Event = keyof typeof EVENTS;
const NAMES = Object.keys(EVENTS) as Event[];

/** The number of a transaction is taken by its first change and known to the others by a setting that ends with it. */
const atCommit = (event: Event): string => {
  const { row, removed } = EVENTS[event];
  return `
  CREATE OR REPLACE FUNCTION config_entry_${event}() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE number bigint := nullif(current_setting('registry.config_index', true), '')::bigint;
  BEGIN
    IF number IS NULL THEN
      UPDATE config_head SET idx = idx + 1 RETURNING idx INTO number;
      PERFORM set_config('registry.config_index', number::text, true), pg_notify('config_changed', number::text);
    END IF;
    INSERT INTO config_change AS c (entry_id, uid, name, scope, idx, removed, at)
      VALUES (${row}.id, ${row}.uid, ${row}.name, ${row}.version, number, ${removed}, clock_timestamp())
    ON CONFLICT (entry_id) DO UPDATE SET idx = excluded.idx, removed = excluded.removed, at = excluded.at;
    RETURN NULL;
  END $$`;
};

/** As it was: at the end of each statement, whose rows are a table. */
const atStatement = (event: Event): string => {
  const rows = event === 'delete' ? 'was' : 'added';
  return `
  CREATE OR REPLACE FUNCTION config_entry_${event}() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE number bigint;
  BEGIN
    IF NOT EXISTS (SELECT FROM ${rows} WHERE kind = 'config') THEN RETURN NULL; END IF;
    UPDATE config_head SET idx = idx + 1 RETURNING idx INTO number;
    INSERT INTO config_change AS c (entry_id, uid, name, scope, idx, removed, at)
      SELECT id, uid, name, version, number, ${EVENTS[event].removed}, clock_timestamp() FROM ${rows} WHERE kind = 'config'
    ON CONFLICT (entry_id) DO UPDATE SET idx = excluded.idx, removed = excluded.removed, at = excluded.at;
    PERFORM pg_notify('config_changed', number::text);
    RETURN NULL;
  END $$`;
};

/**
 * Changes of configuration are numbered as their transaction commits. The row that holds the newest number is locked from
 * then on only, and no longer from the first change until the end: writers of different keys do not wait for one another.
 * Numbers still become visible in their order.
 */
export class ConfigChangeAtCommit1764000009084 implements MigrationInterface {
  name = 'ConfigChangeAtCommit1764000009084';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const event of NAMES) {
      await queryRunner.query(`DROP TRIGGER config_entry_${event} ON entry`);
      await queryRunner.query(atCommit(event));
      // Changes of other kinds are not even remembered until then.
      await queryRunner.query(`CREATE CONSTRAINT TRIGGER config_entry_${event} AFTER ${event.toUpperCase()} ON entry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (${EVENTS[event].row}.kind = 'config')
        EXECUTE FUNCTION config_entry_${event}()`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const event of NAMES) {
      await queryRunner.query(`DROP TRIGGER config_entry_${event} ON entry`);
      await queryRunner.query(atStatement(event));
      const table = event === 'delete' ? 'OLD TABLE AS was' : 'NEW TABLE AS added';
      await queryRunner.query(`CREATE TRIGGER config_entry_${event} AFTER ${event.toUpperCase()} ON entry
        REFERENCING ${table} FOR EACH STATEMENT EXECUTE FUNCTION config_entry_${event}()`);
    }
  }
}
