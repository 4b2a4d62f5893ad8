import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each proxy was given and took, for each type of resource. */
export class MeshClient1764000009131 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE mesh_client (
        node_id text COLLATE "C" NOT NULL,
        type text COLLATE "C" NOT NULL,
        protocol text NOT NULL,
        cluster text NOT NULL,
        user_agent text NOT NULL,
        zone text,
        principal text NOT NULL,
        seen_at timestamptz NOT NULL,
        served_version text,
        served_at timestamptz,
        applied_version text,
        applied_at timestamptz,
        rejected_version text,
        rejected_at timestamptz,
        error text,
        CONSTRAINT mesh_client_pkey PRIMARY KEY (node_id, type)
      ) WITH (fillfactor = 70)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE mesh_client');
  }
}
