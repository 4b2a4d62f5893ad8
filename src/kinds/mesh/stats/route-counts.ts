import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../../platform/jobs/jobs.js';
import type { CompiledRoute } from '../table/compiled-route.js';
import { STEPS, stepOf } from './latency-steps.js';
import { RouteStatRepository } from './route-stat.repository.js';
import type { RouteStat } from './route-stat.repository.js';

const FLUSH_MS = 3000;
const MINUTE_MS = 60_000;
const RETENTION_MS = 3_600_000;
const RETENTION_DAYS = 30;
const BATCH = 5000;
/** Of a database that is away for long, what is beyond this is not counted. */
const MOST_WAITING = 50_000;

/** How one request went. */
export interface RequestOutcome {
  destination: string;
  success: boolean;
  /** Undefined where nobody knows. */
  milliseconds: number | undefined;
  retries: number;
  /** HTTP status; 0 without an answer. */
  status: number;
}

/** Counts what goes through routes in memory, and writes it every few seconds. */
@Injectable()
export class RouteCounts implements OnModuleInit, BeforeApplicationShutdown {
  private counts = new Map<string, RouteStat>();
  private writing: Promise<void> = Promise.resolve();
  /** Since this process began, for its metrics. */
  readonly totals = { requests: 0, failures: 0, retries: 0 };

  constructor(
    private readonly repository: RouteStatRepository,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('mesh-route-stats', FLUSH_MS, () => this.flush());
    this.jobs.every('mesh-route-stats-kept', RETENTION_MS, () => this.dropOld(), { lock: true });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  note({ row }: CompiledRoute, { destination, success, milliseconds, retries }: RequestOutcome): void {
    this.totals.requests++;
    this.totals.retries += retries;
    if (!success) this.totals.failures++;
    const minute = Math.floor(Date.now() / MINUTE_MS);
    const key = `${row.id} ${minute} ${destination}`;
    let stat = this.counts.get(key);
    if (!stat) {
      if (this.counts.size >= MOST_WAITING) return;
      const steps = Array.from({ length: STEPS }, () => 0);
      stat = { route_id: row.id, destination, minute: new Date(minute * MINUTE_MS), requests: 0, failures: 0, retries: 0, milliseconds: 0, steps }; // prettier-ignore
      this.counts.set(key, stat);
    }
    stat.requests++;
    stat.retries += retries;
    if (!success) stat.failures++;
    if (milliseconds === undefined) return;
    stat.milliseconds += milliseconds;
    stat.steps[stepOf(milliseconds)]++;
  }

  /** Writes what was counted. What can't be written now is written with the next. One at a time, or it were written twice. */
  flush(): Promise<void> {
    const run = this.writing.catch(() => undefined).then(() => this.write());
    this.writing = run;
    return run;
  }

  private async write(): Promise<void> {
    const taken = this.counts;
    if (taken.size === 0) return;
    this.counts = new Map();
    try {
      await this.repository.add([...taken.values()]);
    } catch (error) {
      for (const [key, stat] of taken) this.merge(key, stat);
      throw error;
    }
  }

  private merge(key: string, stat: RouteStat): void {
    const there = this.counts.get(key);
    if (!there) {
      this.counts.set(key, stat);
      return;
    }
    there.requests += stat.requests;
    there.failures += stat.failures;
    there.retries += stat.retries;
    there.milliseconds += stat.milliseconds;
    for (const [step, count] of stat.steps.entries()) there.steps[step] += count;
  }

  private async dropOld(): Promise<void> {
    while ((await this.repository.dropOld(RETENTION_DAYS, BATCH)) === BATCH);
  }
}
