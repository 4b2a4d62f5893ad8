import { PRIORITIES } from './workload-priority.js';
import type { Priority } from './workload-priority.js';

type Json = Record<string, unknown>;

/** `scheduled`: waits for its time, or for the next attempt; `dead`: all attempts failed. */
export const WORKLOAD_STATUSES = ['scheduled', 'queued', 'running', 'completed', 'dead', 'cancelled'] as const;
export type WorkloadStatus = (typeof WORKLOAD_STATUSES)[number];

/** Why an attempt ended without success. */
export const CAUSES = ['failed', 'timed_out', 'lease_expired', 'cancelled'] as const;

/** What every answer about workloads selects, on alias `w`. */
export const WORKLOAD_COLUMNS = `w.uid, w.task, w.priority, w.status, w.payload, w.gpu, w.attempts, w.max_attempts,
  w.timeout_seconds, w.ready_at, w.worker, w.lease_until, w.started_at, w.result, w.cause, w.error, w.created_at,
  w.finished_at`;

export interface WorkloadRow {
  uid: string;
  task: string;
  priority: number;
  status: WorkloadStatus;
  payload: Json;
  gpu: boolean;
  attempts: number;
  max_attempts: number;
  timeout_seconds: number | null;
  ready_at: Date;
  worker: string | null;
  lease_until: Date | null;
  started_at: Date | null;
  result: Json | null;
  cause: string | null;
  error: string | null;
  created_at: Date;
  finished_at: Date | null;
}

export interface LeasedRow extends WorkloadRow {
  token: string;
}

const time = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A workload as the wire has it; `engineUid` is the engine it belongs to. */
export function toWorkloadResponse(row: WorkloadRow, engineUid: string) {
  return {
    id: row.uid,
    engine_id: engineUid,
    task: row.task,
    priority: PRIORITIES[row.priority] satisfies Priority,
    status: row.status,
    payload: row.payload,
    requires: { gpu: row.gpu },
    attempts: row.attempts,
    max_attempts: row.max_attempts,
    timeout_seconds: row.timeout_seconds,
    run_at: row.ready_at.toISOString(),
    worker: row.worker,
    lease_until: time(row.lease_until),
    started_at: time(row.started_at),
    result: row.result,
    cause: row.cause,
    error: row.error,
    created_at: row.created_at.toISOString(),
    finished_at: time(row.finished_at),
  };
}
export type WorkloadResponse = ReturnType<typeof toWorkloadResponse>;

export const toLeaseResponse = (row: LeasedRow, engineUid: string) => ({
  ...toWorkloadResponse(row, engineUid),
  lease_token: row.token,
});
