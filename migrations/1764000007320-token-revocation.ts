import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refresh tokens by their hash, in families; tokens that ended before their time; signing keys that sign no more. */
export class TokenRevocation1764000007320 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE refresh_family (
        id uuid NOT NULL,
        key_id uuid NOT NULL,
        permissions text[] NOT NULL,
        token_seconds integer NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        revoked_at timestamptz(3),
        revoked_for text,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT refresh_family_pkey PRIMARY KEY (id),
        CONSTRAINT refresh_family_key_fkey FOREIGN KEY (key_id) REFERENCES api_key (id) ON DELETE CASCADE,
        CONSTRAINT refresh_family_revoked_check CHECK ((revoked_at IS NULL) = (revoked_for IS NULL))
      )`);
    await queryRunner.query('CREATE INDEX refresh_family_key_idx ON refresh_family (key_id)');
    await queryRunner.query('CREATE INDEX refresh_family_expires_idx ON refresh_family (expires_at)');
    await queryRunner.query(`
      CREATE TABLE refresh_token (
        hash bytea NOT NULL,
        family_id uuid NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        used_at timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT refresh_token_pkey PRIMARY KEY (hash),
        CONSTRAINT refresh_token_family_fkey FOREIGN KEY (family_id) REFERENCES refresh_family (id) ON DELETE CASCADE
      )`);
    await queryRunner.query('CREATE INDEX refresh_token_family_idx ON refresh_token (family_id)');
    await queryRunner.query(`
      CREATE TABLE revoked_token (
        id uuid NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT revoked_token_pkey PRIMARY KEY (id)
      )`);
    await queryRunner.query('CREATE INDEX revoked_token_expires_idx ON revoked_token (expires_at)');
    await queryRunner.query('ALTER TABLE signing_key ADD COLUMN retired_at timestamptz(3)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE signing_key DROP COLUMN retired_at');
    await queryRunner.query('DROP TABLE revoked_token');
    await queryRunner.query('DROP TABLE refresh_token');
    await queryRunner.query('DROP TABLE refresh_family');
  }
}
