import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** How often a flag was answered so, in one environment and hour. */
export interface EvaluationCount {
  flag_id: string;
  environment: string;
  /** Its beginning. */
  hour: Date;
  enabled: boolean;
  /** Empty for none. */
  variant: string;
  count: number;
  last_at: Date;
}

export interface CountRange {
  from?: Date;
  to?: Date;
  environment?: string;
}

/** Counts of evaluations. Takes inside ids. */
@Injectable()
export class EvaluationCountRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Adds to what is there. In the order of the key, as every process's, so that two never wait for each other in a circle. */
  async add(counts: readonly EvaluationCount[]): Promise<void> {
    const columns = [
      counts.map(({ flag_id }) => flag_id),
      counts.map(({ environment }) => environment),
      counts.map(({ hour }) => hour),
      counts.map(({ enabled }) => enabled),
      counts.map(({ variant }) => variant),
      counts.map(({ count }) => count),
      counts.map(({ last_at }) => last_at),
    ];
    await this.uow.query(
      `INSERT INTO feature_flag_evaluation AS f (flag_id, environment, hour, enabled, variant, count, last_at)
       SELECT flag_id, environment, hour, enabled, variant, sum(count), max(last_at) FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::boolean[], $5::text[], $6::bigint[],
         $7::timestamptz[]) AS c(flag_id, environment, hour, enabled, variant, count, last_at)
       WHERE EXISTS (SELECT FROM entry e WHERE e.id = c.flag_id)
       GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
       ON CONFLICT (flag_id, environment, hour, enabled, variant) DO UPDATE
       SET count = f.count + excluded.count, last_at = greatest(f.last_at, excluded.last_at)`,
      columns,
      'feature-flag-evaluation-add',
    );
  }

  /** In the order of time. The hour in which `from` lies is counted whole. */
  async list(flagId: string, { from, to, environment }: CountRange): Promise<EvaluationCount[]> {
    const rows = await this.uow.query<Omit<EvaluationCount, 'count'> & { count: string }>(
      `SELECT * FROM feature_flag_evaluation WHERE flag_id = $1 AND ($2::text IS NULL OR environment = $2)
         AND hour >= date_trunc('hour', coalesce($3::timestamptz, '-infinity')) AND hour <= coalesce($4::timestamptz, 'infinity')
       ORDER BY hour, environment, enabled DESC, variant`,
      [flagId, environment ?? null, from ?? null, to ?? null],
    );
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }

  /** Drops at most `batch` counts older than `days`; answers how many. */
  async dropOld(days: number, batch: number): Promise<number> {
    const rows = await this.uow.query(
      `DELETE FROM feature_flag_evaluation WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM feature_flag_evaluation WHERE hour < clock_timestamp() - make_interval(days => $1) LIMIT $2
       )) RETURNING 1`,
      [days, batch],
    );
    return rows.length;
  }
}
