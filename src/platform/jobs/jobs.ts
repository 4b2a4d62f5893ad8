import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { Env } from '../env/env.js';
import { ShutdownState } from '../http/shutdown-state.js';
import { Logger } from '../logging/logger.js';
import { JobLease, LEASE_SECONDS } from './job-lease.js';

export interface JobOptions {
  /** One replica at a time, once a period over all of them; such jobs run where ROLE is not `api`. */
  lock?: boolean;
}

interface Job {
  name: string;
  periodMs: number;
  work: () => Promise<void> | void;
  lock: boolean;
  timer?: NodeJS.Timeout;
  running?: Promise<void>;
  failures: number;
}

/** Periodic work of this process, or of all replicas together. */
@Injectable()
export class Jobs implements OnModuleDestroy {
  private readonly jobs = new Map<string, Job>();
  private readonly logger: Logger;
  private stopped = false;

  constructor(
    private readonly lease: JobLease,
    private readonly env: Env,
    logger: Logger,
    shutdown: ShutdownState,
  ) {
    this.logger = logger.child('jobs');
    shutdown.onDrain(() => this.stop());
  }

  /**
   * Runs `work` every `periodMs` milliseconds, first after one period; a run that is due while the last one still runs is
   * left out. Errors are logged and the work goes on. Stopped, and the running work awaited, at shutdown.
   */
  every(name: string, periodMs: number, work: () => Promise<void> | void, { lock = false }: JobOptions = {}): void {
    if (this.jobs.has(name)) throw new Error(`There are two jobs called ${name}.`);
    if (this.stopped || (lock && this.env.role === 'api')) return;
    const job: Job = { name, periodMs, work, lock, failures: 0 };
    job.timer = setInterval(() => void this.tick(job), periodMs);
    job.timer.unref();
    this.jobs.set(name, job);
  }

  /** Long work ends where it can go on another time: the shutdown waits for it. */
  get stopping(): boolean {
    return this.stopped;
  }

  /** Starts nothing any more, and resolves when what runs is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const job of this.jobs.values()) clearInterval(job.timer);
    await Promise.all([...this.jobs.values()].map(async (job) => job.running));
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }

  private tick(job: Job): Promise<void> {
    job.running ??= this.run(job).finally(() => (job.running = undefined));
    return job.running;
  }

  private async run(job: Job): Promise<void> {
    try {
      if (job.lock) await this.runLeased(job);
      else await job.work();
      if (job.failures > 0) this.logger.info({ job: job.name, failures: job.failures }, 'the job works again');
      job.failures = 0;
    } catch (err) {
      // A database that is away for minutes fails a job every second; one line a minute tells as much.
      const worthALine = job.failures % Math.max(1, Math.ceil(60_000 / job.periodMs)) === 0;
      job.failures++;
      if (worthALine) this.logger.error({ job: job.name, failures: job.failures, err }, 'the job failed');
    }
  }

  private async runLeased(job: Job): Promise<void> {
    if (!(await this.lease.take(job.name, job.periodMs))) return;
    const renewal = setInterval(() => void this.renew(job), (LEASE_SECONDS * 1000) / 3);
    renewal.unref();
    try {
      await job.work();
    } finally {
      clearInterval(renewal);
      await this.lease.release(job.name);
    }
  }

  private async renew(job: Job): Promise<void> {
    try {
      if (!(await this.lease.renew(job.name))) this.logger.warn({ job: job.name }, 'the lease went to another process');
    } catch (err) {
      this.logger.warn({ job: job.name, err }, 'the lease could not be prolonged');
    }
  }
}
