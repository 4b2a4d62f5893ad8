import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What went through each route, by destination and minute: counts, and how long it took by steps of a fifth. */
export class MeshRouteStat1764000009122 implements MigrationInterface {
  name = 'MeshRouteStat1764000009122';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE mesh_route_stat (
        route_id bigint NOT NULL,
        destination text COLLATE "C" NOT NULL,
        minute timestamptz NOT NULL,
        requests bigint NOT NULL,
        failures bigint NOT NULL,
        retries bigint NOT NULL,
        milliseconds double precision NOT NULL,
        steps bigint[] NOT NULL,
        CONSTRAINT mesh_route_stat_pkey PRIMARY KEY (route_id, minute, destination),
        CONSTRAINT mesh_route_stat_route_id_fkey FOREIGN KEY (route_id) REFERENCES entry (id) ON DELETE CASCADE
      ) WITH (fillfactor = 70)`);
    await queryRunner.query('CREATE INDEX mesh_route_stat_minute_idx ON mesh_route_stat USING brin (minute)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE mesh_route_stat');
  }
}
