import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Samples that are reported of entries. */
export class EntryMetric1764000009065 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE entry_metric (
        entry_id bigint NOT NULL,
        name text NOT NULL,
        at timestamptz NOT NULL,
        value double precision NOT NULL,
        unit text,
        tags jsonb,
        CONSTRAINT entry_metric_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
    await queryRunner.query('CREATE INDEX entry_metric_series_idx ON entry_metric (entry_id, name, at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE entry_metric');
  }
}
