import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What whole-graph algorithms found. A run writes its rows under a number of its own and is not there before it is
 * finished (`computed_at`); the newest finished one of a scope and an analysis counts. Rows name entries without a foreign
 * key: a deleted entry's are left out by the join that reads them, and go with the run.
 */
export class GraphMetric1764000009210 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE graph_run (
        id bigint GENERATED ALWAYS AS IDENTITY,
        scope text NOT NULL,
        analysis text NOT NULL,
        graph_version bigint NOT NULL,
        entries bigint NOT NULL,
        relationships bigint NOT NULL,
        restrictions text NOT NULL,
        details jsonb NOT NULL DEFAULT '{}',
        milliseconds integer,
        started_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        computed_at timestamptz(3),
        CONSTRAINT graph_run_pkey PRIMARY KEY (id)
      )`);
    await queryRunner.query('CREATE INDEX graph_run_newest_idx ON graph_run (scope, analysis, id)');
    await queryRunner.query(`
      CREATE TABLE graph_metric (
        run_id bigint NOT NULL,
        entry_id bigint NOT NULL,
        in_degree integer NOT NULL,
        out_degree integer NOT NULL,
        degree_rank integer NOT NULL,
        betweenness double precision NOT NULL,
        betweenness_error double precision NOT NULL,
        betweenness_rank integer NOT NULL,
        closeness double precision NOT NULL,
        closeness_error double precision NOT NULL,
        closeness_rank integer NOT NULL,
        pagerank double precision NOT NULL,
        pagerank_rank integer NOT NULL,
        CONSTRAINT graph_metric_pkey PRIMARY KEY (run_id, entry_id)
      )`);
    await queryRunner.query(`
      CREATE TABLE graph_community (
        run_id bigint NOT NULL,
        community integer NOT NULL,
        place integer NOT NULL,
        entry_id bigint NOT NULL,
        CONSTRAINT graph_community_pkey PRIMARY KEY (run_id, community, place)
      )`);
    await queryRunner.query('CREATE INDEX graph_community_entry_idx ON graph_community (run_id, entry_id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['graph_community', 'graph_metric', 'graph_run'])
      await queryRunner.query(`DROP TABLE ${table}`);
  }
}
