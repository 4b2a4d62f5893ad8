import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Jobs } from '../../platform/jobs/jobs.js';

const KEPT_HOURS = 24;
const PRUNE_MS = 600_000;

/** The first answer to a request, as it is replayed. */
export interface StoredAnswer {
  fingerprint: Buffer;
  status: number;
  headers: Record<string, string>;
  body: Buffer | null;
  sealed: boolean;
}

/** First answers by caller and Idempotency-Key. */
@Injectable()
export class IdempotencyRepository implements OnModuleInit {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('idempotency-keys', PRUNE_MS, () => this.prune(), { lock: true });
  }

  /**
   * Claims a key inside the transaction of the effect: `first` when the effect is to happen now, the stored answer when
   * it has, `busy` when it is just happening elsewhere. Never waits: the lock is only tried, so that repeated requests
   * cannot hold the pool's connections while the first one needs another.
   */
  async claim(caller: string, key: string, fingerprint: Buffer): Promise<'first' | 'busy' | StoredAnswer> {
    const [{ mine, made }] = await this.uow.query<{ mine: boolean; made: boolean }>(
      `WITH turn AS MATERIALIZED (
         SELECT pg_try_advisory_xact_lock(hashtextextended($1::text || chr(10) || $2::text, 0)) AS mine
       ), made AS (
         INSERT INTO idempotency_key AS known (caller, key, fingerprint) SELECT $1, $2, $3 FROM turn WHERE mine
         ON CONFLICT (caller, key) DO UPDATE
         SET fingerprint = excluded.fingerprint, status = NULL, headers = NULL, body = NULL, sealed = false,
           created_at = clock_timestamp()
         WHERE known.created_at < clock_timestamp() - make_interval(hours => ${KEPT_HOURS})
         RETURNING 1
       ) SELECT mine, EXISTS (SELECT FROM made) AS made FROM turn`,
      [caller, key, fingerprint],
    );
    if (!mine) return 'busy';
    if (made) return 'first';
    const [answer] = await this.uow.query<StoredAnswer>(
      `SELECT fingerprint, status, headers, body, sealed FROM idempotency_key
       WHERE caller = $1 AND key = $2 AND status IS NOT NULL`,
      [caller, key],
    );
    return answer ?? 'busy';
  }

  /** In the same transaction as the claim. */
  async keep(caller: string, key: string, answer: Omit<StoredAnswer, 'fingerprint'>): Promise<void> {
    await this.uow.query(
      'UPDATE idempotency_key SET status = $3, headers = $4, body = $5, sealed = $6 WHERE caller = $1 AND key = $2',
      [caller, key, answer.status, answer.headers, answer.body, answer.sealed],
    );
  }

  /** An answer that reports a failure is not kept: the next try is a new one. */
  async release(caller: string, key: string): Promise<void> {
    await this.uow.query('DELETE FROM idempotency_key WHERE caller = $1 AND key = $2', [caller, key]);
  }

  async prune(): Promise<void> {
    await this.uow.query(
      `DELETE FROM idempotency_key WHERE created_at < clock_timestamp() - make_interval(hours => ${KEPT_HOURS})`,
    );
  }
}
