import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Roles of the operator's own making. The built-in ones stand in the code. */
export class AccessRole1764000007310 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE access_role (
        name text NOT NULL,
        description text NOT NULL DEFAULT '',
        permissions text[] NOT NULL,
        created_by text NOT NULL,
        revision integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT access_role_pkey PRIMARY KEY (name)
      )`);
    await queryRunner.query('CREATE INDEX api_key_role_idx ON api_key (role) WHERE role IS NOT NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX api_key_role_idx');
    await queryRunner.query('DROP TABLE access_role');
  }
}
