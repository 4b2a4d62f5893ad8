import { Injectable } from '@nestjs/common';
import type { GuardState } from '../../../entries/liveness/mass-loss-guard.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { DEFAULT_TTL } from '../grid-node.kind.js';
import type { TakenBeats } from './beat-buffer.js';

/** A process that has not written for so long is gone, with what it had not written. */
const WRITER_SECONDS = 3;
/** Nobody looked for so long: the database, or all of us, were away, and no heartbeat could come through. */
const GAP_SECONDS = 2;
/** Another process has just looked. */
const TURN_SECONDS = 0.15;
/** Share of its time to live after which a node counts as silent for the guard. */
const LATE_SHARE = 0.75;
/** So many times its time to live it is silent when it is given up. */
export const MOST_LEVEL = 3;
const MOST_CONNECTIONS = 2_000_000_000;

/** What the sweeper sees, all by the database's clock. */
export interface GridLivenessView {
  now: Date;
  guard: GuardState;
  /** Every heartbeat taken before is written. */
  mark: string;
  /** Silence counts from here at the earliest. */
  resumedAt: string;
  live: number;
  late: number;
  /** Silent for longer than is known of them. */
  due: number;
}

export interface WrittenNode {
  node_id: string;
  level: number;
  connections: number;
  beaten: boolean;
}

interface ViewRow extends Omit<GridLivenessView, 'guard' | 'resumedAt'> {
  resumed_at: string;
  guard_since: Date | null;
  guard_until: Date | null;
  guard_spent: boolean;
}

/** How many times its time to live a node is silent; a time in which nobody could listen does not count. */
const SILENT_TTLS = (mark: string, resumed: string): string =>
  `extract(epoch FROM ${mark}::timestamptz - greatest(h.beat_at, ${resumed}::timestamptz)) / h.ttl`;
const LEVEL = (mark: string, resumed: string): string =>
  `least(${MOST_LEVEL}, greatest(0, ceil(${SILENT_TTLS(mark, resumed)}) - 1))`;

const LOOK = `
  WITH l AS MATERIALIZED (
    SELECT *, CASE WHEN swept_at < clock_timestamp() - interval '${GAP_SECONDS} s' THEN clock_timestamp() ELSE resumed_at END AS resumed
    FROM grid_liveness WHERE swept_at < clock_timestamp() - interval '${TURN_SECONDS} s' FOR UPDATE SKIP LOCKED
  ), m AS MATERIALIZED (
    SELECT coalesce(min(flushed_at), '-infinity') AS at FROM grid_beat_writer
    WHERE flushed_at > clock_timestamp() - interval '${WRITER_SECONDS} s'
  ), s AS MATERIALIZED (
    SELECT h.level, CASE WHEN isfinite(m.at) THEN ${SILENT_TTLS('m.at', 'l.resumed')} ELSE 0 END AS ttls
    FROM grid_heartbeat h, l, m WHERE h.beat_at IS NOT NULL AND h.level < ${MOST_LEVEL}
  ), n AS (
    SELECT count(*)::integer AS live, count(*) FILTER (WHERE ttls > ${LATE_SHARE})::integer AS late,
      count(*) FILTER (WHERE ttls > level + 1)::integer AS due FROM s
  )
  UPDATE grid_liveness g SET swept_at = clock_timestamp(), resumed_at = l.resumed FROM l, m, n
  RETURNING clock_timestamp() AS now, l.guard_since, l.guard_until, l.guard_spent, m.at::text AS mark,
    l.resumed::text AS resumed_at, n.live, n.late, n.due`;

const FLUSH = `
  WITH writer AS (
    INSERT INTO grid_beat_writer (process, flushed_at) VALUES ($1, now())
    ON CONFLICT (process) DO UPDATE SET flushed_at = excluded.flushed_at
  )
  UPDATE grid_heartbeat h SET
    beat_at = CASE WHEN b.age IS NULL THEN h.beat_at
      ELSE greatest(h.beat_at, clock_timestamp() - b.age * interval '1 second') END,
    connections = greatest(0, least(coalesce(b.reported, h.connections)::bigint + b.given, ${MOST_CONNECTIONS})),
    cpu = coalesce(b.cpu, h.cpu), memory = coalesce(b.memory, h.memory), requests = coalesce(b.requests, h.requests),
    xid = pg_current_xact_id()
  FROM unnest($2::bigint[], $3::float8[], $4::integer[], $5::integer[], $6::float8[], $7::float8[], $8::float8[])
    AS b (id, age, reported, given, cpu, memory, requests) WHERE h.node_id = b.id
  RETURNING h.node_id, h.level, h.connections, b.age IS NOT NULL AS beaten`;

/** The first of a node: from then on it is waited for when it beat. */
const BEGIN = `
  INSERT INTO grid_heartbeat AS h (node_id, ttl, beat_at, connections, cpu, memory, requests)
  SELECT e.id, coalesce((e.spec ->> 'ttl_seconds')::integer, ${DEFAULT_TTL}), clock_timestamp() - b.age * interval '1 second',
    greatest(0, coalesce(b.reported, 0) + b.given), b.cpu, b.memory, b.requests
  FROM unnest($1::bigint[], $2::float8[], $3::integer[], $4::integer[], $5::float8[], $6::float8[], $7::float8[])
    AS b (id, age, reported, given, cpu, memory, requests) JOIN entry e ON e.id = b.id AND e.kind = 'grid_node'
  WHERE e.id <> ALL ($8::bigint[]) ORDER BY e.id FOR KEY SHARE OF e
  ON CONFLICT (node_id) DO NOTHING RETURNING h.node_id, h.level, h.connections, h.beat_at IS NOT NULL AS beaten`;

