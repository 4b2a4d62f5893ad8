import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Synchronisations of registries that were asked for. */
export class RegistrySyncRequest1764000009071 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE registry_sync_request (
        id bigint GENERATED ALWAYS AS IDENTITY,
        uid uuid NOT NULL,
        entry_id bigint NOT NULL,
        mode text NOT NULL,
        state text NOT NULL,
        requested_by text NOT NULL,
        requested_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT registry_sync_request_pkey PRIMARY KEY (id),
        CONSTRAINT registry_sync_request_uid_key UNIQUE (uid),
        CONSTRAINT registry_sync_request_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
    await queryRunner.query('CREATE INDEX registry_sync_request_entry_idx ON registry_sync_request (entry_id, id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE registry_sync_request');
  }
}
