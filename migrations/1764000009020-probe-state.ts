import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When entries are probed, and what came of it. Beside the catalog: a probe that finds nothing new writes no entry.
 * `next_at` is null where nobody probes, `ttl_until` where no report may run out.
 */
export class ProbeState1764000009020 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE probe_state (
        entry_id bigint NOT NULL,
        type text,
        interval_seconds real NOT NULL DEFAULT 0,
        timeout_seconds real NOT NULL DEFAULT 0,
        unhealthy_after integer NOT NULL DEFAULT 1,
        healthy_after integer NOT NULL DEFAULT 1,
        next_at timestamptz,
        lease uuid,
        ttl_until timestamptz,
        failures integer NOT NULL DEFAULT 0,
        successes integer NOT NULL DEFAULT 0,
        results bigint NOT NULL DEFAULT 0,
        CONSTRAINT probe_state_pkey PRIMARY KEY (entry_id),
        CONSTRAINT probe_state_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      ) WITH (fillfactor = 70)`);
    await queryRunner.query('CREATE INDEX probe_state_next_idx ON probe_state (next_at) WHERE next_at IS NOT NULL');
    await queryRunner.query('CREATE INDEX probe_state_ttl_idx ON probe_state (ttl_until) WHERE ttl_until IS NOT NULL');
    // A ring for each entry: the newest result takes the place of the oldest, so nothing has to be cleared away.
    await queryRunner.query(`
      CREATE TABLE health_result (
        entry_id bigint NOT NULL,
        slot smallint NOT NULL,
        n bigint NOT NULL,
        status text NOT NULL,
        source text NOT NULL,
        message text,
        latency_ms real,
        at timestamptz(3) NOT NULL,
        CONSTRAINT health_result_pkey PRIMARY KEY (entry_id, slot),
        CONSTRAINT health_result_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES probe_state (entry_id) ON DELETE CASCADE
      ) WITH (fillfactor = 70)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE health_result');
    await queryRunner.query('DROP TABLE probe_state');
  }
}
