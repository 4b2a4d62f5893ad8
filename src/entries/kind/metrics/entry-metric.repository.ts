import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export interface MetricRow {
  name: string;
  value: number;
  unit: string | null;
  tags: Record<string, string> | null;
  at: Date;
}

export interface MetricRange {
  from?: Date;
  to?: Date;
  limit: number;
}

const COLUMNS = 'm.name, m.value, m.unit, m.tags, m.at';

@Injectable()
export class EntryMetricRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async insert(entryId: string, samples: readonly (Omit<MetricRow, 'at'> & { at: Date | null })[]): Promise<void> {
    await this.uow.query(
      `INSERT INTO entry_metric (entry_id, name, at, value, unit, tags)
       SELECT $1, s.name, coalesce(s.at, clock_timestamp()), s.value, s.unit, s.tags
       FROM json_to_recordset($2::json) AS s(name text, at timestamptz, value double precision, unit text, tags jsonb)`,
      [entryId, JSON.stringify(samples)],
      'entry-metric-insert',
    );
  }

  /** The latest sample of each name. The names are found by jumping from one to the next in the key. */
  latest(entryId: string, limit: number): Promise<MetricRow[]> {
    return this.uow.query<MetricRow & object>(
      `WITH RECURSIVE names AS (
         (SELECT name FROM entry_metric WHERE entry_id = $1 ORDER BY name LIMIT 1)
         UNION ALL
         SELECT (SELECT m.name FROM entry_metric m WHERE m.entry_id = $1 AND m.name > n.name ORDER BY m.name LIMIT 1)
         FROM names n WHERE n.name IS NOT NULL
       )
       SELECT ${COLUMNS} FROM (SELECT name FROM names WHERE name IS NOT NULL LIMIT $2) n CROSS JOIN LATERAL (
         SELECT * FROM entry_metric l WHERE l.entry_id = $1 AND l.name = n.name ORDER BY l.at DESC, l.id DESC LIMIT 1
       ) m ORDER BY m.name`,
      [entryId, limit],
      'entry-metric-latest',
    );
  }

  /** The newest of a range, oldest first. */
  async series(entryId: string, name: string, { from, to, limit }: MetricRange): Promise<MetricRow[]> {
    const rows = await this.uow.query<MetricRow & object>(
      `SELECT ${COLUMNS} FROM entry_metric m WHERE m.entry_id = $1 AND m.name = $2
         AND m.at >= coalesce($3::timestamptz, '-infinity') AND m.at <= coalesce($4::timestamptz, 'infinity')
       ORDER BY m.at DESC, m.id DESC LIMIT $5`,
      [entryId, name, from ?? null, to ?? null, limit],
      'entry-metric-series',
    );
    return rows.toReversed();
  }

  /** Drops at most `batch` samples older than `days`; answers how many. */
  async dropOld(days: number, batch: number): Promise<number> {
    const rows = await this.uow.query(
      `DELETE FROM entry_metric WHERE (entry_id, name, at, id) IN (
         SELECT entry_id, name, at, id FROM entry_metric
         WHERE at < clock_timestamp() - make_interval(days => $1) ORDER BY at LIMIT $2
       ) RETURNING 1`,
      [days, batch],
    );
    return rows.length;
  }

  /** Drops at most `batch` samples that are not among the newest `kept` of their series; answers how many. */
  async dropOver(kept: number, batch: number): Promise<number> {
    const rows = await this.uow.query(
      `DELETE FROM entry_metric WHERE (entry_id, name, at, id) IN (
         SELECT m.entry_id, m.name, m.at, m.id
         FROM (SELECT entry_id, name FROM entry_metric GROUP BY 1, 2 HAVING count(*) > $1) big
         CROSS JOIN LATERAL (
           SELECT * FROM entry_metric o WHERE o.entry_id = big.entry_id AND o.name = big.name
           ORDER BY o.at DESC, o.id DESC OFFSET $1
         ) m LIMIT $2
       ) RETURNING 1`,
      [kept, batch],
    );
    return rows.length;
  }
}
