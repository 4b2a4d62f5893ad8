import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { PRIORITIES } from './workload-priority.js';
import type { Priority } from './workload-priority.js';

export const COUNTED_STATUSES = ['queued', 'scheduled', 'running', 'dead'] as const;
export type CountedStatus = (typeof COUNTED_STATUSES)[number];
export type Depth = Record<CountedStatus, Record<Priority, number>>;

const WINDOWS = { last_minute: 60, last_5_minutes: 300, last_15_minutes: 900 } as const;
export interface Finished {
  completed: number;
  dead: number;
}
export type Throughput = Record<keyof typeof WINDOWS, Finished>;

interface Counted {
  status: CountedStatus;
  priority: number;
  n: number;
}

/** Each status is asked for by itself: each has an index of its own, and finished rows are in none of them. */
const depth = (entry: string): string =>
  COUNTED_STATUSES.map(
    (status) =>
      `SELECT '${status}' AS status, priority, count(*)::int AS n FROM workload WHERE ${entry}status = '${status}' GROUP BY priority`,
  ).join(' UNION ALL ');

const FINISHED = `SELECT ${Object.entries(WINDOWS)
  .flatMap(([name, seconds]) =>
    ['completed', 'dead'].map(
      (status) =>
        `count(*) FILTER (WHERE status = '${status}' AND finished_at > clock_timestamp() - interval '${seconds} s')::int AS ${name}_${status}`,
    ),
  )
  .join(', ')}
  FROM workload WHERE entry_id = $1 AND finished_at > statement_timestamp() - interval '900 s'`;

/** How queues stand, for people and for Prometheus. */
@Injectable()
export class WorkloadStatsRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async depthOf(entryId: string): Promise<Depth> {
    return depthOf(await this.uow.query<Counted & object>(depth('entry_id = $1 AND '), [entryId]));
  }

  /** Of all engines together. */
  async depth(): Promise<Depth> {
    return depthOf(await this.uow.query<Counted & object>(depth('')));
  }

  /** For how many seconds the workload that is ready longest has waited; null when none is ready. */
  async oldestWaiting(entryId?: string): Promise<number | null> {
    const rows = await this.uow.query<{ seconds: number | null }>(
      `SELECT extract(epoch FROM clock_timestamp() - min(ready_at))::float8 AS seconds FROM workload
       WHERE status = 'queued'${entryId === undefined ? '' : ' AND entry_id = $1'}`,
      entryId === undefined ? [] : [entryId],
    );
    const { seconds } = rows[0];
    return seconds === null ? null : Math.max(0, seconds);
  }

  async throughputOf(entryId: string): Promise<Throughput> {
    const [row] = await this.uow.query<Record<string, number>>(FINISHED, [entryId]);
    return Object.fromEntries(
      Object.keys(WINDOWS).map((name) => [name, { completed: row[`${name}_completed`], dead: row[`${name}_dead`] }]),
    ) as Throughput;
  }
}

function depthOf(rows: readonly Counted[]): Depth {
  const none = (): Record<Priority, number> => ({ low: 0, normal: 0, high: 0, critical: 0 });
  const all: Depth = { queued: none(), scheduled: none(), running: none(), dead: none() };
  for (const { status, priority, n } of rows) all[status][PRIORITIES[priority]] = n;
  return all;
}
