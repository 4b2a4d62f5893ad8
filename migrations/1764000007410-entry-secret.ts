import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sealed values of the keys of `entry.metadata` that are secret; in metadata itself stands a mask. */
export class EntrySecret1764000007410 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE entry_secret (
        entry_id bigint NOT NULL,
        field text NOT NULL,
        sealed text NOT NULL,
        fingerprint text NOT NULL,
        CONSTRAINT entry_secret_pkey PRIMARY KEY (entry_id, field),
        CONSTRAINT entry_secret_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE entry_secret');
  }
}
