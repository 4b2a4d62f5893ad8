import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who runs a job that only one replica may run at a time, until when, and when it is due again. */
export class JobLease1764000006100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE job_lease (
        name text NOT NULL,
        holder uuid NOT NULL,
        held_until timestamptz NOT NULL,
        next_at timestamptz NOT NULL,
        CONSTRAINT job_lease_pkey PRIMARY KEY (name)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE job_lease');
  }
}
