import type { Viewer } from '../../entries/visibility.js';
import { ImpossibleError } from '../../platform/errors/registry-error.js';
import type { EventFeed } from '../event-feed.js';
import { FeedFilter } from '../feed-filter.js';
import type { FeedSink, FeedSubscription } from '../feed-subscription.js';
import type { SubscribeMessage } from './client-message.js';
import type { SocketSender } from './socket-sender.js';

const MOST_SUBSCRIPTIONS = 16;

/** What one client follows: one unnamed subscription, or several by their ids. */
export class SocketSubscriptions {
  private readonly followed = new Map<string | undefined, FeedSubscription>();
  private closed = false;

  constructor(
    private readonly feed: EventFeed,
    private readonly sender: SocketSender,
    private readonly failed: (error: unknown) => void,
    private readonly viewer: () => Viewer,
  ) {}

  /** The least position of all: what to resume from. Undefined when nothing is followed. */
  get position(): number | undefined {
    const positions = [...this.followed.values()].map((subscription) => subscription.position);
    return positions.length > 0 ? Math.min(...positions) : undefined;
  }

  /** Opens a subscription, in place of one with the same id; answers `subscribed`, then delivers. */
  async open({ id, types, entity_types, since }: SubscribeMessage): Promise<void> {
    if (!this.followed.has(id) && this.followed.size >= MOST_SUBSCRIPTIONS) {
      throw new ImpossibleError(
        'events.too_many_subscriptions',
        `A connection has at most ${MOST_SUBSCRIPTIONS} subscriptions.`,
      );
    }
    const subscription = await this.feed.subscribe(
      since ?? 'head',
      new FeedFilter(types, entity_types, this.viewer),
      this.sink(id),
    );
    if (this.closed) return;
    this.followed.get(id)?.close();
    this.followed.set(id, subscription);
    this.sender.send(
      JSON.stringify({ type: 'subscribed', ...(id && { id }), seq: subscription.head, since: subscription.position }),
    );
    subscription.start();
  }

  close(id: string | undefined): void {
    const subscription = this.followed.get(id);
    subscription?.close();
    this.followed.delete(id);
    const seq = subscription?.position;
    this.sender.send(JSON.stringify({ type: 'unsubscribed', ...(id && { id }), ...(seq !== undefined && { seq }) }));
  }

  /** The client takes more again. */
  resume(): void {
    for (const subscription of this.followed.values()) subscription.resume();
  }

  closeAll(): void {
    this.closed = true;
    for (const subscription of this.followed.values()) subscription.close();
    this.followed.clear();
  }

  private sink(id: string | undefined): FeedSink {
    const { sender, failed } = this;
    const mark = id === undefined ? undefined : `,"subscription":${JSON.stringify(id)}}`;
    return {
      write: ({ json }) => sender.send(mark ? json.slice(0, -1) + mark : json),
      get full() {
        return sender.full;
      },
      failed,
    };
  }
}
