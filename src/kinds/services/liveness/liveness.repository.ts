import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { GuardState } from '../../../entries/liveness/mass-loss-guard.js';

/** A process that has not written for so long is gone, with what it had not written. */
const WRITER_SECONDS = 3;
/** Nobody looked for so long: the database, or all of us, were away, and no heartbeat could come through. */
const GAP_SECONDS = 2;
/** Another process has just looked. */
const TURN_SECONDS = 0.15;
/** Share of its time to live after which an instance is late. */
const LATE_SHARE = 0.75;

/** What the sweeper sees, all by the database's clock. */
export interface LivenessView {
  now: Date;
  guard: GuardState;
  /** Every heartbeat taken before is written. */
  mark: string;
  /** Silence counts from here at the earliest. */
  resumedAt: string;
  live: number;
  late: number;
  /** Silent for longer than their time to live. */
  due: number;
  /** Given up for so long that they go. */
  removable: number;
}

interface ViewRow extends Omit<LivenessView, 'guard' | 'resumedAt'> {
  resumed_at: string;
  guard_since: Date | null;
  guard_until: Date | null;
  guard_spent: boolean;
}

/** Since when an instance is silent; a time in which nobody could listen does not count. */
const SILENT_SINCE = (resumed: string): string => `greatest(h.beat_at, ${resumed}::timestamptz)`;
const DUE = (mark: string, resumed: string): string =>
  `NOT h.expired AND ${SILENT_SINCE(resumed)} + h.ttl * interval '1 second' < ${mark}::timestamptz`;
const REMOVABLE = (mark: string, resumed: string): string =>
  `h.expired AND ${SILENT_SINCE(resumed)} + (h.ttl + h.deregister_after) * interval '1 second' < ${mark}::timestamptz`;

const LOOK = `
  WITH l AS MATERIALIZED (
    SELECT *, CASE WHEN swept_at < clock_timestamp() - interval '${GAP_SECONDS} s' THEN clock_timestamp() ELSE resumed_at END AS resumed
    FROM service_liveness WHERE swept_at < clock_timestamp() - interval '${TURN_SECONDS} s' FOR UPDATE SKIP LOCKED
  ), m AS MATERIALIZED (
    SELECT coalesce(min(flushed_at), '-infinity') AS at FROM service_beat_writer
    WHERE flushed_at > clock_timestamp() - interval '${WRITER_SECONDS} s'
  ), n AS (
    SELECT count(*) FILTER (WHERE NOT h.expired)::integer AS live,
      count(*) FILTER (WHERE NOT h.expired
        AND ${SILENT_SINCE('l.resumed')} + h.ttl * interval '${LATE_SHARE} s' < m.at)::integer AS late,
      count(*) FILTER (WHERE ${DUE('m.at', 'l.resumed')})::integer AS due,
      count(*) FILTER (WHERE ${REMOVABLE('m.at', 'l.resumed')})::integer AS removable
    FROM service_heartbeat h, l, m
  )
  UPDATE service_liveness s SET swept_at = clock_timestamp(), resumed_at = l.resumed FROM l, m, n
  RETURNING clock_timestamp() AS now, l.guard_since, l.guard_until, l.guard_spent, m.at::text AS mark,
    l.resumed::text AS resumed_at, n.live, n.late, n.due, n.removable`;

