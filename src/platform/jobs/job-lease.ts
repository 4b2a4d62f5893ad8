import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';

/** How long a silent holder keeps a job from the others. */
export const LEASE_SECONDS = 30;

/**
 * One replica at a time, by a row with an end, judged by the database's clock. No advisory locks: on the embedded
 * database they do not exclude, and a pooled connection does not keep them.
 */
@Injectable()
export class JobLease {
  private readonly holder = randomUUID();

  constructor(private readonly uow: UnitOfWork) {}

  /** True when this process may run the job now: nobody does, and nobody did within half of its period. */
  async take(name: string, periodMs: number): Promise<boolean> {
    const rows = await this.uow.query(
      `INSERT INTO job_lease AS l (name, holder, held_until, next_at)
       VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3), clock_timestamp() + make_interval(secs => $4))
       ON CONFLICT (name) DO UPDATE
       SET holder = excluded.holder, held_until = excluded.held_until, next_at = excluded.next_at
       WHERE l.held_until <= clock_timestamp() AND l.next_at <= clock_timestamp()
       RETURNING 1`,
      [name, this.holder, LEASE_SECONDS, periodMs / 2000],
    );
    return rows.length > 0;
  }

  /** Prolongs the lease of a job that takes long. False when another process has taken it meanwhile. */
  async renew(name: string): Promise<boolean> {
    const rows = await this.uow.query(
      `UPDATE job_lease SET held_until = clock_timestamp() + make_interval(secs => $3)
       WHERE name = $1 AND holder = $2 RETURNING 1`,
      [name, this.holder, LEASE_SECONDS],
    );
    return rows.length > 0;
  }

  async release(name: string): Promise<void> {
    await this.uow.query('UPDATE job_lease SET held_until = clock_timestamp() WHERE name = $1 AND holder = $2', [
      name,
      this.holder,
    ]);
  }
}
