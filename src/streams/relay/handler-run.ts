import { setTimeout as sleep } from 'node:timers/promises';
import type { EventHandler, HandlerDeclaration } from '../../entries/event-handler.js';
import { knownError } from '../../platform/errors/known-error.js';
import type { Logger } from '../../platform/logging/logger.js';
import { CursorTooOldError } from '../cursor-errors.js';
import type { EventHead } from '../event-head.js';
import { likePatterns } from '../event-pattern.js';
import type { EventRepository } from '../event.repository.js';
import { Pulse } from '../pulse.js';
import { LEASE_SECONDS } from './consumer.repository.js';
import type { ConsumerRepository } from './consumer.repository.js';

const LONGEST_PAUSE_MS = 60_000;
/** A database that was away is no fault of the handler's. */
const LONGEST_OUTAGE_PAUSE_MS = 5000;
const OTHERS_TURN_MS = 2000;
/** Fewer, larger batches: a hint comes with every few events. */
const GAP_MS = 20;
const LONGEST_REST_MS = 2000;

/**
 * One handler's way through the events: take it for this process, give a batch, mark it, until nothing is left. A batch
 * is marked only after it was handled, so a crash in between gives it again. A failing handler holds up nobody else.
 */
export class HandlerRun {
  private readonly pulse = new Pulse(() => this.turn(), GAP_MS);
  private readonly types: string[] | undefined;
  private registered = false;
  private stopping = false;
  private elsewhere = false;
  private failures = 0;
  private seq = 0;

  constructor(
    private readonly declaration: HandlerDeclaration,
    private readonly handler: EventHandler,
    private readonly consumers: ConsumerRepository,
    private readonly events: EventRepository,
    private readonly head: EventHead,
    private readonly owner: string,
    private readonly logger: Logger,
  ) {
    this.types = likePatterns(declaration.types);
  }

  get name(): string {
    return this.declaration.name;
  }

  /** Numbers between the newest event and this handler's position, as far as this process knows. */
  get backlog(): number {
    return Math.max(0, this.head.seq - this.seq);
  }

  /** There may be something to do. A handler that waits after a failure, or is served elsewhere, is not hurried. */
  wake(): void {
    if (this.failures === 0 && !this.elsewhere) this.pulse.wake();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.pulse.stop();
  }

  private async turn(): Promise<number> {
    try {
      this.elsewhere = !(await this.catchUp());
      this.recovered();
      return this.elsewhere ? OTHERS_TURN_MS : Infinity;
    } catch (err) {
      const longest = knownError(err).status === 503 ? LONGEST_OUTAGE_PAUSE_MS : LONGEST_PAUSE_MS;
      const pause = Math.min(longest, 1000 * 2 ** this.failures++) * (0.75 + Math.random() / 2);
      const { name: handler, seq, failures } = this;
      this.logger.error(
        { handler, after_seq: seq, failures, pause_ms: Math.round(pause), err },
        'an event handler failed',
      );
      return pause;
    }
  }

  /** False when another process is serving the handler. */
  private async catchUp(): Promise<boolean> {
    if (!this.registered) await this.consumers.register(this.name, this.declaration.from);
    if (this.registered && this.seq >= this.head.seq) return true;
    this.registered = true;
    const { seq, held } = await this.consumers.take(this.name, this.owner, this.head.seq);
    this.seq = seq;
    if (!held) return seq >= this.head.seq;
    const renewal = setInterval(() => void this.renew(), (LEASE_SECONDS * 1000) / 3);
    try {
      for (let started = Date.now(); !this.stopping && (await this.step()); started = Date.now())
        await this.rest(Date.now() - started);
    } finally {
      clearInterval(renewal);
      await this.consumers.release(this.name, this.owner);
    }
    return true;
  }

  /** One batch: read, handle, mark. True while there is more. */
  private async step(): Promise<boolean> {
    // After a failure one at a time, so that what comes before a bad event is not handled again and again.
    const page = await this.page(this.failures > 0 ? 1 : this.declaration.batch);
    if (page.rows.length > 0) await this.handler.handle(page.rows);
    if (page.upTo === this.seq) return false;
    if (!(await this.consumers.mark(this.name, this.owner, this.seq, page.upTo))) return false;
    this.seq = page.upTo;
    if (page.rows.length > 0) this.recovered();
    return page.full || this.seq < this.head.seq;
  }

  /** After a batch that took `worked` milliseconds, as long as keeps the handler to its share of the time. */
  private async rest(worked: number): Promise<void> {
    const { share } = this.declaration;
    if (share < 1) await sleep(Math.min(LONGEST_REST_MS, worked * (1 / share - 1)), undefined, { ref: false });
  }

  private recovered(): void {
    if (this.failures > 0)
      this.logger.info({ handler: this.name, failures: this.failures }, 'the event handler works again');
    this.failures = 0;
  }

  private async page(limit: number): ReturnType<EventRepository['page']> {
    try {
      return await this.events.page(this.seq, this.types, limit);
    } catch (error) {
      if (!(error instanceof CursorTooOldError)) throw error;
      this.logger.error(
        { handler: this.name, after_seq: this.seq, oldest: error.floor + 1 },
        'a handler missed dropped events',
      );
      return { rows: [], upTo: error.floor, full: true, restricted: false };
    }
  }

  private async renew(): Promise<void> {
    try {
      await this.consumers.renew(this.name, this.owner);
    } catch (err) {
      this.logger.warn({ handler: this.name, err }, 'the lease of an event handler could not be prolonged');
    }
  }
}
