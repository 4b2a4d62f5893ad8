import type { MigrationInterface, QueryRunner } from 'typeorm';

/** First answers by caller and Idempotency-Key, written in the transaction of the effect; `status` null until it commits. */
export class IdempotencyKey1764000001300 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE idempotency_key (
        caller text NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        status smallint,
        headers jsonb,
        body bytea,
        sealed boolean NOT NULL DEFAULT false,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT idempotency_key_pkey PRIMARY KEY (caller, key)
      )`);
    await queryRunner.query('CREATE INDEX idempotency_key_created_idx ON idempotency_key (created_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE idempotency_key');
  }
}
