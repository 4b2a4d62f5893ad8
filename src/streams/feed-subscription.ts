import type { EventFeed } from './event-feed.js';
import type { FeedMessage } from './event-message.js';
import type { FeedFilter } from './feed-filter.js';

/** Where a subscription's messages go. Nothing here may throw. */
export interface FeedSink {
  write(message: FeedMessage): void;
  /** True when it takes no more for now; `resume` of the subscription then reads on from the table. */
  readonly full: boolean;
  /** Most messages it can use of the next page; unlimited when left out. */
  readonly room?: number;
  /** Everything up to the subscription's position was given, and nothing more is known. */
  caughtUp?(): void;
  /** The subscription has ended: CursorTooOldError, or the database failed. */
  failed(error: unknown): void;
}

/**
 * One follower of the feed. Its position is all it remembers: behind it reads pages of the table, up to date it is given
 * what the feed's reader reads, and whatever comes twice on the way between the two is dropped by its number.
 */
export class FeedSubscription {
  private state: 'new' | 'replaying' | 'live' | 'paused' | 'closed' = 'new';
  private upToDate: boolean;

  constructor(
    private readonly feed: EventFeed,
    private readonly filter: FeedFilter,
    private readonly sink: FeedSink,
    private at: number,
    /** Newest number when it was opened. */
    readonly head: number,
  ) {
    this.upToDate = at >= head;
  }

  /** Everything up to here was given or filtered out: what to resume from. */
  get position(): number {
    return this.at;
  }

  /** Begins to deliver. */
  start(): void {
    if (this.state === 'new') void this.replay();
  }

  /** Goes on after the sink was full. */
  resume(): void {
    if (this.state === 'paused') void this.replay();
  }

  close(): void {
    this.state = 'closed';
    this.feed.leave(this);
  }

  /** From the feed's reader: the messages of one row. */
  offer(messages: readonly FeedMessage[]): void {
    if (this.state === 'live') this.give(messages);
  }

  /** From the feed's reader: everything up to here was offered. */
  settle(upTo: number): void {
    if (this.state !== 'live') return;
    this.at = Math.max(this.at, upTo);
    this.sink.caughtUp?.();
  }

  fail(error: unknown): void {
    if (this.state === 'closed') return;
    this.close();
    this.sink.failed(error);
  }

  private async replay(): Promise<void> {
    this.state = 'replaying';
    try {
      while (!this.goLive()) {
        const room = this.sink.room ?? Infinity;
        const page = await this.feed.replay(this.at, this.filter, room, () => !this.closed);
        if (this.closed) return;
        for (const messages of page.rows) if (!this.give(messages)) return;
        this.at = Math.max(this.at, page.upTo);
        this.upToDate = !page.full;
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** True when there is nothing (more) to replay. */
  private goLive(): boolean {
    if (!this.upToDate) return false;
    this.sink.caughtUp?.();
    if (this.closed) return true;
    if (!this.feed.join(this, this.at)) return false;
    this.state = 'live';
    return true;
  }

  /** False when the sink is full: the subscription has left the live ones and waits at the last message given. */
  private give(messages: readonly FeedMessage[]): boolean {
    for (const message of messages) {
      if (message.seq <= this.at) continue;
      if (this.filter.matches(message)) this.sink.write(message);
      this.at = message.seq;
      if (this.closed) return false;
      if (this.sink.full) {
        this.state = 'paused';
        this.upToDate = false;
        this.feed.leave(this);
        return false;
      }
    }
    return true;
  }

  private get closed(): boolean {
    return this.state === 'closed';
  }
}
