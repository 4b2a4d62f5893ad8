import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { EntryMetricRepository } from './entry-metric.repository.js';

/** Samples kept of a series. */
export const MOST_KEPT = 10_000;
const MOST_DAYS = 7;
const EVERY_MS = 300_000;
const BATCH = 5_000;

/** Drops samples that are too old, or too many of one series, a few at a time. */
@Injectable()
export class MetricRetention implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly repository: EntryMetricRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.every('entry-metrics', EVERY_MS, async () => void (await this.drop()), { lock: true });
  }

  /** How many were dropped. */
  async drop(): Promise<number> {
    return (
      (await all(() => this.repository.dropOld(MOST_DAYS, BATCH))) +
      (await all(() => this.repository.dropOver(MOST_KEPT, BATCH)))
    );
  }
}

async function all(batch: () => Promise<number>): Promise<number> {
  let dropped = 0;
  for (let some = BATCH; some === BATCH; dropped += some) some = await batch();
  return dropped;
}
