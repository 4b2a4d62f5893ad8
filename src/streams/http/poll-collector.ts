import type { FeedMessage } from '../event-message.js';
import type { FeedSink } from '../feed-subscription.js';

/** A poll's answer is full at so many characters, whatever its limit. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** Collects messages until there is something to answer: some and no more known, the limit, or nobody waits any longer. */
export class PollCollector implements FeedSink {
  readonly done: Promise<string[]>;
  private readonly messages: string[] = [];
  private characters = 0;
  private upToDate = false;
  private resolve: (messages: string[]) => void;
  private reject: (error: unknown) => void;

  constructor(
    private readonly limit: number,
    private waits: boolean,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  get full(): boolean {
    return this.messages.length >= this.limit || this.characters >= MOST_CHARACTERS;
  }

  get room(): number {
    return this.limit - this.messages.length;
  }

  write({ json }: FeedMessage): void {
    this.messages.push(json);
    this.characters += json.length;
    if (this.full) this.finish();
  }

  caughtUp(): void {
    this.upToDate = true;
    if (!this.waits || this.messages.length > 0) this.finish();
  }

  /** The time to wait is over; to look through what is there already it may take longer. */
  stopWaiting(): void {
    this.waits = false;
    if (this.upToDate) this.finish();
  }

  /** Answers with what there is. */
  finish(): void {
    this.resolve(this.messages);
  }

  failed(error: unknown): void {
    this.reject(error);
  }
}
