import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

/** How long a replica that fell silent keeps a handler from the others. */
export const LEASE_SECONDS = 15;

/** Positions of the handlers, and who of the replicas serves each. */
@Injectable()
export class ConsumerRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Makes a new handler's position: after the newest event, or before the oldest. A known one keeps its own. */
  async register(name: string, from: 'oldest' | 'newest'): Promise<void> {
    // The embedded database serves one process: whoever held a lease before this one started is gone.
    await this.uow.query(
      `INSERT INTO event_consumer (name, seq)
       SELECT $1, CASE WHEN $2 = 'newest' THEN seq ELSE floor END FROM event_sequence
       ON CONFLICT (name) DO UPDATE SET lease_owner = NULL, lease_until = NULL WHERE $3`,
      [name, from, this.uow.embedded],
    );
  }

  /**
   * Takes the handler for this process while it is behind `head`. Answers its position, and whether it is held: it is not
   * when there is nothing to do, or when another process has it.
   */
  async take(name: string, owner: string, head: number): Promise<{ seq: number; held: boolean }> {
    const [taken] = await this.uow.query<{ seq: string }>(
      `UPDATE event_consumer SET lease_owner = $2, lease_until = clock_timestamp() + make_interval(secs => $4)
       WHERE name = $1 AND seq < $3
         AND (lease_until IS NULL OR lease_until < clock_timestamp() OR lease_owner = $2)
       RETURNING seq`,
      [name, owner, head, LEASE_SECONDS],
    );
    if (taken) return { seq: Number(taken.seq), held: true };
    const [row] = await this.uow.query<{ seq: string }>('SELECT seq FROM event_consumer WHERE name = $1', [name]);
    return { seq: Number(row?.seq ?? 0), held: false };
  }

  /** Prolongs the lease of a batch that takes long. */
  async renew(name: string, owner: string): Promise<void> {
    await this.uow.query(
      `UPDATE event_consumer SET lease_until = clock_timestamp() + make_interval(secs => $3)
       WHERE name = $1 AND lease_owner = $2`,
      [name, owner, LEASE_SECONDS],
    );
  }

  /** Marks everything up to `to` as handled. False when another process has taken over: it starts from the last mark. */
  async mark(name: string, owner: string, from: number, to: number): Promise<boolean> {
    const rows = await this.uow.query(
      `UPDATE event_consumer
       SET seq = $4, updated_at = clock_timestamp(), lease_until = clock_timestamp() + make_interval(secs => $5)
       WHERE name = $1 AND lease_owner = $2 AND seq = $3 RETURNING 1`,
      [name, owner, from, to, LEASE_SECONDS],
    );
    return rows.length > 0;
  }

  /** Lets another process take the handler at once. */
  async release(name: string, owner: string): Promise<void> {
    await this.uow.query(
      'UPDATE event_consumer SET lease_owner = NULL, lease_until = NULL WHERE name = $1 AND lease_owner = $2',
      [name, owner],
    );
  }

  /** Position of the slowest of these handlers; undefined when there are none. */
  async slowest(names: readonly string[]): Promise<number | undefined> {
    const [row] = await this.uow.query<{ seq: string | null }>(
      'SELECT min(seq) AS seq FROM event_consumer WHERE name = ANY ($1)',
      [names],
    );
    return row.seq === null ? undefined : Number(row.seq);
  }
}
