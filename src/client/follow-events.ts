import { pause } from './pause.js';
import { readEvents } from './server-sent-events.js';

export interface Following {
  /** Opens the stream after this event; undefined at first where nothing says where to begin. */
  open(lastEventId: string | undefined): Promise<AsyncIterable<Uint8Array>>;
  /** Where to begin. */
  lastEventId?: string;
  /** Whether a failure may pass, so that trying again is right; what the server asks to be waited for, or true. */
  passes(error: unknown): boolean | number;
  /** A connection was lost (without an error: it ended), and the next is made in so many milliseconds. */
  onLost?(delayMs: number, error: unknown): void;
  /** Wait before the first new connection; doubled after every one that brings nothing. Default: what the server says. */
  firstDelayMs?: number;
  signal?: AbortSignal;
  random?: () => number;
}

/** An event that has an id. */
export interface FollowedEvent {
  id: string;
  event: string;
  data: string;
}

const USUAL_DELAY_MS = 1000;
const MOST_DELAY_MS = 15_000;

/**
 * Every event of a stream once, in order, over as many connections as it takes: each begins where the one before broke.
 * Ends only by an error that does not pass, or by the signal.
 */
export async function* followEvents(following: Following): AsyncGenerator<FollowedEvent> {
  const { signal, random = Math.random } = following;
  let last = following.lastEventId;
  let base = following.firstDelayMs ?? USUAL_DELAY_MS;
  let failures = 0;
  for (;;) {
    let told: boolean | number = true;
    let lost: unknown;
    try {
      for await (const block of readEvents(await following.open(last))) {
        failures = 0;
        base = following.firstDelayMs ?? block.retryMs ?? base;
        if (!isNew(block.id, last)) continue;
        last = block.id ?? last;
        if (block.data !== undefined) yield { id: block.id ?? '', event: block.event, data: block.data };
      }
    } catch (error) {
      signal?.throwIfAborted();
      told = following.passes(error);
      if (told === false) throw error;
      lost = error;
    }
    const full = Math.min(base * 2 ** failures, MOST_DELAY_MS);
    // A server that says "at once" and goes on refusing must not be asked without a pause.
    const delay = typeof told === 'number' && told > 0 ? told : Math.round(full / 2 + (random() * full) / 2);
    failures += 1;
    following.onLost?.(delay, lost);
    await pause(delay, signal);
  }
}

/** Ids are numbers that rise: one that was there before is something between repeating what it has kept. */
const isNew = (id: string | undefined, last: string | undefined): boolean =>
  id === undefined || last === undefined || Number.isNaN(Number(id)) || Number(id) > Number(last);
