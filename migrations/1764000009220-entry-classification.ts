import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which entries owe their feature to a machine, and to what. An entry without a row here, or with another feature than the
 * row's, was given its feature by somebody: only those are examples for others.
 */
export class EntryClassification1764000009220 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE entry_classification (
        entry_id bigint NOT NULL,
        feature text NOT NULL,
        confidence real NOT NULL,
        rule text,
        CONSTRAINT entry_classification_pkey PRIMARY KEY (entry_id),
        CONSTRAINT entry_classification_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE entry_classification');
  }
}
