import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Walking bidirectional relationships against their direction without reading every edge of a hub, and a mark that
 * moves with every committed change of relationships, by which a computed answer knows that it is stale.
 */
export class Graph1764000004100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'CREATE INDEX relationship_back_idx ON relationship (target_id, type, source_id) WHERE bidirectional',
    );
    await queryRunner.query(
      'CREATE INDEX relationship_forth_idx ON relationship (source_id, type, target_id) WHERE bidirectional',
    );
    // One row per writing backend: counted together they only ever grow, and no two writers wait for one another.
    await queryRunner.query(`
      CREATE TABLE relationship_change (
        slot smallint NOT NULL,
        n bigint NOT NULL,
        CONSTRAINT relationship_change_pkey PRIMARY KEY (slot)
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(`
      CREATE FUNCTION relationship_change_count() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO relationship_change AS c (slot, n) VALUES (pg_backend_pid() % 1024, 1)
        ON CONFLICT (slot) DO UPDATE SET n = c.n + 1;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`CREATE TRIGGER relationship_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
      ON relationship FOR EACH STATEMENT EXECUTE FUNCTION relationship_change_count()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER relationship_change ON relationship');
    await queryRunner.query('DROP FUNCTION relationship_change_count()');
    await queryRunner.query('DROP TABLE relationship_change');
    await queryRunner.query('DROP INDEX relationship_forth_idx');
    await queryRunner.query('DROP INDEX relationship_back_idx');
  }
}
