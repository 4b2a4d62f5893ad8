import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What discovery answers of a service's entry; of anything else that changes, nobody who watches needs to hear. */
const ANSWERED = ['name', 'version', 'status', 'tags', 'feature', 'spec', 'security_context'];
const columns = (alias: string): string => ANSWERED.map((column) => `${alias}.${column}`).join(', ');

/** One more change of these services, in the order that everyone keeps. */
const touched = (services: string): string => `
  WITH due AS (SELECT service_id FROM service_watch WHERE service_id IN (${services}) ORDER BY service_id FOR UPDATE)
  UPDATE service_watch w SET version = w.version + 1, xid = pg_current_xact_id(), touched_at = clock_timestamp()
  FROM due WHERE w.service_id = due.service_id`;

/**
 * The instances of services. What changes all the time (heartbeats) stands in a narrow table of its own without a second
 * index, so that writing it touches neither the catalog nor an index. `service_watch` counts the changes of each service.
 */
export class ServiceInstance1764000009050 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await this.instances(queryRunner);
    await this.liveness(queryRunner);
    await this.watch(queryRunner);
  }

  private async instances(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE service_instance (
        id bigint GENERATED ALWAYS AS IDENTITY,
        service_id bigint NOT NULL,
        name text COLLATE "C" NOT NULL,
        host text COLLATE "C" NOT NULL,
        port integer NOT NULL,
        zone text,
        weight integer NOT NULL,
        tags text[] NOT NULL DEFAULT '{}',
        metadata jsonb NOT NULL DEFAULT '{}',
        ttl_seconds integer,
        deregister_after_seconds integer,
        status text NOT NULL,
        drain boolean NOT NULL DEFAULT false,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT service_instance_pkey PRIMARY KEY (id),
        CONSTRAINT service_instance_name_key UNIQUE (service_id, name),
        CONSTRAINT service_instance_address_key UNIQUE (service_id, host, port),
        CONSTRAINT service_instance_service_id_fkey FOREIGN KEY (service_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
    // Half of each page stays free: a heartbeat finds its new row beside the old one and no index hears of it.
    await queryRunner.query(`
      CREATE TABLE service_heartbeat (
        instance_id bigint NOT NULL,
        service_id bigint NOT NULL,
        ttl integer NOT NULL,
        deregister_after integer NOT NULL,
        expired boolean NOT NULL DEFAULT false,
        beat_at timestamptz NOT NULL,
        CONSTRAINT service_heartbeat_pkey PRIMARY KEY (instance_id),
        CONSTRAINT service_heartbeat_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES service_instance (id) ON DELETE CASCADE
      ) WITH (fillfactor = 50)`);
  }

  /** Up to when each process has written the heartbeats it took, and what was last done about those that are missing. */
  private async liveness(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE service_beat_writer (
        process uuid NOT NULL,
        flushed_at timestamptz NOT NULL,
        CONSTRAINT service_beat_writer_pkey PRIMARY KEY (process)
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(`
      CREATE TABLE service_liveness (
        swept_at timestamptz NOT NULL,
        resumed_at timestamptz NOT NULL,
        guard_since timestamptz,
        guard_until timestamptz,
        guard_spent boolean NOT NULL DEFAULT false
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(`INSERT INTO service_liveness (swept_at, resumed_at) VALUES ('-infinity', '-infinity')`);
  }

  private async watch(queryRunner: QueryRunner): Promise<void> {
    // Outlives its entry for a while, so that every process hears of the end.
    await queryRunner.query(`
      CREATE TABLE service_watch (
        service_id bigint NOT NULL,
        version bigint NOT NULL DEFAULT 2,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT service_watch_pkey PRIMARY KEY (service_id)
      )`);
    await queryRunner.query('CREATE INDEX service_watch_xid_idx ON service_watch (xid)');
    await queryRunner.query(`
      CREATE FUNCTION service_entry_update() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM added WHERE kind = 'service') THEN
          ${touched(`SELECT a.id FROM added a JOIN was b ON b.id = a.id
            WHERE a.kind = 'service' AND (${columns('a')}) IS DISTINCT FROM (${columns('b')})`)};
        END IF;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION service_entry_delete() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM was WHERE kind = 'service') THEN
          ${touched(`SELECT id FROM was WHERE kind = 'service'`)};
        END IF;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`CREATE TRIGGER service_entry_update AFTER UPDATE ON entry
      REFERENCING OLD TABLE AS was NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION service_entry_update()`);
    await queryRunner.query(`CREATE TRIGGER service_entry_delete AFTER DELETE ON entry
      REFERENCING OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION service_entry_delete()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const change of ['update', 'delete']) {
      await queryRunner.query(`DROP TRIGGER service_entry_${change} ON entry`);
      await queryRunner.query(`DROP FUNCTION service_entry_${change}()`);
    }
    for (const table of [
      'service_watch',
      'service_liveness',
      'service_beat_writer',
      'service_heartbeat',
      'service_instance',
    ])
      await queryRunner.query(`DROP TABLE ${table}`);
  }
}
