import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may call: API keys by their hash. The key itself is stored nowhere. */
export class ApiKey1764000001100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // Use is counted on the row every few seconds; the free space keeps those updates off the indexes.
    await queryRunner.query(`
      CREATE TABLE api_key (
        id uuid NOT NULL,
        name text NOT NULL,
        type text NOT NULL,
        hash bytea NOT NULL,
        hash_version smallint NOT NULL,
        last_four text NOT NULL,
        permissions text[] NOT NULL DEFAULT '{}',
        role text,
        allowed_ips text[] NOT NULL DEFAULT '{}',
        rate_limit integer,
        rate_window_seconds integer,
        metadata jsonb NOT NULL DEFAULT '{}',
        origin text NOT NULL DEFAULT 'api',
        created_by text NOT NULL,
        expires_at timestamptz(3),
        revoked_at timestamptz(3),
        revoked_by text,
        last_used_at timestamptz(3),
        last_used_ip text,
        use_count bigint NOT NULL DEFAULT 0,
        revision integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT api_key_pkey PRIMARY KEY (id),
        CONSTRAINT api_key_hash_key UNIQUE (hash),
        CONSTRAINT api_key_type_check CHECK (type IN ('api_key', 'service_key', 'admin_key')),
        CONSTRAINT api_key_origin_check CHECK (origin IN ('api', 'first', 'env')),
        CONSTRAINT api_key_rate_check CHECK ((rate_limit IS NULL) = (rate_window_seconds IS NULL))
      ) WITH (fillfactor = 80)`);
    await queryRunner.query('CREATE INDEX api_key_created_idx ON api_key (created_at, id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE api_key');
  }
}
