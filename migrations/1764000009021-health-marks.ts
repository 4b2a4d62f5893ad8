import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who needs the entries of `from`, one step against the direction of the edges; of bidirectional ones both ways. */
const dependantsOf = (from: string): string => `
  SELECT d.id FROM ${from} g CROSS JOIN LATERAL (
    SELECT r.source_id AS id FROM relationship r WHERE r.target_id = g.id AND r.type = ANY (needed)
    UNION ALL
    SELECT r.target_id FROM relationship r WHERE r.source_id = g.id AND r.type = ANY (needed) AND r.bidirectional
  ) d`;

/**
 * Which entries are marked wrongly as needing an unhealthy one, or wrongly not. Asked of the entries given and of all that
 * need them, however far: the region whose answer may be another than before. Whatever lies outside of it keeps its mark,
 * so the marks there may be trusted, and of those inside only their own trouble.
 *
 * A function of steps that each cost what they find: the planner cannot know how far a recursion goes, so joins with its
 * outcome compare each with each. Its settings keep it from reading all relationships for one entry, and from compiling
 * what runs for milliseconds.
 */
export class HealthMarks1764000009021 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION health_marks(changed bigint[]) RETURNS TABLE (id bigint, troubled boolean) LANGUAGE plpgsql
        SET jit = off SET enable_seqscan = off SET plan_cache_mode = force_custom_plan AS $$
      #variable_conflict use_column
      DECLARE
        needed smallint[];
        region bigint[];
        needs bigint[];
        outside bigint[];
        bad bigint[];
        reached bigint[];
      BEGIN
        needed := ARRAY(SELECT t.id FROM relationship_type t WHERE t.name IN ('depends_on', 'requires'));
        region := ARRAY(
          WITH RECURSIVE walk AS (
            SELECT unnest(changed) AS id UNION ${dependantsOf('walk')}
          ) SELECT id FROM walk);
        needs := ARRAY(
          SELECT n.id FROM unnest(region) g(id) CROSS JOIN LATERAL (
            SELECT r.target_id AS id FROM relationship r WHERE r.source_id = g.id AND r.type = ANY (needed)
            UNION ALL
            SELECT r.source_id FROM relationship r
            WHERE r.target_id = g.id AND r.type = ANY (needed) AND r.bidirectional
          ) n GROUP BY n.id);
        outside := ARRAY(SELECT unnest(needs) EXCEPT SELECT unnest(region));
        bad := ARRAY(
          SELECT e.id FROM entry e WHERE e.id = ANY (needs) AND e.health = 'unhealthy'
          UNION
          SELECT e.id FROM entry e WHERE e.id = ANY (outside) AND e.reported_health IS NOT NULL);
        reached := ARRAY(${dependantsOf('(SELECT unnest(bad) AS id)')} INTERSECT SELECT unnest(region));
        reached := ARRAY(
          WITH RECURSIVE walk AS (
            SELECT unnest(reached) AS id UNION ${dependantsOf('walk')}
          ) SELECT id FROM walk);
        RETURN QUERY
          SELECT e.id, true FROM entry e
          WHERE e.id = ANY (reached) AND e.health <> 'unhealthy' AND e.reported_health IS NULL
          UNION ALL
          SELECT e.id, false FROM entry e
          WHERE e.id = ANY (ARRAY(SELECT unnest(region) EXCEPT SELECT unnest(reached)))
            AND e.health <> 'unhealthy' AND e.reported_health IS NOT NULL
          ORDER BY 1;
      END $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION health_marks(bigint[])');
  }
}
