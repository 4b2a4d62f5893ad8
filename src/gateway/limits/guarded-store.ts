import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Env } from '../../platform/env/env.js';
import { ReadinessConditions } from '../../platform/http/readiness-conditions.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { LimitCounterRepository } from './limit-counter.repository.js';
import { ReducedCapacityError } from './limit-errors.js';
import type { Demand, LimitStore, Supply } from './limit-store.js';
import { LocalCounter } from './local-counter.js';

/** A count that does not come in this time counts as failed. */
const PATIENCE_MS = 5_000;
const CHECK_MS = 1_000;

/**
 * The common count or, while it cannot be reached, what RATE_LIMIT_ON_STORE_FAILURE says: this process's share of every
 * limit (`local`), everybody (`open`) or nobody (`closed`). One check a second finds out when it is back.
 */
@Injectable()
export class GuardedStore implements LimitStore, OnModuleInit {
  private readonly local = new LocalCounter();
  private readonly logger: Logger;
  private failing = false;

  constructor(
    private readonly counters: LimitCounterRepository,
    private readonly env: Env,
    private readonly jobs: Jobs,
    private readonly readiness: ReadinessConditions,
    logger: Logger,
  ) {
    this.logger = logger.child('rate-limits');
  }

  onModuleInit(): void {
    this.jobs.every('rate-limit-store', CHECK_MS, () => this.recover());
    if (this.env.rateLimitOnStoreFailure === 'closed') this.readiness.add(() => !this.failing);
  }

  async take(demand: Demand): Promise<Supply> {
    if (this.failing) return this.instead(demand);
    try {
      return await inTime(this.counters.take(demand));
    } catch (error) {
      this.failed(error);
      return this.instead(demand, error);
    }
  }

  private instead(demand: Demand, cause?: unknown): Promise<Supply> | Supply {
    const { rateLimitOnStoreFailure: policy, rateLimitReplicas: replicas } = this.env;
    if (policy === 'closed') throw new ReducedCapacityError(cause);
    if (policy === 'open') return { granted: demand.wanted, windows: [], cells: [] };
    const { owner, wanted } = demand;
    const windows = demand.windows.map((window) => ({
      ...window,
      limit: Math.max(1, Math.floor(window.limit / replicas)),
    }));
    return this.local.take({ owner, windows, wanted, spare: 0 });
  }

  private failed(err: unknown): void {
    if (this.failing) return;
    this.failing = true;
    this.logger.error({ err, policy: this.env.rateLimitOnStoreFailure }, 'requests cannot be counted');
  }

  /** Every second; asks only while the count is away. */
  private async recover(): Promise<void> {
    this.local.sweep();
    if (!this.failing) return;
    const away = await inTime(this.counters.check()).then(
      () => false,
      () => true,
    );
    if (away) return;
    this.failing = false;
    this.logger.info('requests are counted again');
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  // What comes too late is lost either way: fewer requests pass, never more.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
