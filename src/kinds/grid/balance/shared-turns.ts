import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';

const PRUNE_MS = 600_000;
/** An answer that does not come in this time is not waited for, nor is the next one until the count is back. */
const PATIENCE_MS = 2000;
/** While the count cannot be reached each process counts on by itself, and sees so often whether it is back. */
const AGAIN_MS = 1000;
const MOST_COUNTED = 1000;

export interface Turn {
  /** Counted from 0. */
  turn: number;
  /** False while this process counts alone. */
  shared: boolean;
}

interface Waiter {
  resolve: (turn: Turn) => void;
}

/**
 * Whose turn it is, counted by all processes together. Turns are taken in blocks of exactly as many as there are requests
 * waiting for one, while the block before is on its way: so no process ever sits on turns that nobody has, which is what would
 * make the shares uneven, and under load one question serves many requests.
 */
@Injectable()
export class SharedTurns implements OnModuleInit {
  private waiting = new Map<string, Waiter[]>();
  private asking = false;
  /** The count cannot be reached. */
  private apart = false;
  private probing = false;
  private probeAt = 0;
  /** The next turn of each pool, as far as this process knows. */
  private next = new Map<string, number>();
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: Jobs,
    logger: Logger,
  ) {
    this.logger = logger.child('grid');
  }

  onModuleInit(): void {
    this.jobs.every('grid-turns', PRUNE_MS, () => this.prune(), { lock: true });
  }

  /** The next turn of a pool; at once where there is nobody to count with. */
  take(pool: string): Promise<Turn> | Turn {
    // The embedded database has one process.
    if (this.uow.embedded) return { turn: this.alone(pool), shared: true };
    if (this.apart) {
      if (!this.probing && performance.now() >= this.probeAt) this.probe(pool);
      return { turn: this.alone(pool), shared: false };
    }
    return new Promise((resolve) => {
      const waiters = this.waiting.get(pool);
      if (waiters) waiters.push({ resolve });
      else this.waiting.set(pool, [{ resolve }]);
      if (this.asking) return;
      this.asking = true;
      this.soon();
    });
  }

  /** Not within the context of the request that came first: it is asked for all of them. */
  private readonly soon = AsyncResource.bind(() => {
    setImmediate(() => void this.ask());
  });

  private async ask(): Promise<void> {
    while (this.waiting.size > 0) {
      const batch = this.waiting;
      this.waiting = new Map();
      try {
        const ends = await this.reserve(batch);
        for (const [pool, waiters] of batch) {
          const end = ends.get(pool)!;
          this.remember(pool, end);
          for (const [n, { resolve }] of waiters.entries()) resolve({ turn: end - waiters.length + n, shared: true });
        }
      } catch (err) {
        this.logger.warn({ err }, 'turns cannot be counted with other processes for now');
        this.apart = true;
        this.probeAt = performance.now() + AGAIN_MS;
        for (const [pool, waiters] of batch)
          for (const { resolve } of waiters) resolve({ turn: this.alone(pool), shared: false });
      }
    }
    this.asking = false;
  }

  /** Whether the count is back; takes no turn, and nobody waits for it. */
  private readonly probe = AsyncResource.bind((pool: string) => {
    this.probing = true;
    this.reserve(new Map([[pool, []]]))
      .then(() => (this.apart = false))
      .catch(() => (this.probeAt = performance.now() + AGAIN_MS))
      .finally(() => (this.probing = false));
  });

  /** How far each pool is after this. */
  private async reserve(batch: ReadonlyMap<string, readonly Waiter[]>): Promise<Map<string, number>> {
    const pools = [...batch.keys()].toSorted();
    const asked = this.uow.query<{ pool: string; next: string }>(
      `INSERT INTO grid_turn AS t (pool, next) SELECT * FROM unnest($1::text[], $2::bigint[])
       ON CONFLICT (pool) DO UPDATE SET next = t.next + excluded.next, touched_at = excluded.touched_at
       RETURNING pool, next`,
      [pools, pools.map((pool) => batch.get(pool)!.length)],
      'grid-turns',
    );
    const rows = await inTime(asked);
    return new Map(rows.map(({ pool, next }) => [pool, Number(next)]));
  }

  private alone(pool: string): number {
    const turn = this.next.get(pool) ?? 0;
    this.remember(pool, turn + 1);
    return turn;
  }

  private remember(pool: string, next: number): void {
    if (!this.next.has(pool) && this.next.size >= MOST_COUNTED) this.next.delete(this.next.keys().next().value!);
    this.next.set(pool, next);
  }

  private async prune(): Promise<void> {
    await this.uow.query(`DELETE FROM grid_turn WHERE touched_at < clock_timestamp() - interval '1 hour'`);
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  // Turns that come too late are nobody's.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
