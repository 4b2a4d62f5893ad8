import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { SegmentDefinition } from '../engine/flag-definition.js';
import { segmentDefinition } from '../segments/segment.js';
import type { SegmentRow } from '../segments/segment.js';

/** A flag as its row has it, with who may see it. */
export interface FlagRow {
  /** Inside id. */
  id: string;
  uid: string;
  name: string;
  version: string;
  status: string;
  spec: object;
  /** Null for everyone. */
  readers: string[] | null;
}

/** What has changed: everything after the next `since` is in a later answer, nothing is left out for good. */
export interface FlagChanges {
  flags: string[];
  segments: boolean;
  since: string;
}

const LOAD = `
  SELECT e.id, e.uid, e.name, e.version, e.status, e.spec, x.readers
  FROM entry e LEFT JOIN entry_restriction x ON x.entry_id = e.id WHERE e.kind = 'feature_flag'`;

/** Reads what is kept in memory, whoever asks: who may see a flag is decided when it is answered. */
@Injectable()
export class FlagSnapshotRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** These flags, or all; those that are gone are missing. */
  flags(ids?: readonly string[]): Promise<FlagRow[]> {
    return ids
      ? this.uow.query<FlagRow & object>(`${LOAD} AND e.id = ANY ($1::bigint[])`, [ids])
      : this.uow.query<FlagRow & object>(LOAD);
  }

  async segments(): Promise<SegmentDefinition[]> {
    const rows = await this.uow.query<SegmentRow & object>('SELECT * FROM feature_flag_segment');
    return rows.map(segmentDefinition);
  }

  /**
   * What was changed since the answer before. A transaction that was still open then has an id at or above `since`, so what
   * it commits later is in the next answer; what had been told before comes twice.
   */
  async changes(since: string): Promise<FlagChanges> {
    const [row] = await this.uow.query<{ since: string; flags: string[] | null; segments: boolean | null }>(
      `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS since, c.flags, c.segments FROM (
         SELECT json_agg(id::text) FILTER (WHERE subject = 'flag') AS flags, bool_or(subject = 'segment') AS segments
         FROM feature_flag_change WHERE xid >= $1::xid8
       ) c`,
      [since],
      'feature-flag-changes',
    );
    return { flags: row.flags ?? [], segments: row.segments ?? false, since: row.since };
  }

  /** Forgets what has been gone for so long that every process has heard. */
  async forgetGone(): Promise<void> {
    await this.uow.query(
      `DELETE FROM feature_flag_change c WHERE c.touched_at < clock_timestamp() - interval '10 minutes'
         AND CASE c.subject WHEN 'flag' THEN NOT EXISTS (SELECT FROM entry e WHERE e.id = c.id)
           ELSE NOT EXISTS (SELECT FROM feature_flag_segment s WHERE s.id = c.id) END`,
    );
  }
}
