import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ConfigDraft1764000009082 implements MigrationInterface {
  name = 'ConfigDraft1764000009082';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE config_draft (
        uid uuid NOT NULL,
        name text NOT NULL,
        scope text NOT NULL,
        operation text NOT NULL,
        base_revision integer,
        fields jsonb NOT NULL DEFAULT '{}',
        sealed text,
        comment text,
        actor text NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT config_draft_pkey PRIMARY KEY (name, scope)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE config_draft');
  }
}
