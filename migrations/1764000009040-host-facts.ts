import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What hosts offer: versions by name, as each of them reported last. */
export class HostFacts1764000009040 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE host_facts (
        host text CONSTRAINT host_facts_pkey PRIMARY KEY,
        facts jsonb NOT NULL,
        reported_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE host_facts');
  }
}
