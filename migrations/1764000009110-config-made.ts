import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As ConfigChangeAtCommit has it, and the number a value began with beside. */
const inserted = (columns: string, values: string): string => `
  CREATE OR REPLACE FUNCTION config_entry_insert() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE number bigint := nullif(current_setting('registry.config_index', true), '')::bigint;
  BEGIN
    IF number IS NULL THEN
      UPDATE config_head SET idx = idx + 1 RETURNING idx INTO number;
      PERFORM set_config('registry.config_index', number::text, true), pg_notify('config_changed', number::text);
    END IF;
    INSERT INTO config_change AS c (entry_id, uid, name, scope, idx, removed, at${columns})
      VALUES (NEW.id, NEW.uid, NEW.name, NEW.version, number, false, clock_timestamp()${values})
    ON CONFLICT (entry_id) DO UPDATE SET idx = excluded.idx, removed = excluded.removed, at = excluded.at;
    RETURN NULL;
  END $$`;

/** The number of the change that made a value: what Consul calls its CreateIndex. Unknown of what was there before. */
export class ConfigMade1764000009110 implements MigrationInterface {
  name = 'ConfigMade1764000009110';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE config_change ADD COLUMN made_idx bigint');
    await queryRunner.query(inserted(', made_idx', ', number'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(inserted('', ''));
    await queryRunner.query('ALTER TABLE config_change DROP COLUMN made_idx');
  }
}
