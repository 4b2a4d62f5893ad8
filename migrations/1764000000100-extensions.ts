import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Extensions1764000000100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE EXTENSION IF NOT EXISTS vector');
    await queryRunner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
  }

  /** Extensions stay: another schema of the same database may use them. */
  async down(): Promise<void> {}
}
