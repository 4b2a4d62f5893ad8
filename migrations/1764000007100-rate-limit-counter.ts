import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What each owner (a key) spent in each of its windows, by cells. `rate_limit_take` locks the rows first and reads the clock
 * then: whoever waited for the lock would otherwise count with a time that is past.
 */
export class RateLimitCounter1764000007100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE rate_limit_counter (
        owner text NOT NULL,
        policy text NOT NULL,
        window_seconds integer NOT NULL,
        newest bigint NOT NULL,
        counts integer[] NOT NULL,
        CONSTRAINT rate_limit_counter_pkey PRIMARY KEY (owner, policy, window_seconds)
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(TAKE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION rate_limit_take');
    await queryRunner.query('DROP TABLE rate_limit_counter');
  }
}

/** The same arithmetic as sliding-window.ts and grantOf in limit-store.ts. A crash may lose the counts of the last moments. */
const TAKE = `
CREATE FUNCTION rate_limit_take(
  whose text, names text[], lengths integer[], limits integer[], wanted integer, spare integer,
  returned integer, returned_cells bigint[]
) RETURNS TABLE (granted integer, newest bigint, counts integer[], left_ms double precision)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  cells CONSTANT integer := 60;
  at double precision;
  one rate_limit_counter;
  kept rate_limit_counter[];
  behind integer;
  place bigint;
  used bigint;
  room bigint := 2147483647;
  given integer;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  FOR i IN 1 .. cardinality(names) LOOP
    LOOP
      SELECT c.* INTO one FROM rate_limit_counter c
      WHERE c.owner = whose AND c.policy = names[i] AND c.window_seconds = lengths[i] FOR UPDATE;
      EXIT WHEN FOUND;
      INSERT INTO rate_limit_counter VALUES (whose, names[i], lengths[i], 0, array_fill(0, ARRAY[cells + 1]))
      ON CONFLICT DO NOTHING;
    END LOOP;
    kept[i] := one;
  END LOOP;
  at := extract(epoch FROM clock_timestamp());
  FOR i IN 1 .. cardinality(names) LOOP
    one := kept[i];
    behind := least(greatest(floor(at * cells / lengths[i])::bigint - one.newest, 0), cells + 1);
    IF behind > 0 THEN
      one.counts := array_fill(0, ARRAY[behind]) || one.counts[1 : cells + 1 - behind];
      one.newest := floor(at * cells / lengths[i])::bigint;
    END IF;
    place := one.newest - returned_cells[i] + 1;
    IF returned > 0 AND place BETWEEN 1 AND cells + 1 THEN
      one.counts[place] := greatest(one.counts[place] - returned, 0);
    END IF;
    SELECT sum(n) INTO used FROM unnest(one.counts) AS n;
    room := least(room, limits[i] - used);
    kept[i] := one;
  END LOOP;
  given := greatest(least(room, greatest(wanted, least(spare, room / 20))), 0);
  FOR i IN 1 .. cardinality(names) LOOP
    one := kept[i];
    one.counts[1] := one.counts[1] + given;
    IF given > 0 OR returned > 0 THEN
      UPDATE rate_limit_counter c SET newest = one.newest, counts = one.counts
      WHERE c.owner = whose AND c.policy = names[i] AND c.window_seconds = lengths[i];
    END IF;
    granted := given;
    newest := one.newest;
    counts := one.counts;
    left_ms := ((one.newest + 1) * lengths[i] / cells::double precision - at) * 1000;
    RETURN NEXT;
  END LOOP;
END $$`;
