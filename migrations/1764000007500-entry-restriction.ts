import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may read a restricted entry, as the row says it; anything but a list of texts allows nobody. */
const READERS = `
  CASE WHEN jsonb_typeof(security_context -> 'readers') = 'array'
    THEN ARRAY(SELECT jsonb_array_elements_text(security_context -> 'readers')) ELSE '{}' END`;
const RESTRICTED = `security_context ->> 'visibility' = 'restricted'`;

/**
 * Which entries not everyone may see, and who may, beside the catalog so that every question can leave them out by one
 * look-up in a small table. Kept by triggers, so that no way of writing an entry can forget it. A row outlives its entry:
 * the events of a restricted entry stay restricted when it is gone.
 */
export class EntryRestriction1764000007500 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE entry_restriction (
        entry_id bigint NOT NULL,
        uid uuid NOT NULL,
        readers text[] NOT NULL,
        CONSTRAINT entry_restriction_pkey PRIMARY KEY (entry_id),
        CONSTRAINT entry_restriction_uid_key UNIQUE (uid)
      )`);
    await queryRunner.query(
      `INSERT INTO entry_restriction (entry_id, uid, readers) SELECT id, uid, ${READERS} FROM entry WHERE ${RESTRICTED}`,
    );
    await queryRunner.query(`
      CREATE FUNCTION entry_restriction_insert() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO entry_restriction (entry_id, uid, readers) SELECT id, uid, ${READERS} FROM added WHERE ${RESTRICTED};
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION entry_restriction_update() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO entry_restriction AS x (entry_id, uid, readers)
        SELECT id, uid, ${READERS} FROM added WHERE ${RESTRICTED} ORDER BY id
        ON CONFLICT (entry_id) DO UPDATE SET readers = excluded.readers WHERE x.readers <> excluded.readers;
        DELETE FROM entry_restriction
        WHERE entry_id IN (SELECT id FROM added WHERE (${RESTRICTED}) IS NOT TRUE);
        RETURN NULL;
      END $$`);
    for (const change of ['INSERT', 'UPDATE'])
      await queryRunner.query(`CREATE TRIGGER entry_restriction_${change.toLowerCase()} AFTER ${change} ON entry
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION entry_restriction_${change.toLowerCase()}()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const change of ['insert', 'update']) {
      await queryRunner.query(`DROP TRIGGER entry_restriction_${change} ON entry`);
      await queryRunner.query(`DROP FUNCTION entry_restriction_${change}()`);
    }
    await queryRunner.query('DROP TABLE entry_restriction');
  }
}
