import { ConnectionError } from './connection-error.js';
import { onAbort } from './on-abort.js';

/** Node takes a longer wait for none at all. */
const LONGEST_MS = 2 ** 31 - 1;

/** The time a call has, and the signal that ends it: by that time, or by the caller's own. */
export class Deadline {
  readonly at: number;
  readonly signal: AbortSignal;
  private readonly timer: ReturnType<typeof setTimeout> | undefined;
  private readonly leave: () => void;

  constructor(timeoutMs: number, outer?: AbortSignal) {
    const own = new AbortController();
    this.at = Date.now() + timeoutMs;
    this.signal = own.signal;
    this.leave = onAbort(outer, () => own.abort(outer?.reason));
    if (timeoutMs > LONGEST_MS) return;
    const late = (): ConnectionError =>
      new ConnectionError('ETIMEDOUT', `no answer within ${timeoutMs / 1000} s`, true);
    this.timer = setTimeout(() => own.abort(late()), timeoutMs);
  }

  /** The call may go on for as long as it likes (a stream), or until the caller's signal. */
  clear(): void {
    clearTimeout(this.timer);
  }

  /** The call is over. */
  end(): void {
    this.clear();
    this.leave();
  }
}
