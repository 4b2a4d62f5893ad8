import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The settings of entries, with a revision of their own: they change without the entry's. */
export class EntryConfig1764000009012 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE entry_config (
        entry_id bigint NOT NULL,
        config jsonb NOT NULL,
        revision integer NOT NULL DEFAULT 1,
        updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        updated_by text NOT NULL,
        CONSTRAINT entry_config_pkey PRIMARY KEY (entry_id),
        CONSTRAINT entry_config_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE entry_config');
  }
}
