import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Months of events, made ahead and dropped whole when old. Both functions hold the sequencer's row, so that no row is
 * numbered while it moves, and give up after three seconds of waiting for a reader rather than make everyone queue.
 */
export class EventPartitions1764000002200 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // What the default partition caught of that month moves along: attaching would fail otherwise.
    await queryRunner.query(`
      CREATE FUNCTION event_partition_add(month date) RETURNS boolean
        LANGUAGE plpgsql SET lock_timeout = '3s' AS $$
      DECLARE
        name text := 'event_' || to_char(month, 'YYYY_MM');
        starts timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
        ends timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
      BEGIN
        IF to_regclass(name) IS NOT NULL THEN RETURN false; END IF;
        PERFORM FROM event_sequence FOR UPDATE;
        LOCK TABLE event_rest IN ACCESS EXCLUSIVE MODE;
        IF to_regclass(name) IS NOT NULL THEN RETURN false; END IF;
        EXECUTE format('CREATE TABLE %I (LIKE event INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', name);
        EXECUTE format(
          'WITH moved AS (DELETE FROM event_rest WHERE at >= $1 AND at < $2 RETURNING *) INSERT INTO %I SELECT * FROM moved',
          name) USING starts, ends;
        EXECUTE format('ALTER TABLE event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, starts, ends);
        RETURN true;
      END $$`);
    // Drops the oldest month when all of it is before the cutoff, numbered, and behind the slowest handler.
    await queryRunner.query(`
      CREATE FUNCTION event_partition_drop(cutoff timestamptz, handled bigint) RETURNS text
        LANGUAGE plpgsql SET lock_timeout = '3s' AS $$
      DECLARE
        name text;
        ends timestamptz;
        newest bigint;
        unnumbered boolean;
      BEGIN
        SELECT c.relname INTO name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
          WHERE i.inhparent = 'event'::regclass AND c.relname ~ '^event_[0-9]{4}_[0-9]{2}$' ORDER BY c.relname LIMIT 1;
        ends := (to_date(substr(name, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC';
        IF name IS NULL OR ends > cutoff THEN RETURN NULL; END IF;
        PERFORM FROM event_sequence FOR UPDATE;
        EXECUTE format('SELECT max(seq), coalesce(bool_or(seq IS NULL), false) FROM %I', name) INTO newest, unnumbered;
        IF unnumbered OR newest > handled THEN RETURN NULL; END IF;
        UPDATE event_sequence SET floor = greatest(floor, coalesce(newest, 0));
        EXECUTE format('DROP TABLE %I', name);
        RETURN name;
      END $$`);
    await queryRunner.query(`
      SELECT event_partition_add((date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month')::date)
      FROM generate_series(0, 2) n`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION event_partition_drop(timestamptz, bigint)');
    await queryRunner.query('DROP FUNCTION event_partition_add(date)');
  }
}
