import { ConnectionError } from './connection-error.js';
import { pause } from './pause.js';
import { mayRepeat, retryDelay, type Outcome } from './retry.js';

/** What a transport brings back of one attempt. */
export interface Attempted<Answer> {
  status: number;
  retryAfter?: string;
  inFlight?: boolean;
  answer: Answer;
}

/** One call: how to make an attempt at it, and when to make another. */
export interface Exchange<Answer> {
  method: string;
  /** Doing it twice is as good as once, whatever the method: it only asks, or it carries an idempotency key. */
  repeatable: boolean;
  /** Attempts after the first. */
  retries: number;
  /** No attempt begins after it (`Date.now()`). */
  deadline: number;
  signal?: AbortSignal;
  /** Statuses from 400 on that are answers and no reason to repeat. */
  accepts?: readonly number[];
  /** Throws a ConnectionError when no answer comes; whatever else it throws ends the call. */
  send(): Promise<Attempted<Answer>>;
  /** Frees the connection of an answer that is not given back. */
  discard(answer: Answer): Promise<unknown>;
  onRepeat?(delayMs: number): void;
}

/**
 * Makes attempts until one is answered in a way that asking again would not better, and gives that answer back, refused
 * or not. Throws a ConnectionError when none came.
 */
export async function exchange<Answer>(call: Exchange<Answer>): Promise<Answer> {
  for (let attempt = 0; ; attempt += 1) {
    const { outcome, answer, error } = await attemptOf(call);
    const delay = retryDelay(attempt, outcome);
    const again =
      attempt < call.retries &&
      mayRepeat(call.method, call.repeatable, outcome) &&
      Date.now() + delay < call.deadline &&
      !isFine(outcome, call.accepts);
    if (!again) {
      if (error) throw error;
      return answer as Answer;
    }
    // A refusal that cannot be read to its end is one all the same.
    if (answer !== undefined) await call.discard(answer).catch(() => undefined);
    call.onRepeat?.(delay);
    await pause(delay, call.signal);
  }
}

async function attemptOf<Answer>(
  call: Exchange<Answer>,
): Promise<{ outcome: Outcome; answer?: Answer; error?: ConnectionError }> {
  try {
    const { answer, ...outcome } = await call.send();
    return { outcome: { kind: 'status', ...outcome }, answer };
  } catch (thrown) {
    if (call.signal?.aborted) throw call.signal.reason;
    if (!(thrown instanceof ConnectionError)) throw thrown;
    const error = thrown;
    return { outcome: { kind: 'transport', code: error.code, sent: error.sent }, error };
  }
}

const isFine = (outcome: Outcome, accepts: readonly number[] = []): boolean =>
  outcome.kind === 'status' && (outcome.status < 400 || accepts.includes(outcome.status));
