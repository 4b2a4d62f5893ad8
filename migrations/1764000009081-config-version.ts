import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ConfigVersion1764000009081 implements MigrationInterface {
  name = 'ConfigVersion1764000009081';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Belongs to a key and its scope, not to an entry: it goes on when the value is removed and set again.
    await queryRunner.query(`
      CREATE TABLE config_version (
        name text NOT NULL,
        scope text NOT NULL,
        version integer NOT NULL,
        operation text NOT NULL,
        uid uuid NOT NULL,
        revision integer NOT NULL,
        type text NOT NULL,
        value jsonb,
        sealed text,
        fingerprint text,
        encrypted boolean NOT NULL DEFAULT false,
        validation jsonb,
        fallback jsonb,
        readers text[],
        origin text NOT NULL,
        comment text,
        actor text NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT config_version_pkey PRIMARY KEY (name, scope, version)
      )`);
    await queryRunner.query('CREATE INDEX config_version_sealed_idx ON config_version (name) WHERE sealed IS NOT NULL');
    await queryRunner.query(`
      CREATE TABLE config_reference (
        entry_id bigint NOT NULL,
        name text NOT NULL,
        target text NOT NULL,
        CONSTRAINT config_reference_pkey PRIMARY KEY (entry_id, target),
        CONSTRAINT config_reference_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
    await queryRunner.query('CREATE INDEX config_reference_name_idx ON config_reference (name)');
    await queryRunner.query('CREATE INDEX config_reference_target_idx ON config_reference (target)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['config_reference', 'config_version']) await queryRunner.query(`DROP TABLE ${table}`);
  }
}
