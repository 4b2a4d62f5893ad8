import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Totals without counting, by statement-level triggers. A counter row is split by the writing backend, so that
 * concurrent writers do not queue on it; the sum over the slots is the figure.
 */
export class EntryCount1764000000300 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE entry_count (
        kind text NOT NULL,
        status text NOT NULL,
        health text NOT NULL,
        feature text NOT NULL,
        slot smallint NOT NULL,
        n bigint NOT NULL,
        CONSTRAINT entry_count_pkey PRIMARY KEY (kind, status, health, feature, slot)
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(`
      CREATE FUNCTION entry_count_insert() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO entry_count AS c (kind, status, health, feature, slot, n)
        SELECT kind, status, health, coalesce(feature, ''), pg_backend_pid() % 64, count(*)
        FROM added GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (kind, status, health, feature, slot) DO UPDATE SET n = c.n + excluded.n;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION entry_count_delete() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO entry_count AS c (kind, status, health, feature, slot, n)
        SELECT kind, status, health, coalesce(feature, ''), pg_backend_pid() % 64, -count(*)
        FROM removed GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (kind, status, health, feature, slot) DO UPDATE SET n = c.n + excluded.n;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION entry_count_update() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO entry_count AS c (kind, status, health, feature, slot, n)
        SELECT kind, status, health, feature, pg_backend_pid() % 64, sum(n) FROM (
          SELECT kind, status, health, coalesce(feature, '') AS feature, count(*) AS n FROM added GROUP BY 1, 2, 3, 4
          UNION ALL
          SELECT kind, status, health, coalesce(feature, ''), -count(*) FROM removed GROUP BY 1, 2, 3, 4
        ) change GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4
        ON CONFLICT (kind, status, health, feature, slot) DO UPDATE SET n = c.n + excluded.n;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`CREATE TRIGGER entry_count_insert AFTER INSERT ON entry REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION entry_count_insert()`);
    await queryRunner.query(`CREATE TRIGGER entry_count_delete AFTER DELETE ON entry REFERENCING OLD TABLE AS removed
      FOR EACH STATEMENT EXECUTE FUNCTION entry_count_delete()`);
    await queryRunner.query(`CREATE TRIGGER entry_count_update AFTER UPDATE ON entry
      REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION entry_count_update()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const change of ['insert', 'delete', 'update']) {
      await queryRunner.query(`DROP TRIGGER entry_count_${change} ON entry`);
      await queryRunner.query(`DROP FUNCTION entry_count_${change}()`);
    }
    await queryRunner.query('DROP TABLE entry_count');
  }
}
