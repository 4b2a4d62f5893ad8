import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs with its owner's rights, for whoever may delete rows anyway. */
const MAY_DELETE = `
  IF NOT has_table_privilege(session_user, 'mesh_span', 'DELETE') THEN
    RAISE insufficient_privilege USING MESSAGE = 'permission denied for mesh_span';
  END IF;`;

/**
 * Spans by the day they came in, so that old ones are dropped a day at once, and one row of figures for every trace. The day
 * is the registry's own: what a span says of its time may be anything.
 */
export class MeshSpan1764000009130 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // No reference to spans or entries: parents come after children, and what a deleted route did stays known.
    await queryRunner.query(`
      CREATE TABLE mesh_span (
        day date NOT NULL,
        trace_id bytea NOT NULL,
        span_id bytea NOT NULL,
        parent_span_id bytea,
        service text NOT NULL,
        name text NOT NULL,
        kind smallint NOT NULL,
        started_at timestamptz NOT NULL,
        duration_us bigint NOT NULL,
        failed boolean NOT NULL,
        route_id bigint,
        peer text,
        details jsonb NOT NULL,
        CONSTRAINT mesh_span_pkey PRIMARY KEY (trace_id, span_id, day)
      ) PARTITION BY RANGE (day)`);
    await queryRunner.query('CREATE INDEX mesh_span_started_at_idx ON mesh_span USING brin (started_at)');
    await queryRunner.query(`
      CREATE TABLE mesh_trace (
        trace_id bytea NOT NULL,
        day date NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL,
        spans integer NOT NULL,
        errors integer NOT NULL,
        services text[] NOT NULL,
        routes bigint[] NOT NULL,
        root_service text,
        root_name text,
        CONSTRAINT mesh_trace_pkey PRIMARY KEY (trace_id)
      ) WITH (fillfactor = 80)`);
    await queryRunner.query('CREATE INDEX mesh_trace_started_at_idx ON mesh_trace (started_at DESC, trace_id DESC)');
    await queryRunner.query('CREATE INDEX mesh_trace_day_idx ON mesh_trace (day)');
    await queryRunner.query('CREATE INDEX mesh_trace_services_idx ON mesh_trace USING gin (services)');
    await queryRunner.query('CREATE INDEX mesh_trace_routes_idx ON mesh_trace USING gin (routes)');
    await this.addFunctions(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION mesh_span_partition_drop(date)');
    await queryRunner.query('DROP FUNCTION mesh_span_partition_add(date)');
    await queryRunner.query('DROP TABLE mesh_trace');
    await queryRunner.query('DROP TABLE mesh_span');
  }

  private async addFunctions(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query('SELECT quote_ident(current_schema()) AS schema')) as [
      { schema: string },
    ];
    await queryRunner.query(`
      CREATE FUNCTION mesh_span_partition_add(day date) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_temp SET lock_timeout = '3s' AS $$
      BEGIN
        ${MAY_DELETE}
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF mesh_span FOR VALUES FROM (%L) TO (%L)',
          'mesh_span_' || to_char(day, 'YYYY_MM_DD'), day, day + 1);
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION mesh_span_partition_drop(cutoff date) RETURNS text
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_temp SET lock_timeout = '3s' AS $$
      DECLARE
        name text;
      BEGIN
        ${MAY_DELETE}
        SELECT c.relname INTO name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
          WHERE i.inhparent = 'mesh_span'::regclass AND c.relname < 'mesh_span_' || to_char(cutoff, 'YYYY_MM_DD')
          ORDER BY c.relname COLLATE "C" LIMIT 1;
        IF name IS NOT NULL THEN EXECUTE format('DROP TABLE %I', name); END IF;
        RETURN name;
      END $$`);
  }
}
