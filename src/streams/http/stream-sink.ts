import type { Response } from 'express';
import type { FeedMessage } from '../event-message.js';
import type { FeedSink, FeedSubscription } from '../feed-subscription.js';

const HEARTBEAT_MS = 15_000;
/** Unsent bytes above which the stream pauses; it goes on when all are out. */
const HIGH_BYTES = 1024 * 1024;
const SLOW_MS = 30_000;
const RETRY_MS = 2000;

/** One stream of server-sent events: `id` is the seq, `event` the type, `data` the message. */
export class StreamSink implements FeedSink {
  private heartbeat?: NodeJS.Timeout;
  private fullSince?: number;

  constructor(private readonly response: Response) {}

  get full(): boolean {
    return this.fullSince !== undefined;
  }

  begin(subscription: FeedSubscription): void {
    const { response } = this;
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    response.setHeader('Cache-Control', 'no-cache, no-transform');
    response.setHeader('X-Accel-Buffering', 'no');
    response.on('drain', () => {
      this.fullSince = undefined;
      subscription.resume();
    });
    response.on('close', () => clearInterval(this.heartbeat));
    // Where it begins, at once: who loses the connection before the first event resumes there all the same.
    response.write(`retry: ${RETRY_MS}\n\nid: ${subscription.position}\n\n`);
    this.heartbeat = setInterval(() => this.beat(subscription.position), HEARTBEAT_MS);
    subscription.start();
  }

  write({ seq, type, json }: FeedMessage): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    this.response.write(`id: ${seq}\nevent: ${type}\ndata: ${json}\n\n`);
    if (this.response.writableLength > HIGH_BYTES) this.fullSince ??= performance.now();
  }

  /** The client reconnects by itself and learns why from the answer: a restart, a key that no longer holds. */
  end(): void {
    clearInterval(this.heartbeat);
    this.response.end();
  }

  failed(): void {
    this.end();
  }

  private beat(position: number): void {
    if (this.fullSince === undefined) {
      // An id without data is no event, and still is where the client resumes: filtered-out events are behind it.
      this.response.write(`: ping\nid: ${position}\n\n`);
    } else if (performance.now() - this.fullSince > SLOW_MS) {
      this.response.destroy();
    }
  }
}
