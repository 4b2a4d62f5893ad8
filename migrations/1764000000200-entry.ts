import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The catalog: one row per entry of whatever kind, and what is read or counted about it beside the row. */
export class Entry1764000000200 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE entry (
        id bigint GENERATED ALWAYS AS IDENTITY,
        uid uuid NOT NULL,
        kind text NOT NULL,
        name text COLLATE "C" NOT NULL,
        version text COLLATE "C" NOT NULL DEFAULT '',
        title text,
        description text,
        feature text,
        status text NOT NULL,
        health text NOT NULL DEFAULT 'unknown',
        reported_health text,
        owner text,
        tags text[] NOT NULL DEFAULT '{}',
        metadata jsonb NOT NULL DEFAULT '{}',
        spec jsonb NOT NULL DEFAULT '{}',
        regions text[] NOT NULL DEFAULT '{}',
        registry_id bigint,
        sync_status jsonb NOT NULL DEFAULT '{}',
        compliance_status jsonb NOT NULL DEFAULT '{}',
        security_context jsonb NOT NULL DEFAULT '{}',
        popularity real NOT NULL DEFAULT 0,
        checksum text NOT NULL,
        revision integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT entry_pkey PRIMARY KEY (id),
        CONSTRAINT entry_uid_key UNIQUE (uid),
        CONSTRAINT entry_kind_name_key UNIQUE (kind, name, version),
        CONSTRAINT entry_registry_id_fkey FOREIGN KEY (registry_id) REFERENCES entry (id)
      )`);
    const indexes = [
      'CREATE INDEX entry_tags_idx ON entry USING gin (tags)',
      'CREATE INDEX entry_metadata_idx ON entry USING gin (metadata jsonb_path_ops)',
      'CREATE INDEX entry_kind_status_idx ON entry (kind, status)',
      'CREATE INDEX entry_kind_created_idx ON entry (kind, created_at, id)',
      'CREATE INDEX entry_created_idx ON entry (created_at, id)',
      'CREATE INDEX entry_updated_idx ON entry (updated_at, id)',
      'CREATE INDEX entry_name_idx ON entry (name, id)',
      'CREATE INDEX entry_popularity_idx ON entry (popularity, id)',
      'CREATE INDEX entry_feature_idx ON entry (feature, id) WHERE feature IS NOT NULL',
      'CREATE INDEX entry_owner_idx ON entry (owner, id) WHERE owner IS NOT NULL',
      'CREATE INDEX entry_registry_id_idx ON entry (registry_id) WHERE registry_id IS NOT NULL',
    ];
    for (const index of indexes) await queryRunner.query(index);
    // Reads change often and must not rewrite the catalog row with its eleven indexes.
    await queryRunner.query(`
      CREATE TABLE entry_access (
        entry_id bigint NOT NULL,
        accessed_at timestamptz(3) NOT NULL,
        reads bigint NOT NULL DEFAULT 0,
        CONSTRAINT entry_access_pkey PRIMARY KEY (entry_id),
        CONSTRAINT entry_access_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE entry_access');
    await queryRunner.query('DROP TABLE entry');
  }
}