/** Writes heartbeats and finds out who is silent. */
@Injectable()
export class GridLivenessRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * Writes what was taken in one statement; of heartbeats that came late nothing is lost, as each is written with its age.
   * `take` gives it when the transaction has begun: all that was taken before then is in it, which is what the mark says.
   */
  flush(process: string, take: () => TakenBeats): Promise<WrittenNode[]> {
    return this.uow.run(async () => {
      const { ids, ages, reported, given, cpu, memory, requests } = take();
      const values = [ids, ages, reported, given, cpu, memory, requests];
      const rows = await this.uow.query<WrittenNode & object>(FLUSH, [process, ...values], 'grid-flush');
      const begun = rows.length === ids.length ? [] : await this.begin(values, rows);
      // First seen and never waited for before, or back: everybody has to hear.
      const back = rows.filter(({ level, beaten }) => level > 0 && beaten).map(({ node_id: id }) => id);
      const news = [...begun.filter(({ beaten }) => beaten).map(({ node_id: id }) => id), ...back];
      if (back.length > 0)
        await this.uow.query('UPDATE grid_heartbeat SET level = 0 WHERE node_id = ANY ($1::bigint[])', [back]);
      if (news.length > 0) await this.touch(news);
      return [...rows, ...begun];
    });
  }

  /** In a transaction, which holds the sweep until its end; undefined when another process sweeps or just did. */
  async look(): Promise<GridLivenessView | undefined> {
    const [row] = await this.uow.query<ViewRow & object>(LOOK, [], 'grid-look');
    if (!row) return undefined;
    const { guard_since: since, guard_until: until, guard_spent: spent, resumed_at: resumedAt, ...view } = row;
    return { ...view, resumedAt, guard: { since, until, spent } };
  }

  /** Writes down how silent the silent are; one whose heartbeat is being written this moment is not. Answers those. */
  async raise({ mark, resumedAt }: GridLivenessView): Promise<{ expired: number; nodes: string[] }> {
    const rows = await this.uow.query<{ node_id: string; level: number }>(
      `WITH due AS (
         SELECT h.node_id, ${LEVEL('$1', '$2')} AS level FROM grid_heartbeat h
         WHERE h.beat_at IS NOT NULL AND h.level < ${LEVEL('$1', '$2')} ORDER BY h.node_id FOR UPDATE SKIP LOCKED
       ) UPDATE grid_heartbeat h SET level = due.level FROM due WHERE h.node_id = due.node_id
         RETURNING h.node_id, h.level`,
      [mark, resumedAt],
    );
    const nodes = rows.map(({ node_id: id }) => id);
    if (nodes.length > 0) await this.touch(nodes);
    return { nodes, expired: rows.filter(({ level }) => level === MOST_LEVEL).length };
  }

  async setGuard({ since, until, spent }: GuardState): Promise<void> {
    await this.uow.query('UPDATE grid_liveness SET guard_since = $1, guard_until = $2, guard_spent = $3', [
      since,
      until,
      spent,
    ]);
    await this.touch([]);
  }

  /** What the guard is now, and since when silence counts. */
  async state(): Promise<{ now: Date; guard: GuardState; resumedAt: Date | null; late: number }> {
    const [row] = await this.uow.query<{ now: Date; since: Date | null; until: Date | null; spent: boolean; resumed: Date | null; late: number }>(
      `SELECT clock_timestamp() AS now, guard_since AS since, guard_until AS until, guard_spent AS spent,
         nullif(resumed_at, '-infinity') AS resumed,
         (SELECT count(*)::integer FROM grid_heartbeat h
          WHERE h.level < ${MOST_LEVEL} AND h.beat_at + h.ttl * interval '1 second' < clock_timestamp()) AS late
       FROM grid_liveness`,
    ); // prettier-ignore
    return { now: row.now, guard: row, resumedAt: row.resumed, late: row.late };
  }

  /** Another time to live for a node that is waited for. */
  async retime(nodeId: string, ttl: number): Promise<void> {
    await this.uow.query('UPDATE grid_heartbeat SET ttl = $2 WHERE node_id = $1 AND ttl <> $2', [nodeId, ttl]);
  }

  /** This process takes no more heartbeats: nobody has to wait for what it might still write. */
  async forgetWriter(process: string): Promise<void> {
    await this.uow.query(
      `DELETE FROM grid_beat_writer WHERE process = $1 OR flushed_at < clock_timestamp() - interval '1 day'`,
      [process],
    );
  }

  /** Tells every process that these nodes are not what they were, or that the guard is another. */
  private async touch(nodes: readonly string[]): Promise<void> {
    await this.uow.query('SELECT grid_node_touch($1::bigint[])', [nodes]);
  }

  private begin(values: readonly unknown[], there: readonly WrittenNode[]): Promise<WrittenNode[]> {
    return this.uow.query<WrittenNode & object>(BEGIN, [...values, there.map(({ node_id: id }) => id)]);
  }
}
