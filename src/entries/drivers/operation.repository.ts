import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Cursor } from '../../platform/http/paging.js';
import type { OperationEnd, OperationRow } from './operation.js';

export type NewOperation = Pick<
  OperationRow,
  'id' | 'entry_id' | 'verb' | 'from_state' | 'to_state' | 'capacity' | 'driver' | 'options' | 'requested_by'
>;

const COLUMNS = `o.id, o.entry_id, o.verb, o.from_state, o.to_state, o.capacity, o.driver, o.state, o.message, o.options,
  o.requested_by, o.attempts, o.created_at, o.deadline, o.ended_at`;
const OPEN = `o.state IN ('pending', 'running')`;

/** Where a list goes on, and how much of it is wanted. */
export interface OperationPage {
  limit: number;
  offset: number;
  descending: boolean;
  after?: Pick<Cursor, 'values' | 'id'>;
}

/** Operations, and which of them a process may take up. Every time is the database's. */
@Injectable()
export class OperationRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The one of an entry that has not ended. */
  async openOf(entryId: string): Promise<OperationRow | undefined> {
    const sql = `SELECT ${COLUMNS} FROM operation o WHERE o.entry_id = $1 AND ${OPEN}`;
    return (await this.uow.query<OperationRow & object>(sql, [entryId], 'operation-open'))[0];
  }

  async insert(operation: NewOperation, timeoutSeconds: number): Promise<OperationRow> {
    const { id, entry_id, verb, from_state, to_state, capacity, driver, options, requested_by } = operation;
    const [row] = await this.uow.query<OperationRow & object>(
      `INSERT INTO operation AS o (id, entry_id, verb, from_state, to_state, capacity, driver, options, requested_by,
         next_at, deadline)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp(), clock_timestamp() + make_interval(secs => $10))
       RETURNING ${COLUMNS}`,
      [id, entry_id, verb, from_state, to_state, capacity, driver, options, requested_by, timeoutSeconds],
    );
    return row;
  }

  async find(entryId: string, id: string): Promise<OperationRow | undefined> {
    const sql = `SELECT ${COLUMNS} FROM operation o WHERE o.entry_id = $1 AND o.id = $2`;
    return (await this.uow.query<OperationRow & object>(sql, [entryId, id]))[0];
  }

  list(entryId: string, { limit, offset, descending, after }: OperationPage): Promise<OperationRow[]> {
    const values: unknown[] = [entryId, limit, offset];
    const [order, beyond] = descending ? ['DESC', '<'] : ['ASC', '>'];
    const where = after
      ? `AND (o.created_at, o.id) ${beyond} ($${values.push(after.values[0])}::timestamptz, $${values.push(after.id)}::uuid)`
      : '';
    return this.uow.query<OperationRow & object>(
      `SELECT ${COLUMNS} FROM operation o WHERE o.entry_id = $1 ${where}
       ORDER BY o.created_at ${order}, o.id ${order} LIMIT $2 OFFSET $3`,
      values,
    );
  }

  async count(entryId: string): Promise<number> {
    const sql = 'SELECT count(*)::integer AS n FROM operation WHERE entry_id = $1';
    return (await this.uow.query<{ n: number }>(sql, [entryId]))[0].n;
  }

  /** Takes up what is due and nobody else has in hand; a holder that dies has it for no longer than the lease. */
  claim(limit: number, leaseSeconds: number): Promise<OperationRow[]> {
    return this.uow.query<OperationRow & object>(
      `UPDATE operation o SET locked_until = clock_timestamp() + make_interval(secs => $2), attempts = o.attempts + 1
       WHERE o.id IN (
         SELECT o.id FROM operation o
         WHERE ${OPEN} AND o.next_at <= clock_timestamp() AND o.deadline > clock_timestamp()
           AND (o.locked_until IS NULL OR o.locked_until <= clock_timestamp())
         ORDER BY o.next_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING ${COLUMNS}`,
      [limit, leaseSeconds],
    );
  }

  /** Gives a claimed one back: to be taken up again in so many seconds, or never when its end will be reported. */
  async release(
    id: string,
    state: 'pending' | 'running',
    message: string | null,
    seconds: number | null,
  ): Promise<void> {
    await this.uow.query(
      `UPDATE operation o SET state = $2, message = coalesce($3, o.message), locked_until = NULL,
         next_at = clock_timestamp() + make_interval(secs => $4)
       WHERE o.id = $1 AND ${OPEN}`,
      [id, state, message, seconds],
    );
  }

  /** Undefined when it has ended already: of two who end it one wins. */
  async end(id: string, state: OperationEnd, message: string | null): Promise<OperationRow | undefined> {
    const [row] = await this.uow.query<OperationRow & object>(
      `UPDATE operation o SET state = $2, message = coalesce($3, CASE WHEN $2 = 'failed' THEN o.message END),
         ended_at = clock_timestamp(), next_at = NULL, locked_until = NULL
       WHERE o.id = $1 AND ${OPEN} RETURNING ${COLUMNS}`,
      [id, state, message],
    );
    return row;
  }

  /** Those whose time is over. */
  overdue(limit: number): Promise<OperationRow[]> {
    return this.uow.query<OperationRow & object>(
      `SELECT ${COLUMNS} FROM operation o WHERE ${OPEN} AND o.deadline <= clock_timestamp() ORDER BY o.deadline LIMIT $1`,
      [limit],
    );
  }
}
