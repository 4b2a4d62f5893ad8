import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What makes a route another one for those who send by it. */
const TOLD = ['name', 'version', 'title', 'description', 'feature', 'status', 'owner', 'tags', 'metadata', 'spec', 'regions', 'security_context']; // prettier-ignore
const columns = (alias: string): string => TOLD.map((column) => `${alias}.${column}`).join(', ');
const state = (alias: string): string =>
  `jsonb_build_object(${TOLD.map((column) => `'${column}', ${alias}.${column}`).join(', ')})`;

const EVENTS = {
  insert: `NEW.kind = 'mesh_route'`,
  update: `NEW.kind = 'mesh_route' AND (${columns('NEW')}) IS DISTINCT FROM (${columns('OLD')})`,
  delete: `OLD.kind = 'mesh_route'`,
} as const;

/**
 * The mesh as one thing with versions: every transaction that changes routes or settings gets the next number as it commits,
 * under the lock of the row that holds the newest one, so that numbers become visible in their order. What a route was at a
 * version is its newest revision up to it. Kept by triggers, so that no way of writing a route can forget it.
 */
export class MeshVersion1764000009120 implements MigrationInterface {
  name = 'MeshVersion1764000009120';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE TABLE mesh_head (version bigint NOT NULL) WITH (fillfactor = 50)');
    await queryRunner.query('INSERT INTO mesh_head (version) VALUES (1)');
    await queryRunner.query(`
      CREATE TABLE mesh_version (
        version bigint NOT NULL,
        at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        actor text NOT NULL,
        note text,
        CONSTRAINT mesh_version_pkey PRIMARY KEY (version)
      )`);
    // No foreign key: a route that is gone is told of by its last revision, which has no state.
    await queryRunner.query(`
      CREATE TABLE mesh_route_revision (
        route_id bigint NOT NULL,
        version bigint NOT NULL,
        uid uuid NOT NULL,
        name text NOT NULL,
        state jsonb,
        CONSTRAINT mesh_route_revision_pkey PRIMARY KEY (route_id, version)
      )`);
    await queryRunner.query('CREATE INDEX mesh_route_revision_version_idx ON mesh_route_revision (version)');
    await queryRunner.query(`
      CREATE TABLE mesh_setting (
        name text COLLATE "C" NOT NULL,
        value jsonb,
        version bigint NOT NULL,
        updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        updated_by text NOT NULL,
        CONSTRAINT mesh_setting_pkey PRIMARY KEY (name)
      )`);
    await queryRunner.query(`INSERT INTO mesh_version (version, actor) VALUES (1, 'system')`);
    await queryRunner.query(`INSERT INTO mesh_route_revision (route_id, version, uid, name, state)
      SELECT e.id, 1, e.uid, e.name, ${state('e')} FROM entry e WHERE e.kind = 'mesh_route'`);
    await this.triggers(queryRunner);
  }

  private async triggers(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION mesh_number() RETURNS bigint LANGUAGE plpgsql AS $$
      DECLARE number bigint := nullif(current_setting('registry.mesh_version', true), '')::bigint;
      BEGIN
        IF number IS NULL THEN
          UPDATE mesh_head SET version = version + 1 RETURNING version INTO number;
          PERFORM set_config('registry.mesh_version', number::text, true), pg_notify('mesh_changed', number::text);
          INSERT INTO mesh_version (version, actor, note)
            VALUES (number, coalesce(nullif(current_setting('registry.mesh_actor', true), ''), 'system'),
              nullif(current_setting('registry.mesh_note', true), ''));
        END IF;
        RETURN number;
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION mesh_route_changed() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE number bigint := mesh_number();
      BEGIN
        IF TG_OP = 'DELETE' THEN
          INSERT INTO mesh_route_revision AS r (route_id, version, uid, name, state)
            VALUES (OLD.id, number, OLD.uid, OLD.name, NULL)
          ON CONFLICT (route_id, version) DO UPDATE SET state = NULL;
        ELSE
          INSERT INTO mesh_route_revision AS r (route_id, version, uid, name, state)
            VALUES (NEW.id, number, NEW.uid, NEW.name, ${state('NEW')})
          ON CONFLICT (route_id, version) DO UPDATE SET state = excluded.state;
        END IF;
        RETURN NULL;
      END $$`);
    for (const [change, when] of Object.entries(EVENTS))
      await queryRunner.query(`CREATE CONSTRAINT TRIGGER mesh_route_${change} AFTER ${change.toUpperCase()} ON entry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION mesh_route_changed()`);
    await queryRunner.query(`
      CREATE FUNCTION mesh_setting_changed() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.version := mesh_number();
        RETURN NEW;
      END $$`);
    await queryRunner.query(`CREATE TRIGGER mesh_setting_changed BEFORE INSERT OR UPDATE ON mesh_setting
      FOR EACH ROW EXECUTE FUNCTION mesh_setting_changed()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const change of Object.keys(EVENTS)) await queryRunner.query(`DROP TRIGGER mesh_route_${change} ON entry`);
    await queryRunner.query('DROP TABLE mesh_setting');
    for (const name of ['mesh_route_changed', 'mesh_setting_changed', 'mesh_number'])
      await queryRunner.query(`DROP FUNCTION ${name}()`);
    for (const table of ['mesh_route_revision', 'mesh_version', 'mesh_head'])
      await queryRunner.query(`DROP TABLE ${table}`);
  }
}
