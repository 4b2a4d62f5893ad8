import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Logger } from '../platform/logging/logger.js';
import { CursorTooOldError, checkPosition } from './cursor-errors.js';
import type { EventPage } from './event-row.js';
import { EventHead } from './event-head.js';
import { entriesOf, messagesOf } from './event-message.js';
import type { FeedMessage, Restrictions } from './event-message.js';
import { EventRepository } from './event.repository.js';
import type { FeedFilter } from './feed-filter.js';
import { FeedSubscription } from './feed-subscription.js';
import type { FeedSink } from './feed-subscription.js';
import { Pulse } from './pulse.js';
import { Turnstile } from './turnstile.js';

const ROWS_A_PAGE = 500;
/** A poll for one event of a rare entity type must not read them one by one. */
const LEAST_ROWS = 50;
const POLL_MS = 1000;

interface MessagePage {
  /** The messages of each row. */
  rows: FeedMessage[][];
  upTo: number;
  full: boolean;
}

/**
 * The numbered events, to everyone in this process who follows them. One reader follows the table for all that are up to
 * date; who is behind (resuming, or slow) reads pages of its own until it has caught up. Nobody has a queue in memory.
 */
@Injectable()
export class EventFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly live = new Set<FeedSubscription>();
  private readonly pulse = new Pulse(() => this.follow());
  private readonly replays: Turnstile;
  /** Everything up to here was given to all live subscriptions. */
  private last = 0;
  private failing = false;
  private stopFollowing?: () => void;

  constructor(
    private readonly events: EventRepository,
    private readonly head: EventHead,
    private readonly logger: Logger,
    uow: UnitOfWork,
  ) {
    // Many that resume at once must not take every connection, nor hold every page in memory.
    this.replays = new Turnstile(uow.embedded ? 1 : 3);
  }

  onApplicationBootstrap(): void {
    this.stopFollowing = this.head.onAdvance(() => {
      if (this.live.size > 0) this.pulse.wake();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopFollowing?.();
    await this.pulse.stop();
  }

  /**
   * Opens a subscription that begins after `since`: every later message once, in order; `'head'` for what comes from now
   * on, `'oldest'` for all that is kept. It delivers nothing before its `start`. Throws CursorTooOldError (410), or
   * InvalidError for a number never given.
   */
  async subscribe(since: number | 'head' | 'oldest', filter: FeedFilter, sink: FeedSink): Promise<FeedSubscription> {
    const bounds = await this.events.bounds();
    this.head.advance(bounds.head);
    if (typeof since === 'number') checkPosition(since, bounds);
    const position = since === 'head' ? bounds.head : since === 'oldest' ? bounds.floor : since;
    return new FeedSubscription(this, filter, sink, position, bounds.head);
  }

  /** The next messages after a position, for a subscription that is behind; nothing when it is not `wanted` any more. */
  async replay(after: number, filter: FeedFilter, limit: number, wanted: () => boolean): Promise<MessagePage> {
    return this.replays.pass(async () => {
      // Its turn may come late, and a client that opens and closes all the time must not be served for nothing.
      if (!wanted()) return { rows: [], upTo: after, full: false };
      const page = await this.events.page(after, filter.like, Math.min(Math.max(limit, LEAST_ROWS), ROWS_A_PAGE));
      const restrictions = await this.restrictionsOf(page);
      return { ...page, rows: page.rows.map((row) => messagesOf(row, after, restrictions)) };
    });
  }

  /** Takes a subscription that has reached `position` into the live set; false when it is still behind. */
  join(subscription: FeedSubscription, position: number): boolean {
    if (position < this.last) return false;
    if (this.live.size === 0) this.last = position;
    this.live.add(subscription);
    // What was numbered while nobody was live has had its hint.
    this.pulse.wake(position < this.head.seq ? 0 : POLL_MS);
    return true;
  }

  leave(subscription: FeedSubscription): void {
    this.live.delete(subscription);
  }

  private async restrictionsOf({ restricted, rows }: EventPage): Promise<Restrictions | undefined> {
    return restricted && rows.length > 0 ? this.events.restrictionsOf(entriesOf(rows)) : undefined;
  }

  private async follow(): Promise<number> {
    if (this.live.size === 0) return Infinity;
    try {
      const page = await this.events.page(this.last, undefined, ROWS_A_PAGE);
      const restrictions = await this.restrictionsOf(page);
      this.failing = false;
      for (const row of page.rows) {
        const messages = messagesOf(row, 0, restrictions);
        for (const subscription of this.live) subscription.offer(messages);
      }
      for (const subscription of this.live) subscription.settle(page.upTo);
      this.last = Math.max(this.last, page.upTo);
      return page.full || this.last < this.head.seq ? 0 : POLL_MS;
    } catch (err) {
      // Stalled until retention overtook it: whoever follows must read the catalog again.
      if (err instanceof CursorTooOldError) for (const subscription of this.live) subscription.fail(err);
      if (!this.failing) this.logger.warn({ err }, 'the event feed cannot read, trying on');
      this.failing = true;
      return POLL_MS;
    }
  }
}
