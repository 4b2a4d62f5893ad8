import { AsyncResource } from 'node:async_hooks';
import type { Jobs } from '../jobs/jobs.js';
import type { Logger } from '../logging/logger.js';
import type { DatabaseListener } from './database-listener.js';
import type { UnitOfWork } from './unit-of-work.js';

/** How soon another process's change is seen where nobody is notified. */
const POLL_MS = 1000;
/** How long a question waits for a change of this process to be read; the database may be away. */
const PATIENCE_MS = 5000;

export interface ChangeFeedParts {
  listener: DatabaseListener;
  jobs: Jobs;
  uow: UnitOfWork;
  logger: Logger;
}

export interface ChangeFeedWork {
  /** Of the job that asks. */
  job: string;
  /** On which the database tells of changes. */
  channel: string;
  /** What is kept, as a log line calls it: `the flags`. */
  what: string;
  /** Reads everything that is committed when it is called and is not known yet. */
  load: () => Promise<void>;
}

/**
 * Keeps something of the database in memory fresh: this process's own changes before the next answer, those of others when
 * PostgreSQL says so, and by asking every second in any case. One load at a time, so that an older answer never takes a newer
 * one's place.
 */
export class ChangeFeed {
  private running?: Promise<void>;
  private next?: Promise<void>;
  private own?: Promise<void>;
  private stopListening: () => unknown = () => undefined;

  constructor(
    private readonly parts: ChangeFeedParts,
    private readonly work: ChangeFeedWork,
  ) {}

  /** Resolves when it has asked for the first time. A database that is away then is asked again by the job. */
  async start(): Promise<void> {
    const { listener, jobs, logger } = this.parts;
    const { job, channel, what } = this.work;
    await this.refresh().catch((err: unknown) => logger.warn({ err }, `${what} are not known yet, trying on`));
    this.stopListening = await listener.listen(channel, () => this.wake());
    jobs.every(job, POLL_MS, () => this.refresh());
  }

  async stop(): Promise<void> {
    await this.stopListening();
  }

  /** In the transaction of a change: when it has committed, the next answer waits for it. */
  changing(): void {
    this.parts.uow.afterCommit(this.committed);
  }

  /**
   * Undefined when every change of this process is known, so that nearly always nobody waits; within a transaction too, which
   * what it would wait for may wait for itself.
   */
  settled(): Promise<void> | undefined {
    return this.own && (this.parts.uow.inTransaction ? undefined : this.own);
  }

  /** Resolves when everything that is committed now is known. */
  refresh(): Promise<void> {
    // A load that has begun may have asked before the commit: the one after it is waited for.
    this.next ??= (this.running ?? Promise.resolve()).then(() => {
      this.next = undefined;
      const run = this.work.load();
      this.running = run.catch(() => undefined);
      return run;
    });
    return this.next;
  }

  /** Not within the context of the request whose commit it was. */
  private readonly committed = AsyncResource.bind(() => {
    const known = Promise.race([this.refresh(), pause(PATIENCE_MS)])
      .catch(() => undefined)
      .then(() => {
        if (this.own === known) this.own = undefined;
      });
    this.own = known;
  });

  private wake(): void {
    const { logger } = this.parts;
    this.refresh().catch((err: unknown) =>
      logger.warn({ err }, `changes of ${this.work.what} could not be read, trying on`),
    );
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
