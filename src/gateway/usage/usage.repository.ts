import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { SLOTS } from './latency-histogram.js';
import type { UsageBatch } from './usage-batch.js';
import { ALL } from './usage-cells.js';

const COUNTS = [
  'requests',
  'client_errors',
  'server_errors',
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'bytes_out',
] as const;
const COLUMNS = `key_id, route, at, step, ${COUNTS.join(', ')}, last_at, latency`;
/** Written out slot by slot: to `unnest` every row takes several times as long. */
const slots = (expression: (slot: number) => string): string =>
  Array.from({ length: SLOTS }, (_, index) => expression(index + 1)).join(', ');
/** A slot that is full stays full: a count of two thousand million changes no percentile any more. */
const SATURATED = (sum: string): string => `least(${sum}, 2147483647)::integer`;
/** What is there already is added to. */
const ADDED = `ON CONFLICT (key_id, route, at, step) DO UPDATE SET
  ${COUNTS.map((name) => `${name} = u.${name} + excluded.${name}`).join(', ')},
  last_at = greatest(u.last_at, excluded.last_at),
  latency = (ARRAY[${slots((slot) => SATURATED(`coalesce(u.latency[${slot}], 0)::bigint + coalesce(excluded.latency[${slot}], 0)`))}])
            [1 : greatest(cardinality(u.latency), cardinality(excluded.latency))]`;

/** The batch is refused as a whole when its process has written it before. In one order, so that no two wait for each other. */
const ADD = `
  WITH batch AS (
    INSERT INTO gateway_usage_batch AS b (process, number, at) VALUES ($1, $2, clock_timestamp())
    ON CONFLICT (process) DO UPDATE SET number = excluded.number, at = excluded.at WHERE b.number < excluded.number
    RETURNING 1)
  INSERT INTO gateway_usage AS u (${COLUMNS})
  SELECT given.key_id, given.route, given.at, 'hour', ${COUNTS.map((name) => `given.${name}`).join(', ')},
    given.last_at, given.latency::integer[]
  FROM batch, unnest($3::text[], $4::text[], $5::timestamptz[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
    $10::bigint[], $11::bigint[], $12::bigint[], $13::timestamptz[], $14::text[])
    AS given (key_id, route, at, ${COUNTS.join(', ')}, last_at, latency)
  ORDER BY 1, 2, 3 ${ADDED}`;

/** A whole day of hours becomes one row per key and route. Whoever comes second finds no hours left to move. */
const ROLL_UP = `
  WITH moved AS (
    DELETE FROM gateway_usage WHERE step = 'hour' AND at >= $1 AND at < $1::timestamptz + interval '24 hours' RETURNING *)
  INSERT INTO gateway_usage AS u (${COLUMNS})
  SELECT key_id, route, $1, 'day', ${COUNTS.map((name) => `sum(${name})`).join(', ')}, max(last_at),
    (ARRAY[${slots((slot) => SATURATED(`coalesce(sum(latency[${slot}]), 0)`))}])[1 : max(cardinality(latency))]
  FROM moved GROUP BY key_id, route ORDER BY 1, 2 ${ADDED}`;

/** Writes usage: every batch once, every hour into its day once. */
@Injectable()
export class UsageRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Adds a batch of a process, unless it was added before. */
  async add(process: string, { number, rows }: UsageBatch): Promise<void> {
    const values = [
      process, number, rows.map(({ key }) => key), rows.map(({ route }) => route), rows.map(({ hour }) => new Date(hour)),
      rows.map(({ requests }) => requests), rows.map(({ clientErrors }) => clientErrors),
      rows.map(({ serverErrors }) => serverErrors), rows.map(({ unauthenticated }) => unauthenticated),
      rows.map(({ forbidden }) => forbidden), rows.map(({ rateLimited }) => rateLimited),
      rows.map(({ bytesOut }) => bytesOut), rows.map(({ lastAt }) => new Date(lastAt)),
      rows.map(({ latency }) => `{${latency.join(',')}}`),
    ]; // prettier-ignore
    await this.uow.run(() => this.uow.query(ADD, values));
  }

  /** The oldest day (its beginning, UTC) of which something is kept by the hour, if all of it is before `cutoff`. */
  async oldestDayOfHours(cutoff: Date): Promise<Date | undefined> {
    const [row] = await this.uow.query<{ day: Date | null }>(
      `SELECT date_trunc('day', min(at), 'UTC') AS day FROM gateway_usage
       WHERE key_id = '${ALL}' AND route = '${ALL}' AND step = 'hour' AND at < $1`,
      [cutoff],
    );
    const day = row.day ?? undefined;
    return day && day.getTime() + 86_400_000 <= cutoff.getTime() ? day : undefined;
  }

  async rollUp(day: Date): Promise<void> {
    await this.uow.run(() => this.uow.query(ROLL_UP, [day]));
  }

  async deleteBefore(cutoff: Date): Promise<void> {
    await this.uow.query('DELETE FROM gateway_usage WHERE at < $1', [cutoff]);
  }

  /** Forgets processes that are gone. One that is cut off for longer than this must not send its last batch again. */
  async forgetBatchesBefore(cutoff: Date): Promise<void> {
    await this.uow.query('DELETE FROM gateway_usage_batch WHERE at < $1', [cutoff]);
  }
}
