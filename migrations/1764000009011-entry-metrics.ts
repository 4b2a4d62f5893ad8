import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What entries report of themselves, a row a sample; a job drops the old ones and those over the number kept of a series. */
export class EntryMetrics1764000009011 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // The key is the order every question goes by: an entry's names, a name's newest, a name's range.
    await queryRunner.query(`
      CREATE TABLE entry_metric (
        entry_id bigint NOT NULL,
        name text COLLATE "C" NOT NULL,
        at timestamptz(3) NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        value double precision NOT NULL,
        unit text,
        tags jsonb,
        CONSTRAINT entry_metric_pkey PRIMARY KEY (entry_id, name, at, id),
        CONSTRAINT entry_metric_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
    await queryRunner.query('CREATE INDEX entry_metric_at_idx ON entry_metric (at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE entry_metric');
  }
}
