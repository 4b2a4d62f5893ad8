import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ConfigRotation1764000009083 implements MigrationInterface {
  name = 'ConfigRotation1764000009083';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE config_rotation (
        key_version integer NOT NULL,
        total integer NOT NULL,
        done integer NOT NULL DEFAULT 0,
        failed integer NOT NULL DEFAULT 0,
        actor text NOT NULL,
        started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        finished_at timestamptz,
        CONSTRAINT config_rotation_pkey PRIMARY KEY (key_version)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE config_rotation');
  }
}
