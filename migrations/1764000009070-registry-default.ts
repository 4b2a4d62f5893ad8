import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What registries give to the entries made in them. Which entry lives where is `entry.registry_id`. */
export class RegistryDefault1764000009070 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE registry_default (
        entry_id bigint NOT NULL,
        owner text,
        tags text[] NOT NULL,
        config jsonb NOT NULL,
        CONSTRAINT registry_default_pkey PRIMARY KEY (entry_id),
        CONSTRAINT registry_default_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE registry_default');
  }
}
