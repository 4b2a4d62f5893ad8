import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the addresses of OFREP's event streams are signed with, by every process alike. They tell that something changed, not what. */
export class FeatureFlagStreamSecret1764000009093 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE feature_flag_stream_secret (
        id integer NOT NULL,
        secret bytea NOT NULL,
        CONSTRAINT feature_flag_stream_secret_pkey PRIMARY KEY (id)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE feature_flag_stream_secret');
  }
}
