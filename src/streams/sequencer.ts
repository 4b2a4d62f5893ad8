import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { OutboxSignal } from '../entries/outbox-signal.js';
import { DatabaseListener } from '../platform/database/database-listener.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Logger } from '../platform/logging/logger.js';
import { EventHead } from './event-head.js';
import { EVENTS_CHANNEL, EventRepository } from './event.repository.js';
import { Pulse } from './pulse.js';

const HINT_MS = 2;
/** While committed rows wait for an older transaction to end. */
const BUSY_MS = 100;
const IDLE_MS = 1000;
const LONGEST_RETRY_MS = 5000;

/**
 * Gives committed events their numbers, soon after a commit here and by polling for what was committed elsewhere. Every
 * replica runs one; the database lets one at a time number. A database that is away is waited for.
 */
@Injectable()
export class Sequencer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pulse: Pulse;
  private readonly batch: number;
  private failures = 0;
  private waitingSince: Date | null = null;
  private stopListening: (() => unknown)[] = [];

  constructor(
    private readonly events: EventRepository,
    private readonly head: EventHead,
    private readonly signal: OutboxSignal,
    private readonly listener: DatabaseListener,
    private readonly logger: Logger,
    uow: UnitOfWork,
  ) {
    // On the embedded database everyone waits for a batch, so batches there are small and not too many.
    this.batch = uow.embedded ? 250 : 1000;
    this.pulse = new Pulse(() => this.turn(), uow.embedded ? 40 : 20);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.stopListening = [
      this.signal.onCommitted(() => this.pulse.wake(HINT_MS)),
      await this.listener.listen(EVENTS_CHANNEL, (payload) => this.head.advance(Number(payload))),
    ];
    this.pulse.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const stop of this.stopListening) await stop();
    await this.pulse.stop();
  }

  /**
   * Seconds for which the oldest committed event has waited for its number; it grows while a transaction stays open. 0 is
   * said only when none waits, not of one of this very millisecond, nor of one from before a clock was set back.
   */
  waitingSeconds(): number {
    return this.waitingSince ? Math.max(1, Date.now() - this.waitingSince.getTime()) / 1000 : 0;
  }

  /** Numbers one batch. Answers how many rows got a number. */
  async number(): Promise<number> {
    const numbered = await this.events.number(this.batch);
    this.waitingSince = numbered.waitingSince;
    this.head.advance(numbered.head);
    return numbered.rows;
  }

  private async turn(): Promise<number> {
    try {
      const rows = await this.number();
      if (this.failures > 0) this.logger.info({ failures: this.failures }, 'numbering events again');
      this.failures = 0;
      if (rows === this.batch) return 0;
      return this.waitingSince ? BUSY_MS : IDLE_MS;
    } catch (err) {
      if (this.failures++ === 0) this.logger.warn({ err }, 'events cannot be numbered, trying on');
      return Math.min(IDLE_MS * 2 ** (this.failures - 1), LONGEST_RETRY_MS);
    }
  }
}