/** Writes heartbeats and finds out who is silent. */
@Injectable()
export class LivenessRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * Writes heartbeats in one statement; of those that came late nothing is lost, as each is written with its age. `take`
   * gives them when the transaction has begun: all that was taken before then is in it, which is what the mark says.
   * Answers the instances that had been given up.
   */
  flush(process: string, take: () => { ids: string[]; ages: number[] }): Promise<string[]> {
    return this.uow.run(async () => {
      const { ids, ages } = take();
      const rows = await this.uow.query<{ instance_id: string }>(
        `WITH writer AS (
           INSERT INTO service_beat_writer (process, flushed_at) VALUES ($1, now())
           ON CONFLICT (process) DO UPDATE SET flushed_at = excluded.flushed_at
         ), beaten AS (
           UPDATE service_heartbeat h SET beat_at = greatest(h.beat_at, clock_timestamp() - b.age * interval '1 second')
           FROM unnest($2::bigint[], $3::float8[]) AS b (id, age) WHERE h.instance_id = b.id
           RETURNING h.instance_id, h.expired
         ) SELECT instance_id FROM beaten WHERE expired`,
        [process, ids, ages],
        'heartbeat-flush',
      );
      return rows.map(({ instance_id }) => instance_id);
    });
  }

  /** In a transaction, which holds the sweep until its end; undefined when another process sweeps or just did. */
  async look(): Promise<LivenessView | undefined> {
    const [row] = await this.uow.query<ViewRow & object>(LOOK, [], 'liveness-look');
    if (!row) return undefined;
    const { guard_since: since, guard_until: until, guard_spent: spent, resumed_at: resumedAt, ...view } = row;
    return { ...view, resumedAt, guard: { since, until, spent } };
  }

  /** Services of those that are due, whose turns are to be taken first. */
  async dueServices({ mark, resumedAt }: LivenessView): Promise<string[]> {
    const rows = await this.uow.query<{ service_id: string }>(
      `SELECT DISTINCT h.service_id FROM service_heartbeat h WHERE ${DUE('$1', '$2')} OR ${REMOVABLE('$1', '$2')}`,
      [mark, resumedAt],
    );
    return rows.map(({ service_id }) => service_id);
  }

  /** Gives up those that are due; one whose heartbeat is being written this moment is not. */
  async expire({ mark, resumedAt }: LivenessView): Promise<number> {
    const rows = await this.uow.query(
      `WITH due AS (SELECT h.instance_id FROM service_heartbeat h WHERE ${DUE('$1', '$2')} FOR UPDATE SKIP LOCKED)
       UPDATE service_heartbeat h SET expired = true FROM due WHERE h.instance_id = due.instance_id RETURNING 1`,
      [mark, resumedAt],
    );
    return rows.length;
  }

  async removeSilent({ mark, resumedAt }: LivenessView): Promise<number> {
    const rows = await this.uow.query(
      `DELETE FROM service_instance i USING service_heartbeat h
       WHERE h.instance_id = i.id AND ${REMOVABLE('$1', '$2')} RETURNING 1`,
      [mark, resumedAt],
    );
    return rows.length;
  }

  async setGuard({ since, until, spent }: GuardState): Promise<void> {
    await this.uow.query('UPDATE service_liveness SET guard_since = $1, guard_until = $2, guard_spent = $3', [
      since,
      until,
      spent,
    ]);
  }

  /** What the guard is now, and since when silence counts. */
  async state(): Promise<{ now: Date; guard: GuardState; resumedAt: Date | null; late: number }> {
    const [row] = await this.uow.query<{ now: Date; since: Date | null; until: Date | null; spent: boolean; resumed: Date | null; late: number }>(
      `SELECT clock_timestamp() AS now, guard_since AS since, guard_until AS until, guard_spent AS spent,
         nullif(resumed_at, '-infinity') AS resumed,
         (SELECT count(*)::integer FROM service_heartbeat h
          WHERE NOT h.expired AND h.beat_at + h.ttl * interval '1 second' < clock_timestamp()) AS late
       FROM service_liveness`,
    ); // prettier-ignore
    return { now: row.now, guard: row, resumedAt: row.resumed, late: row.late };
  }

  /** This process takes no more heartbeats: nobody has to wait for what it might still write. */
  async forgetWriter(process: string): Promise<void> {
    await this.uow.query(
      `DELETE FROM service_beat_writer WHERE process = $1 OR flushed_at < clock_timestamp() - interval '1 day'`,
      [process],
    );
  }
}
