import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When and where a key was found where it does not belong. */
export class LeakedKey1764000008300 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE api_key ADD COLUMN leaked_at timestamptz(3), ADD COLUMN leaked_url text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE api_key DROP COLUMN leaked_url, DROP COLUMN leaked_at');
  }
}
