import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Numbering of events, in one statement and so in one short transaction. A cursor over ids would lose the event of a
 * transaction that took its id early and committed late; here a row is numbered once every transaction that could still
 * come before it has ended (`xid` below the oldest running writer's), in the order (xid, id), which therefore never changes.
 */
export class EventNumbering1764000002100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await this.columns(queryRunner);
    await this.oldestWriter(queryRunner);
    // No unnumbered row has a lesser xid than the last numbered one: looking from there skips what is done, dead or not.
    // An xid at or above the snapshot's xmax was never given here: it came with a restored dump of another cluster.
    await queryRunner.query(`
      CREATE FUNCTION event_number(batch integer, channel text)
        RETURNS TABLE (head bigint, numbered integer, waiting_since timestamptz)
        LANGUAGE plpgsql AS $$
      DECLARE
        mark bigint;
        bound xid8;
      BEGIN
        numbered := 0;
        SELECT s.seq, s.xid INTO head, bound FROM event_sequence s;
        IF bound < pg_snapshot_xmax(pg_current_snapshot()) THEN
          SELECT e.at INTO waiting_since FROM event e WHERE e.seq IS NULL AND e.xid >= bound ORDER BY e.xid, e.id LIMIT 1;
          IF waiting_since IS NULL THEN
            RETURN NEXT;
            RETURN;
          END IF;
        END IF;
        -- Whoever holds this row numbers; it is read under its lock, so the next statement sees all that it counts.
        SELECT s.seq, s.xid INTO mark, bound FROM event_sequence s FOR UPDATE SKIP LOCKED;
        IF mark IS NULL THEN
          RETURN NEXT;
          RETURN;
        END IF;
        IF bound >= pg_snapshot_xmax(pg_current_snapshot()) THEN
          bound := '0';
          UPDATE event_sequence SET xid = bound;
        END IF;
        WITH due AS MATERIALIZED (
          SELECT e.id, e.at, e.xid, e.span
          FROM event e, pg_current_snapshot() AS now,
            LATERAL (SELECT CASE WHEN waiting_since < clock_timestamp() - interval '1 s'
              THEN event_oldest_writer(now) ELSE pg_snapshot_xmin(now) END AS oldest OFFSET 0) writer
          WHERE e.seq IS NULL AND e.xid >= bound AND (e.xid < writer.oldest OR e.xid >= pg_snapshot_xmax(now))
          ORDER BY e.xid, e.id
          LIMIT batch
        ), place AS MATERIALIZED (
          SELECT d.id, d.at, mark + sum(d.span) OVER (ORDER BY d.xid, d.id) AS seq FROM due d
        ), done AS (
          UPDATE event e SET seq = p.seq FROM place p WHERE e.id = p.id AND e.at = p.at RETURNING e.seq, e.xid
        )
        SELECT coalesce(max(d.seq), mark), count(*), coalesce(max(d.xid::text::bigint)::text::xid8, bound)
          INTO head, numbered, bound FROM done d;
        IF numbered > 0 THEN
          UPDATE event_sequence SET seq = head, xid = bound;
          IF channel IS NOT NULL THEN PERFORM pg_notify(channel, head::text); END IF;
        END IF;
        SELECT e.at INTO waiting_since FROM event e WHERE e.seq IS NULL AND e.xid >= bound ORDER BY e.xid, e.id LIMIT 1;
        RETURN NEXT;
      END $$`);
  }

  private async columns(queryRunner: QueryRunner): Promise<void> {
    // What retention dropped: the least `since` that still gets every later event.
    await queryRunner.query(
      "ALTER TABLE event_sequence ADD COLUMN floor bigint NOT NULL DEFAULT 0, ADD COLUMN xid xid8 NOT NULL DEFAULT '0'",
    );
    await queryRunner.query(
      'ALTER TABLE event_consumer ADD COLUMN lease_owner text, ADD COLUMN lease_until timestamptz',
    );
  }

  /**
   * The least xid whose transaction may still write events here. A snapshot knows of every database of the server; a
   * transaction that surely belongs to another one cannot, and shall not hold up the numbering for more than a second,
   * however long it runs. (Looking costs two milliseconds.)
   */
  private async oldestWriter(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION event_oldest_writer(now pg_snapshot) RETURNS xid8 LANGUAGE sql STABLE AS $$
        SELECT coalesce(min(x.xid::text::bigint)::text::xid8, pg_snapshot_xmax(now))
        FROM pg_snapshot_xip(now) AS x (xid)
        WHERE NOT EXISTS (
          SELECT FROM pg_stat_activity a
          WHERE a.backend_xid::text::bigint = x.xid::text::bigint % 4294967296 AND a.datname <> current_database()
        )
      $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION event_number(integer, text)');
    await queryRunner.query('DROP FUNCTION event_oldest_writer(pg_snapshot)');
    await queryRunner.query('ALTER TABLE event_consumer DROP COLUMN lease_owner, DROP COLUMN lease_until');
    await queryRunner.query('ALTER TABLE event_sequence DROP COLUMN floor, DROP COLUMN xid');
  }
}
