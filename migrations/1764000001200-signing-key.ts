import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Public halves of the keys that tokens are signed with: every replica verifies every other's. Nothing here is secret. */
export class SigningKey1764000001200 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE signing_key (
        kid text NOT NULL,
        public_jwk jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT signing_key_pkey PRIMARY KEY (kid)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE signing_key');
  }
}
