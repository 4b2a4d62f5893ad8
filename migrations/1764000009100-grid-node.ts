import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What decides which nodes get work and how they are shown; of anything else that changes, nobody needs to hear. */
const ANSWERED = ['name', 'version', 'title', 'status', 'health', 'tags', 'spec', 'security_context'];
const columns = (alias: string): string => ANSWERED.map((column) => `${alias}.${column}`).join(', ');

/**
 * Nodes of the grid. What changes all the time (heartbeats, connections) stands in a narrow table without a second index, so
 * that writing it touches neither the catalog nor an index. `grid_node_change` says which nodes were changed by which
 * transaction: what every process asks that keeps them in memory.
 */
export class GridNode1764000009100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await this.liveness(queryRunner);
    await this.work(queryRunner);
    await this.changes(queryRunner);
  }

  private async liveness(queryRunner: QueryRunner): Promise<void> {
    // Half of each page stays free: a heartbeat finds its new row beside the old one and no index hears of it.
    await queryRunner.query(`
      CREATE TABLE grid_heartbeat (
        node_id bigint NOT NULL,
        ttl integer NOT NULL,
        level smallint NOT NULL DEFAULT 0,
        told smallint,
        beat_at timestamptz,
        connections integer NOT NULL DEFAULT 0,
        cpu double precision,
        memory double precision,
        requests double precision,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        CONSTRAINT grid_heartbeat_pkey PRIMARY KEY (node_id),
        CONSTRAINT grid_heartbeat_node_id_fkey FOREIGN KEY (node_id) REFERENCES entry (id) ON DELETE CASCADE
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(`
      CREATE TABLE grid_beat_writer (
        process uuid NOT NULL,
        flushed_at timestamptz NOT NULL,
        CONSTRAINT grid_beat_writer_pkey PRIMARY KEY (process)
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(`
      CREATE TABLE grid_liveness (
        swept_at timestamptz NOT NULL,
        resumed_at timestamptz NOT NULL,
        guard_since timestamptz,
        guard_until timestamptz,
        guard_spent boolean NOT NULL DEFAULT false
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(`INSERT INTO grid_liveness (swept_at, resumed_at) VALUES ('-infinity', '-infinity')`);
  }

  private async work(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE grid_drain (
        node_id bigint NOT NULL,
        since timestamptz NOT NULL DEFAULT clock_timestamp(),
        until timestamptz NOT NULL,
        remove boolean NOT NULL DEFAULT false,
        CONSTRAINT grid_drain_pkey PRIMARY KEY (node_id),
        CONSTRAINT grid_drain_node_id_fkey FOREIGN KEY (node_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
    // Whose turn it is; after a crash it begins anew, which nobody can tell from before. So it waits for no disk.
    await queryRunner.query(`
      CREATE UNLOGGED TABLE grid_turn (
        pool text COLLATE "C" NOT NULL,
        next bigint NOT NULL,
        touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT grid_turn_pkey PRIMARY KEY (pool)
      ) WITH (fillfactor = 20)`);
  }

  private async changes(queryRunner: QueryRunner): Promise<void> {
    // A row outlives its node for a while, so that every process hears of the end.
    await queryRunner.query(`
      CREATE TABLE grid_node_change (
        node_id bigint NOT NULL,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT grid_node_change_pkey PRIMARY KEY (node_id)
      )`);
    await queryRunner.query('CREATE INDEX grid_node_change_xid_idx ON grid_node_change (xid)');
    await queryRunner.query(`
      CREATE FUNCTION grid_node_touch(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO grid_node_change AS c (node_id) SELECT DISTINCT id FROM unnest(ids) AS t (id) ORDER BY id
        ON CONFLICT (node_id) DO UPDATE SET xid = excluded.xid, touched_at = excluded.touched_at;
        PERFORM pg_notify('grid_nodes', '');
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION grid_node_changed() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM grid_node_touch(ARRAY[CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END]);
        RETURN NULL;
      END $$`);
    const when: [string, string][] = [
      ['insert', `NEW.kind = 'grid_node'`],
      ['update', `NEW.kind = 'grid_node' AND (${columns('NEW')}) IS DISTINCT FROM (${columns('OLD')})`],
      ['delete', `OLD.kind = 'grid_node'`],
    ];
    for (const [change, condition] of when)
      await queryRunner.query(`CREATE TRIGGER grid_node_${change} AFTER ${change.toUpperCase()} ON entry
        FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION grid_node_changed()`);
    await queryRunner.query(`INSERT INTO grid_node_change (node_id) SELECT id FROM entry WHERE kind = 'grid_node'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const change of ['insert', 'update', 'delete'])
      await queryRunner.query(`DROP TRIGGER grid_node_${change} ON entry`);
    await queryRunner.query('DROP FUNCTION grid_node_changed()');
    await queryRunner.query('DROP FUNCTION grid_node_touch(bigint[])');
    for (const table of [
      'grid_node_change',
      'grid_turn',
      'grid_drain',
      'grid_liveness',
      'grid_beat_writer',
      'grid_heartbeat',
    ])
      await queryRunner.query(`DROP TABLE ${table}`);
  }
}
