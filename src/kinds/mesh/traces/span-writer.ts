import { Injectable } from '@nestjs/common';
import { UnavailableError } from '../../../platform/errors/registry-error.js';
import type { Span } from './span.js';
import { SpanPartitions } from './span-partitions.js';
import { SpanRepository } from './span.repository.js';

const MOST_A_BATCH = 1000;
/** What waits while the database is slow: some tens of megabytes. */
const MOST_WAITING = 20_000;

interface Waiting {
  spans: readonly Span[];
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Writes spans: while one batch is on its way, what comes gathers for the next. Many small exporters cost a few statements
 * so, and nothing is told to be taken before it is.
 */
@Injectable()
export class SpanWriter {
  private queue: Waiting[] = [];
  private waiting = 0;
  private draining = false;

  constructor(
    private readonly repository: SpanRepository,
    private readonly partitions: SpanPartitions,
  ) {}

  /**
   * Resolves when they are stored.
   * @throws UnavailableError `traces.too_many` while too many wait
   */
  write(spans: readonly Span[]): Promise<void> {
    if (spans.length === 0) return Promise.resolve();
    if (this.waiting + spans.length > MOST_WAITING && this.waiting > 0)
      throw new UnavailableError('traces.too_many', 'Spans come faster than they can be stored.', undefined, 5);
    this.waiting += spans.length;
    return new Promise((resolve, reject) => {
      this.queue.push({ spans, resolve, reject });
      if (!this.draining) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.draining = true;
    while (this.queue.length > 0) {
      const batch = this.take();
      try {
        await this.store(batch.flatMap(({ spans }) => spans));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    // In the same turn as the last look at the queue: who comes later begins anew.
    this.draining = false;
  }

  private take(): Waiting[] {
    const batch: Waiting[] = [];
    for (let size = 0; this.queue.length > 0 && (size === 0 || size + this.queue[0].spans.length <= MOST_A_BATCH);) {
      const next = this.queue.shift()!;
      size += next.spans.length;
      this.waiting -= next.spans.length;
      batch.push(next);
    }
    return batch;
  }

  private async store(spans: readonly Span[]): Promise<void> {
    try {
      await this.repository.add(spans);
    } catch (error) {
      if (!(await this.partitions.made(error))) throw error;
      await this.repository.add(spans);
    }
  }
}
