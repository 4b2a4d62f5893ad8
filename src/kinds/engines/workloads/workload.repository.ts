import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { HEAD_START_SECONDS, priorityNumber } from './workload-priority.js';
import type { Priority } from './workload-priority.js';
import { WORKLOAD_COLUMNS } from './workload-response.js';
import type { WorkloadRow, WorkloadStatus } from './workload-response.js';

export interface NewWorkload {
  uid: string;
  task: string;
  priority: Priority;
  payload: object;
  gpu: boolean;
  max_attempts: number;
  timeout_seconds: number | null;
  run_at: string | null;
}

export interface WorkloadFilter {
  status?: readonly WorkloadStatus[];
  priority?: readonly Priority[];
  task?: string;
}

const INSERT = `
  INSERT INTO workload AS w (uid, entry_id, task, priority, status, payload, gpu, max_attempts, timeout_seconds, rank,
    ready_at, created_at)
  SELECT n.uid, $1, n.task, n.priority, CASE WHEN n.run_at > now.at THEN 'scheduled' ELSE 'queued' END, n.payload, n.gpu,
    n.max_attempts, n.timeout_seconds, greatest(n.run_at, now.at) - make_interval(secs => n.head_start),
    greatest(n.run_at, now.at), now.at
  FROM json_to_recordset($2::json) AS n(uid uuid, task text, priority smallint, payload jsonb, gpu boolean,
    max_attempts integer, timeout_seconds integer, run_at timestamptz, head_start double precision),
    (SELECT clock_timestamp() AS at OFFSET 0) now
  RETURNING ${WORKLOAD_COLUMNS}`;

const OPEN = `('scheduled', 'queued', 'running')`;

/** Workloads as their engine's clients handle them; times are the database's. */
@Injectable()
export class WorkloadRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Fails with a foreign key violation when the engine is gone. */
  add(entryId: string, workloads: readonly NewWorkload[]): Promise<WorkloadRow[]> {
    const records = workloads.map((one) => ({
      ...one,
      priority: priorityNumber(one.priority),
      head_start: HEAD_START_SECONDS[one.priority],
    }));
    return this.uow.query<WorkloadRow & object>(INSERT, [entryId, JSON.stringify(records)], 'workload-add');
  }

  async find(entryId: string, uid: string): Promise<WorkloadRow | undefined> {
    const sql = `SELECT ${WORKLOAD_COLUMNS} FROM workload w WHERE w.entry_id = $1 AND w.uid = $2`;
    return (await this.uow.query<WorkloadRow & object>(sql, [entryId, uid], 'workload-get'))[0];
  }

  /** The newest first. */
  list(
    entryId: string,
    filter: WorkloadFilter,
    { limit, offset = 0, before }: { limit: number; offset?: number; before?: string },
  ): Promise<WorkloadRow[]> {
    const values: unknown[] = [entryId];
    let where = conditions(filter, values);
    if (before) where += ` AND w.uid < $${values.push(before)}`;
    return this.uow.query<WorkloadRow & object>(
      `SELECT ${WORKLOAD_COLUMNS} FROM workload w WHERE ${where} ORDER BY w.uid DESC
       LIMIT $${values.push(limit)} OFFSET $${values.push(offset)}`,
      values,
    );
  }

  async count(entryId: string, filter: WorkloadFilter): Promise<number> {
    const values: unknown[] = [entryId];
    const sql = `SELECT count(*)::int AS n FROM workload w WHERE ${conditions(filter, values)}`;
    return (await this.uow.query<{ n: number }>(sql, values))[0].n;
  }

  /** Undefined when it is finished already, or not there. Whoever runs it learns of it by the next heartbeat. */
  async cancel(entryId: string, uid: string): Promise<WorkloadRow | undefined> {
    const sql = `
      UPDATE workload w SET status = 'cancelled', cause = 'cancelled', token = NULL, lease_until = NULL, deadline = NULL,
        finished_at = clock_timestamp()
      WHERE w.entry_id = $1 AND w.uid = $2 AND w.status IN ${OPEN} RETURNING ${WORKLOAD_COLUMNS}`;
    return (await this.uow.query<WorkloadRow & object>(sql, [entryId, uid]))[0];
  }

  /** A dead letter in its queue again with all its attempts; undefined when it is none. Its age begins anew. */
  async revive(entryId: string, uid: string): Promise<WorkloadRow | undefined> {
    const sql = `
      UPDATE workload w SET status = 'queued', attempts = 0, cause = NULL, error = NULL, worker = NULL,
        started_at = NULL, finished_at = NULL, ready_at = statement_timestamp(),
        rank = statement_timestamp() - make_interval(secs => ($3::float8[])[w.priority + 1])
      WHERE w.entry_id = $1 AND w.uid = $2 AND w.status = 'dead' RETURNING ${WORKLOAD_COLUMNS}`;
    const starts = Object.values(HEAD_START_SECONDS);
    return (await this.uow.query<WorkloadRow & object>(sql, [entryId, uid, starts]))[0];
  }

  async running(entryId: string): Promise<number> {
    const sql = `SELECT count(*)::int AS n FROM workload WHERE entry_id = $1 AND status = 'running'`;
    return (await this.uow.query<{ n: number }>(sql, [entryId]))[0].n;
  }
}

function conditions({ status, priority, task }: WorkloadFilter, values: unknown[]): string {
  const all = ['w.entry_id = $1'];
  if (status?.length) all.push(`w.status = ANY($${values.push(status)}::text[])`);
  if (priority?.length) all.push(`w.priority = ANY($${values.push(priority.map(priorityNumber))}::smallint[])`);
  if (task !== undefined) all.push(`w.task = $${values.push(task)}`);
  return all.join(' AND ');
}
