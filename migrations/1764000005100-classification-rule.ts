import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rules by which an entry that names no feature category gets one, and the mark of what was seeded once. */
export class ClassificationRule1764000005100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE classification_rule (
        id uuid NOT NULL,
        match text NOT NULL,
        feature text NOT NULL,
        confidence double precision NOT NULL,
        priority integer NOT NULL DEFAULT 0,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT classification_rule_pkey PRIMARY KEY (id),
        CONSTRAINT classification_rule_match_feature_key UNIQUE (match, feature)
      )`);
    await queryRunner.query(`
      CREATE TABLE seed (
        name text NOT NULL,
        at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT seed_pkey PRIMARY KEY (name)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE seed');
    await queryRunner.query('DROP TABLE classification_rule');
  }
}
