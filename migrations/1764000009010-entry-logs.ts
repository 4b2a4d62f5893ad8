import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The last lines that entries have logged, each writer dropping what is over the number that is kept. */
export class EntryLogs1764000009010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE entry_log (
        entry_id bigint NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        at timestamptz(3) NOT NULL,
        level text NOT NULL,
        message text NOT NULL,
        fields jsonb,
        CONSTRAINT entry_log_pkey PRIMARY KEY (entry_id, id),
        CONSTRAINT entry_log_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE entry_log');
  }
}
