import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys that secrets are sealed with, each wrapped by a master key that the database never sees. */
export class DataKey1764000007400 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE data_key (
        version integer NOT NULL,
        purpose text NOT NULL,
        wrapped bytea NOT NULL,
        master_key_id text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        wrapped_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT data_key_pkey PRIMARY KEY (version),
        CONSTRAINT data_key_purpose_check CHECK (purpose IN ('seal', 'fingerprint'))
      )`);
    await queryRunner.query(
      `CREATE UNIQUE INDEX data_key_fingerprint_idx ON data_key (purpose) WHERE purpose = 'fingerprint'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE data_key');
  }
}
