import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { SLOTS } from './latency-histogram.js';
import { ALL, NO_KEY } from './usage-cells.js';
import type { UsageRange } from './usage-range.js';

/** What sums are told apart by. `line` is the key and all that took its place, or whose place it took. */
const EXPRESSIONS = {
  at: 'u.at',
  day: `date_trunc('day', u.at, 'UTC')`,
  route: 'u.route',
  key: 'u.key_id',
  line: 'coalesce(k.rotation_group_id::text, u.key_id)',
};
type Expression = keyof typeof EXPRESSIONS;

export interface UsageQuestion {
  range: UsageRange;
  /** Ids, `*` for the sum over all, or every one of them (without what has no key). */
  keys: readonly string[] | 'each';
  /** Names, `*` for the sum over all, or every one of them. */
  routes: readonly string[] | 'each';
  /** One row for each route, key or line of keys; else one for all together. */
  by?: 'route' | 'key' | 'line';
  /** And each step of the range. */
  steps?: boolean;
  /** So many rows, those with most requests. */
  most?: number;
}

/** Sums of requests; `latency` is counted by slot. */
export interface UsageSum {
  /** Empty where nothing is told apart. */
  name: string;
  /** When the step begins; 1970 where steps are not asked for. */
  at: Date;
  requests: number;
  client_errors: number;
  server_errors: number;
  unauthenticated: number;
  forbidden: number;
  rate_limited: number;
  bytes_out: number;
  last_at: Date;
  latency: number[];
}

/** Adds up usage in any direction. */
@Injectable()
export class UsageQuestions {
  constructor(private readonly uow: UnitOfWork) {}

  /** Only what has requests; by the number of them, or by time where steps are asked for. */
  async sums({ range, keys, routes, by, steps = false, most }: UsageQuestion): Promise<UsageSum[]> {
    const values: unknown[] = [range.from, range.to];
    const where = ['u.at >= $1', 'u.at < $2'];
    where.push(keys === 'each' ? `u.key_id NOT IN ('${ALL}', '${NO_KEY}')` : `u.key_id = ANY ($${values.push(keys)})`);
    where.push(routes === 'each' ? `u.route <> '${ALL}'` : `u.route = ANY ($${values.push(routes)})`);
    const at: Expression = range.step === 'day' ? 'day' : 'at';
    const order = steps ? 'at, name' : 'requests DESC, name';
    return this.uow.query<UsageSum>(
      `WITH cell AS MATERIALIZED (
         SELECT ${by ? EXPRESSIONS[by] : `''::text`} AS name,
           ${steps ? EXPRESSIONS[at] : `'epoch'::timestamptz`} AS at, u.requests, u.client_errors, u.server_errors,
           u.unauthenticated, u.forbidden, u.rate_limited, u.bytes_out, u.last_at, u.latency
         FROM gateway_usage u ${by === 'line' ? 'LEFT JOIN api_key k ON k.id::text = u.key_id' : ''}
         WHERE ${where.join(' AND ')}),
       total AS (
         SELECT name, at, ${SUMS}, max(last_at) AS last_at FROM cell GROUP BY name, at
         ORDER BY ${order} ${most === undefined ? '' : `LIMIT $${values.push(most)}`})
       SELECT total.*, latencies.latency FROM total JOIN (
         SELECT name, at, ARRAY[${LATENCY_SUMS}] AS latency FROM cell JOIN total USING (name, at) GROUP BY name, at
       ) AS latencies USING (name, at)
       ORDER BY ${order}`,
      values,
    );
  }
}

const SUMS = ['requests', 'client_errors', 'server_errors', 'unauthenticated', 'forbidden', 'rate_limited', 'bytes_out']
  .map((name) => `sum(${name})::double precision AS ${name}`)
  .join(', ');

/** Slot by slot: an `unnest` of every row takes ten times as long. */
const LATENCY_SUMS = Array.from(
  { length: SLOTS },
  (_, slot) => `coalesce(sum(latency[${slot + 1}]), 0)::double precision`,
).join(', ');
