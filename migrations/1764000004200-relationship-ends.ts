import type { MigrationInterface, QueryRunner } from 'typeorm';

const KEYS = [
  ['source_id', 'entry (id) ON DELETE CASCADE'],
  ['target_id', 'entry (id) ON DELETE CASCADE'],
  ['type', 'relationship_type (id)'],
] as const;

/**
 * The ends of relationships are checked once a statement instead of by foreign keys once a row: those cost as much as the
 * rows with all their indexes. The same promise holds, by the same locks: whoever relates entries shares a lock on them
 * until the commit, and whoever deletes an entry waits for it and then, with a fresh snapshot, takes its relationships
 * along. That needs READ COMMITTED, which every transaction here is; a stricter one is refused.
 */
export class RelationshipEnds1764000004200 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [column] of KEYS)
      await queryRunner.query(`ALTER TABLE relationship DROP CONSTRAINT relationship_${column}_fkey`);
    await queryRunner.query(`
      CREATE FUNCTION relationship_ends_check() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        ends bigint[];
        present bigint;
      BEGIN
        IF current_setting('transaction_isolation') <> 'read committed' THEN
          RAISE EXCEPTION 'relationships are written in READ COMMITTED transactions only'
            USING ERRCODE = 'feature_not_supported';
        END IF;
        SELECT array_agg(id ORDER BY id) INTO ends FROM (SELECT source_id FROM added UNION SELECT target_id FROM added) e (id);
        -- In id order, so that two writers of the same entries never wait for each other in a circle.
        SELECT count(*) INTO present FROM (
          SELECT FROM entry WHERE id = ANY (ends) ORDER BY id FOR KEY SHARE
        ) e;
        IF present < coalesce(cardinality(ends), 0) THEN
          RAISE EXCEPTION 'an end of a relationship is no entry'
            USING ERRCODE = 'foreign_key_violation', TABLE = 'relationship', CONSTRAINT = 'relationship_ends_check';
        END IF;
        IF EXISTS (SELECT FROM (SELECT DISTINCT type FROM added) a
                   WHERE NOT EXISTS (SELECT FROM relationship_type t WHERE t.id = a.type)) THEN
          RAISE EXCEPTION 'the type of a relationship is not known'
            USING ERRCODE = 'foreign_key_violation', TABLE = 'relationship', CONSTRAINT = 'relationship_type_check';
        END IF;
        RETURN NULL;
      END $$`);
    // By name before the triggers that count degrees: a deletion takes the entry first and the degrees after it, too.
    for (const change of ['INSERT', 'UPDATE'])
      await queryRunner.query(`CREATE TRIGGER relationship_check_${change.toLowerCase()} AFTER ${change} ON relationship
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION relationship_ends_check()`);
    await this.deletion(queryRunner);
  }

  /** Relationships first: taking one away lowers the degrees of its ends, and would make a row for an entry that is gone. */
  private async deletion(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION entry_degree_delete() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF current_setting('transaction_isolation') <> 'read committed' THEN
          RAISE EXCEPTION 'entries are deleted in READ COMMITTED transactions only' USING ERRCODE = 'feature_not_supported';
        END IF;
        DELETE FROM relationship WHERE source_id IN (SELECT id FROM removed);
        DELETE FROM relationship WHERE target_id IN (SELECT id FROM removed);
        DELETE FROM entry_degree WHERE entry_id IN (SELECT id FROM removed);
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION relationship_type_delete() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM removed o JOIN relationship r ON r.type = o.id) THEN
          RAISE EXCEPTION 'relationships of this type are there'
            USING ERRCODE = 'foreign_key_violation', TABLE = 'relationship_type', CONSTRAINT = 'relationship_type_check';
        END IF;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`CREATE TRIGGER relationship_type_delete AFTER DELETE ON relationship_type
      REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION relationship_type_delete()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER relationship_type_delete ON relationship_type');
    await queryRunner.query('DROP FUNCTION relationship_type_delete()');
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION entry_degree_delete() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        DELETE FROM entry_degree WHERE entry_id IN (SELECT id FROM removed);
        RETURN NULL;
      END $$`);
    for (const change of ['insert', 'update'])
      await queryRunner.query(`DROP TRIGGER relationship_check_${change} ON relationship`);
    await queryRunner.query('DROP FUNCTION relationship_ends_check()');
    for (const [column, target] of KEYS)
      await queryRunner.query(
        `ALTER TABLE relationship ADD CONSTRAINT relationship_${column}_fkey FOREIGN KEY (${column}) REFERENCES ${target}`,
      );
  }
}
