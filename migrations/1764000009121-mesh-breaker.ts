import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One circuit breaker per route, for all replicas: closed, open or half open. `version` counts its changes of state, and
 * each is told at once. `episode` counts how often it was half open, so that the outcome of an earlier probe is known as such.
 */
export class MeshBreaker1764000009121 implements MigrationInterface {
  name = 'MeshBreaker1764000009121';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE mesh_breaker (
        route_id bigint NOT NULL,
        state text NOT NULL DEFAULT 'closed',
        version bigint NOT NULL DEFAULT 1,
        since timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        reason text,
        window_start timestamptz NOT NULL DEFAULT clock_timestamp(),
        requests bigint NOT NULL DEFAULT 0,
        failures bigint NOT NULL DEFAULT 0,
        open_until timestamptz,
        episode bigint NOT NULL DEFAULT 0,
        probes_given integer NOT NULL DEFAULT 0,
        probes_ok integer NOT NULL DEFAULT 0,
        probe_until timestamptz,
        CONSTRAINT mesh_breaker_pkey PRIMARY KEY (route_id),
        CONSTRAINT mesh_breaker_route_id_fkey FOREIGN KEY (route_id) REFERENCES entry (id) ON DELETE CASCADE,
        CONSTRAINT mesh_breaker_state_check CHECK (state IN ('closed', 'open', 'half_open'))
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(
      `CREATE INDEX mesh_breaker_not_closed_idx ON mesh_breaker (route_id) WHERE state <> 'closed'`,
    );
    await queryRunner.query(`INSERT INTO mesh_breaker (route_id) SELECT id FROM entry WHERE kind = 'mesh_route'`);
    await queryRunner.query(`
      CREATE FUNCTION mesh_breaker_made() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO mesh_breaker (route_id) VALUES (NEW.id);
        RETURN NULL;
      END $$`);
    await queryRunner.query(`CREATE TRIGGER mesh_breaker_made AFTER INSERT ON entry
      FOR EACH ROW WHEN (NEW.kind = 'mesh_route') EXECUTE FUNCTION mesh_breaker_made()`);
    await queryRunner.query(`
      CREATE FUNCTION mesh_breaker_told() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('mesh_breaker', json_build_object('route_id', NEW.route_id::text, 'state', NEW.state,
          'version', NEW.version, 'episode', NEW.episode,
          'open_ms', extract(epoch FROM NEW.open_until - clock_timestamp()) * 1000)::text);
        RETURN NULL;
      END $$`);
    await queryRunner.query(`CREATE TRIGGER mesh_breaker_told AFTER UPDATE ON mesh_breaker
      FOR EACH ROW WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION mesh_breaker_told()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER mesh_breaker_made ON entry');
    await queryRunner.query('DROP FUNCTION mesh_breaker_made()');
    await queryRunner.query('DROP TABLE mesh_breaker');
    await queryRunner.query('DROP FUNCTION mesh_breaker_told()');
  }
}
