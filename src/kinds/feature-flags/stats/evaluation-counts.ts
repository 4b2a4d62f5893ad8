import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../../platform/jobs/jobs.js';
import type { KnownFlag } from '../snapshot/flag-snapshot.js';
import { EvaluationCountRepository } from './evaluation-count.repository.js';
import type { EvaluationCount } from './evaluation-count.repository.js';

const FLUSH_MS = 3000;
const HOUR_MS = 3_600_000;
const RETENTION_MS = 3_600_000;
const RETENTION_DAYS = 90;
const BATCH = 5000;
/** Of a database that is away for long, what is beyond this is not counted. */
const MOST_WAITING = 100_000;

/** One answer of a flag, counted. */
interface Cell {
  enabled: boolean;
  variant: string;
  count: number;
}
type Cells = Map<string, Cell[]>;

/** Counts answers in memory and writes them every few seconds: evaluating touches no database. */
@Injectable()
export class EvaluationCounts implements OnModuleInit, BeforeApplicationShutdown {
  private counts = new Map<string, Cells>();
  private hour = 0;
  private lastAt = 0;
  /** What was taken to be written and is not there yet. */
  private taken: EvaluationCount[] = [];
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: EvaluationCountRepository,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('feature-flag-counts', FLUSH_MS, () => this.flush());
    this.jobs.every('feature-flag-counts-kept', RETENTION_MS, () => this.dropOld(), { lock: true });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  note({ id }: KnownFlag, environment: string, answer: { enabled: boolean; variant?: string }, now: number): void {
    this.turnTo(now);
    let cells = this.counts.get(environment);
    if (!cells) this.counts.set(environment, (cells = new Map()));
    const variant = answer.variant ?? '';
    const ofFlag = cells.get(id);
    if (!ofFlag) {
      cells.set(id, [{ enabled: answer.enabled, variant, count: 1 }]);
      return;
    }
    const cell = ofFlag.find((one) => one.enabled === answer.enabled && one.variant === variant);
    if (cell) cell.count++;
    else ofFlag.push({ enabled: answer.enabled, variant, count: 1 });
  }

  /** Writes what was counted. What can't be written now is written with the next. One at a time, or it were written twice. */
  flush(): Promise<void> {
    const run = this.writing.catch(() => undefined).then(() => this.write());
    this.writing = run;
    return run;
  }

  private async write(): Promise<void> {
    this.take();
    while (this.taken.length > 0) {
      const batch = this.taken.slice(0, BATCH);
      await this.repository.add(batch);
      this.taken.splice(0, batch.length);
    }
  }

  private turnTo(now: number): void {
    this.lastAt = now;
    const hour = Math.floor(now / HOUR_MS);
    if (hour === this.hour) return;
    this.take();
    this.hour = hour;
  }

  private take(): void {
    const hour = new Date(this.hour * HOUR_MS);
    for (const [environment, cells] of this.counts)
      for (const [flag_id, ofFlag] of cells)
        for (const cell of ofFlag) {
          if (this.taken.length >= MOST_WAITING) break;
          this.taken.push({ flag_id, environment, hour, last_at: new Date(this.lastAt), ...cell });
        }
    this.counts = new Map();
  }

  private async dropOld(): Promise<void> {
    while ((await this.repository.dropOld(RETENTION_DAYS, BATCH)) === BATCH);
  }
}
