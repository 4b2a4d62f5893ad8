import { UnavailableError } from '../errors/registry-error.js';
import type { Logger } from '../logging/logger.js';

export interface RemoteKeysOptions<Key> {
  /** Whose keys they are, for the log and for who is refused. */
  whose: string;
  /** Asks for all of them. */
  read: () => Promise<readonly Key[]>;
  /** Code of the refusal while nothing is known. */
  code: string;
  /** Older ones are read anew. Milliseconds. */
  freshMs: number;
  /** Between two questions, whatever is asked for. Milliseconds. */
  gapMs: number;
  /** How long those that were read last go on holding while the other side does not answer. Milliseconds. */
  keepMs: number;
  logger: Logger;
}

/**
 * Public keys that somebody else publishes. Whoever asks for a known one does not wait; for an unknown one they are read
 * again, but never sooner than `gapMs` after the last time: invented names must not become a flood for the other side.
 */
export class RemoteKeys<Key> {
  /** Milliseconds; tests set it. */
  now: () => number = () => performance.now();
  private known: readonly Key[] = [];
  private readAt = -Infinity;
  private triedAt = -Infinity;
  private failing = false;
  private running?: Promise<void>;

  constructor(private readonly options: RemoteKeysOptions<Key>) {}

  /**
   * Those that fit; none when the other side has none.
   * @throws UnavailableError when none fits of what is known, and the other side could not be asked
   */
  async find(fits: (key: Key) => boolean): Promise<Key[]> {
    const { freshMs, gapMs, code, whose } = this.options;
    const found = this.held(fits);
    if (found.length > 0) {
      if (this.now() - this.readAt > freshMs && this.mayAsk()) void this.refresh();
      return found;
    }
    if (this.running || this.mayAsk()) await this.refresh();
    const after = this.held(fits);
    if (after.length === 0 && this.failing)
      throw new UnavailableError(
        code,
        `The keys of ${whose} cannot be had at the moment.`,
        undefined,
        Math.ceil(gapMs / 1000),
      );
    return after;
  }

  /** Reads them now; everyone who asks meanwhile shares it. Never fails: what was known stays. */
  refresh(): Promise<void> {
    this.running ??= this.load().finally(() => (this.running = undefined));
    return this.running;
  }

  private held(fits: (key: Key) => boolean): Key[] {
    return this.now() - this.readAt > this.options.keepMs ? [] : this.known.filter(fits);
  }

  /** Counted from the end of the last try: one that hangs is not followed by the next at once. */
  private mayAsk(): boolean {
    return !this.running && this.now() - this.triedAt >= this.options.gapMs;
  }

  private async load(): Promise<void> {
    const { read, whose, logger } = this.options;
    try {
      this.known = await read();
      this.readAt = this.now();
      if (this.failing) logger.info({ keys: this.known.length }, `the keys of ${whose} can be had again`);
      this.failing = false;
    } catch (err) {
      if (!this.failing) logger.warn({ err }, `the keys of ${whose} cannot be had`);
      this.failing = true;
    } finally {
      this.triedAt = this.now();
    }
  }
}
