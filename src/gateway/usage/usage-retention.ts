import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Env } from '../../platform/env/env.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { UsageRepository } from './usage.repository.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Much longer than a process can be cut off with a batch in hand. */
const BATCH_DAYS = 30;

/** Adds the hours of old days up to days, one day at a time, and deletes what is past USAGE_RETENTION_DAYS. */
@Injectable()
export class UsageRetention implements OnModuleInit {
  constructor(
    private readonly repository: UsageRepository,
    private readonly env: Env,
    private readonly jobs: Jobs,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.every('usage-retention', HOUR_MS, () => this.keep(), { lock: true });
  }

  async keep(now = Date.now()): Promise<void> {
    const before = (days: number): Date => new Date(now - days * DAY_MS);
    // An hour more than is promised: who asks from its very beginning finds it.
    const cutoff = new Date(before(this.env.usageHourlyDays).getTime() - HOUR_MS);
    for (let day; (day = await this.repository.oldestDayOfHours(cutoff));) {
      await this.repository.rollUp(day);
      this.logger.debug({ day }, 'the usage of a day is kept by the day');
    }
    if (this.env.usageRetentionDays > 0) await this.repository.deleteBefore(before(this.env.usageRetentionDays));
    await this.repository.forgetBatchesBefore(before(BATCH_DAYS));
  }
}
