import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a change of configuration values tells every process: one number for each statement that changed some. */
const told = (rows: 'added' | 'was', removed: boolean): string => `
  BEGIN
    IF NOT EXISTS (SELECT FROM ${rows} WHERE kind = 'config') THEN RETURN NULL; END IF;
    UPDATE config_head SET idx = idx + 1 RETURNING idx INTO number;
    INSERT INTO config_change AS c (entry_id, uid, name, scope, idx, removed, at)
      SELECT id, uid, name, version, number, ${removed}, clock_timestamp() FROM ${rows} WHERE kind = 'config'
    ON CONFLICT (entry_id) DO UPDATE SET idx = excluded.idx, removed = excluded.removed, at = excluded.at;
    PERFORM pg_notify('config_changed', number::text);
    RETURN NULL;
  END`;

const TRIGGERS = {
  insert: ['added', 'NEW TABLE AS added'],
  update: ['added', 'NEW TABLE AS added'],
  delete: ['was', 'OLD TABLE AS was'],
} as const;

/**
 * The row of `config_head` stays locked until the transaction ends, so that numbers become visible in their order: who knows
 * one has seen all that are below it.
 */
export class ConfigChange1764000009080 implements MigrationInterface {
  name = 'ConfigChange1764000009080';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE TABLE config_head (idx bigint NOT NULL) WITH (fillfactor = 50)');
    await queryRunner.query('INSERT INTO config_head (idx) VALUES (1)');
    // Outlives its entry for a while, so that every process hears of the end.
    await queryRunner.query(`
      CREATE TABLE config_change (
        entry_id bigint NOT NULL,
        uid uuid NOT NULL,
        name text NOT NULL,
        scope text NOT NULL,
        idx bigint NOT NULL,
        removed boolean NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT config_change_pkey PRIMARY KEY (entry_id)
      )`);
    await queryRunner.query('CREATE INDEX config_change_idx_idx ON config_change (idx)');
    for (const [change, [rows, table]] of Object.entries(TRIGGERS)) {
      await queryRunner.query(`
        CREATE FUNCTION config_entry_${change}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE number bigint;
        ${told(rows, change === 'delete')} $$`);
      await queryRunner.query(`CREATE TRIGGER config_entry_${change} AFTER ${change.toUpperCase()} ON entry
        REFERENCING ${table} FOR EACH STATEMENT EXECUTE FUNCTION config_entry_${change}()`);
    }
    // What was registered before there was such a kind.
    await queryRunner.query(`
      INSERT INTO config_change (entry_id, uid, name, scope, idx, removed, at)
      SELECT id, uid, name, version, 1, false, updated_at FROM entry WHERE kind = 'config'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const change of Object.keys(TRIGGERS)) {
      await queryRunner.query(`DROP TRIGGER config_entry_${change} ON entry`);
      await queryRunner.query(`DROP FUNCTION config_entry_${change}()`);
    }
    for (const table of ['config_change', 'config_head']) await queryRunner.query(`DROP TABLE ${table}`);
  }
}
