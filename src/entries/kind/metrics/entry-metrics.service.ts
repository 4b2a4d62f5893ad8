import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export interface MetricSample {
  name: string;
  value: number;
  unit?: string;
  tags?: object;
  at?: Date;
}

/** Samples that are reported of entries, by inside ids. */
@Injectable()
export class EntryMetrics {
  constructor(private readonly uow: UnitOfWork) {}

  async record(entryId: string, samples: readonly MetricSample[]): Promise<void> {
    await this.uow.query(
      `INSERT INTO entry_metric (entry_id, name, at, value, unit, tags)
       SELECT $1, s.name, coalesce(s.at, clock_timestamp()), s.value, s.unit, s.tags
       FROM json_to_recordset($2::json) AS s(name text, at timestamptz, value double precision, unit text, tags jsonb)`,
      [entryId, JSON.stringify(samples)],
    );
  }

  /** The newest `limit` of a metric's samples in a time, oldest first. */
  async series(
    entryId: string,
    name: string,
    { from, to, limit = 10_000 }: { from: Date; to?: Date; limit?: number },
  ): Promise<{ at: Date; value: number }[]> {
    const rows = await this.uow.query<{ at: Date; value: number }>(
      `SELECT at, value FROM entry_metric WHERE entry_id = $1 AND name = $2 AND at >= $3
         AND ($4::timestamptz IS NULL OR at < $4) ORDER BY at DESC LIMIT $5`,
      [entryId, name, from, to ?? null, limit],
    );
    return rows.reverse();
  }
}
