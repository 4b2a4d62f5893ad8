import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Metrics } from '../../platform/http/metrics.js';
import { RequestObservers } from '../../platform/http/request-observers.js';
import type { AnsweredRequest } from '../../platform/http/request-observers.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { usageBatch } from './usage-batch.js';
import type { UsageBatch } from './usage-batch.js';
import { NO_KEY, UsageCells } from './usage-cells.js';
import { UsageRepository } from './usage.repository.js';

export const FLUSH_MS = 10_000;
/** So many cells are written without waiting for the next turn, and at most so many at once. */
const MANY_CELLS = 1_000;
/** What may pile up (some 15 MB) while the database is away: hours of it, for the keys and routes of a usual day. */
const MOST_CELLS = 20_000;

/**
 * Counts every answered request in memory, and writes what came together every ten seconds, when it is much, and at
 * shutdown. A batch that may or may not have been written is sent again under its own number, and written once.
 */
@Injectable()
export class UsageRecorder implements OnModuleInit, BeforeApplicationShutdown {
  private readonly process = randomUUID();
  private readonly cells = new UsageCells(MOST_CELLS);
  private readonly lost: Counter;
  private readonly logger: Logger;
  private number = 0;
  private pending?: UsageBatch;
  private running?: Promise<void>;
  private next?: Promise<void>;
  private full = false;

  constructor(
    private readonly repository: UsageRepository,
    private readonly observers: RequestObservers,
    private readonly jobs: Jobs,
    metrics: Metrics,
    logger: Logger,
  ) {
    this.logger = logger.child('usage');
    this.lost = new Counter({
      name: 'registry_usage_uncounted_requests_total',
      help: 'Requests missing in the usage statistics, because too much piled up while the database was away.',
      registers: [metrics.registry],
    });
  }

  onModuleInit(): void {
    this.observers.add((request) => this.record(request));
    this.jobs.every('usage', FLUSH_MS, () => this.flush());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush().catch((err: unknown) => {
      const requests = (this.pending?.requests ?? 0) + this.drained();
      this.logger.error({ err, requests }, 'stopping without having written the usage of the last requests');
    });
  }

  /** Without waiting for anything. */
  record(request: AnsweredRequest, now = Date.now()): void {
    const before = this.cells.size;
    const { principal, method, route, status, milliseconds, bytesOut } = request;
    const key = principal?.id ?? NO_KEY;
    if (!this.cells.record({ key, method, route, status, milliseconds, bytesOut }, now)) this.lose();
    else if (this.cells.size > before && this.cells.size % MANY_CELLS === 0) this.flushSoon();
  }

  /** Resolves when all that was recorded before the call is written. */
  flush(): Promise<void> {
    if (!this.running) return (this.running = this.write().finally(() => (this.running = undefined)));
    this.next ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.flush();
      });
    return this.next;
  }

  /** Not within the transaction of the request that happened to be the last one. */
  private readonly flushSoon = AsyncResource.bind(() => {
    // Whoever waits for the next turn hears of the error.
    this.flush().catch(() => undefined);
  });

  private async write(): Promise<void> {
    for (let more = true; more;) {
      if (!this.pending) {
        const cells = this.cells.take(MANY_CELLS);
        if (cells.length === 0) return;
        this.pending = usageBatch(++this.number, cells);
        more = cells.length === MANY_CELLS;
      }
      await this.repository.add(this.process, this.pending);
      this.pending = undefined;
      this.full = false;
    }
  }

  private lose(): void {
    this.lost.inc();
    if (this.full) return;
    this.full = true;
    this.logger.warn('the usage of some requests is not counted: too much waits for the database');
  }

  private drained(): number {
    return this.cells.take(MOST_CELLS).reduce((sum, { cell }) => sum + cell.requests, 0);
  }
}
