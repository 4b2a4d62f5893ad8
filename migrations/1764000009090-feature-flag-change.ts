import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What decides how a flag answers; of anything else that changes, nobody who evaluates needs to hear. */
const ANSWERED = ['name', 'version', 'status', 'spec', 'security_context'];
const columns = (alias: string): string => ANSWERED.map((column) => `${alias}.${column}`).join(', ');
const KEY = (row: string): string => `coalesce(${row}.spec ->> 'flag_key', ${row}.name)`;

const MARK = (subject: string, id: string, key: string): string => `
  INSERT INTO feature_flag_change AS c (subject, id, flag_key) VALUES ('${subject}', ${id}, ${key})
  ON CONFLICT (subject, id) DO UPDATE
  SET flag_key = excluded.flag_key, xid = excluded.xid, touched_at = excluded.touched_at;
  PERFORM pg_notify('feature_flags', '');`;

/**
 * Segments, and which flags and segments were changed by which transaction: what every process asks that keeps the rules in
 * memory. Kept by triggers, so that no way of writing a flag can forget it.
 */
export class FeatureFlagChange1764000009090 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE feature_flag_segment (
        id bigint GENERATED ALWAYS AS IDENTITY,
        uid uuid NOT NULL,
        key text COLLATE "C" NOT NULL,
        name text,
        description text,
        definition jsonb NOT NULL,
        revision integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT feature_flag_segment_pkey PRIMARY KEY (id),
        CONSTRAINT feature_flag_segment_uid_key UNIQUE (uid),
        CONSTRAINT feature_flag_segment_key_key UNIQUE (key)
      )`);
    // A row outlives what it is about for a while, so that every process hears of the end.
    await queryRunner.query(`
      CREATE TABLE feature_flag_change (
        subject text NOT NULL,
        id bigint NOT NULL,
        flag_key text COLLATE "C" NOT NULL,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT feature_flag_change_pkey PRIMARY KEY (subject, id)
      )`);
    await queryRunner.query('CREATE INDEX feature_flag_change_xid_idx ON feature_flag_change (xid)');
    await queryRunner.query('CREATE INDEX feature_flag_change_key_idx ON feature_flag_change (flag_key)');
    await queryRunner.query(`INSERT INTO feature_flag_change (subject, id, flag_key)
      SELECT 'flag', e.id, ${KEY('e')} FROM entry e WHERE e.kind = 'feature_flag'`);
    await this.triggers(queryRunner);
  }

  private async triggers(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION feature_flag_changed() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' THEN ${MARK('flag', 'OLD.id', KEY('OLD'))}
        ELSE ${MARK('flag', 'NEW.id', KEY('NEW'))}
        END IF;
        RETURN NULL;
      END $$`);
    const when: [string, string][] = [
      ['insert', `NEW.kind = 'feature_flag'`],
      ['update', `NEW.kind = 'feature_flag' AND (${columns('NEW')}) IS DISTINCT FROM (${columns('OLD')})`],
      ['delete', `OLD.kind = 'feature_flag'`],
    ];
    for (const [change, condition] of when)
      await queryRunner.query(`CREATE TRIGGER feature_flag_${change} AFTER ${change.toUpperCase()} ON entry
        FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION feature_flag_changed()`);
    await queryRunner.query(`
      CREATE FUNCTION feature_flag_segment_changed() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' THEN ${MARK('segment', 'OLD.id', 'OLD.key')}
        ELSE ${MARK('segment', 'NEW.id', 'NEW.key')}
        END IF;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`CREATE TRIGGER feature_flag_segment_changed AFTER INSERT OR UPDATE OR DELETE
      ON feature_flag_segment FOR EACH ROW EXECUTE FUNCTION feature_flag_segment_changed()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const change of ['insert', 'update', 'delete'])
      await queryRunner.query(`DROP TRIGGER feature_flag_${change} ON entry`);
    await queryRunner.query('DROP FUNCTION feature_flag_changed()');
    await queryRunner.query('DROP TABLE feature_flag_segment');
    await queryRunner.query('DROP FUNCTION feature_flag_segment_changed()');
    await queryRunner.query('DROP TABLE feature_flag_change');
  }
}
