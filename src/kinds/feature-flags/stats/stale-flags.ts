import { Injectable } from '@nestjs/common';
import { ENTRY_COLUMNS } from '../../../entries/entry-response.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { visible } from '../../../entries/visibility.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export const STALE_REASONS = ['expired', 'unused', 'fully_on', 'fully_off'] as const;
export type StaleReason = (typeof STALE_REASONS)[number];

export interface StaleRow extends EntryRow {
  stale_reason: StaleReason;
  last_evaluated_at: Date | null;
}

export interface StaleQuestion {
  days: number;
  limit: number;
  offset: number;
  afterId?: string;
}

const PERCENTAGE = `CASE jsonb_typeof(e.spec -> 'percentage') WHEN 'number' THEN (e.spec ->> 'percentage')::numeric END`;
const LENGTH = (field: string): string =>
  `CASE jsonb_typeof(e.spec -> '${field}') WHEN 'array' THEN jsonb_array_length(e.spec -> '${field}') ELSE 0 END`;

/** What the flag does to everybody; null for what depends on who asks. */
const OUTCOME = `
  CASE WHEN e.status = 'disabled' OR (e.status = 'rollout' AND coalesce(${PERCENTAGE}, 0) = 0) THEN 'fully_off'
    WHEN e.status = 'enabled' AND coalesce(${PERCENTAGE}, 100) = 100 AND ${LENGTH('rules')} = 0 AND ${LENGTH('segments')} = 0
      AND ${LENGTH('prerequisites')} = 0 AND ${LENGTH('variants')} < 2 AND e.spec ->> 'dialect' = 'native' THEN 'fully_on' END`;

/** Flags that nobody may need any more. */
@Injectable()
export class StaleFlags {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * Expired ones; those unchanged for so many days that either nobody has asked for in as long, or that answer everybody
   * alike. Archived ones have been dealt with.
   */
  list({ days, limit, offset, afterId }: StaleQuestion): Promise<StaleRow[]> {
    const values: unknown[] = [days, limit, offset, afterId ?? null];
    const seen = visible('e.id', values);
    return this.uow.query<StaleRow & object>(
      `SELECT ${ENTRY_COLUMNS}, s.stale_reason, s.last_evaluated_at FROM entry e CROSS JOIN LATERAL (
         SELECT v.last_evaluated_at, CASE
           WHEN e.spec ->> 'expires_at' <= to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') THEN 'expired'
           WHEN e.updated_at > clock_timestamp() - make_interval(days => $1) THEN NULL
           WHEN coalesce(v.last_evaluated_at, e.created_at) <= clock_timestamp() - make_interval(days => $1) THEN 'unused'
           ELSE ${OUTCOME} END AS stale_reason
         FROM (SELECT max(f.last_at) AS last_evaluated_at FROM feature_flag_evaluation f WHERE f.flag_id = e.id) v
       ) s
       WHERE e.kind = 'feature_flag' AND e.status <> 'archived' AND s.stale_reason IS NOT NULL AND ${seen}
         AND ($4::bigint IS NULL OR e.id > $4) ORDER BY e.id LIMIT $2 OFFSET $3`,
      values,
    );
  }
}
