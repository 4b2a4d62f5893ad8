import { UnavailableError } from '../../../platform/errors/registry-error.js';

const FAILURES = 5;
const PAUSE_MS = 5000;

/** After some failures in a row nobody is asked for a while; then one call tries whether the other side is back. */
export class CircuitBreaker {
  /** Milliseconds; tests set it. */
  now: () => number = () => performance.now();
  private failures = 0;
  private closedUntil = -Infinity;
  private trying = false;

  constructor(private readonly whose: string) {}

  /** @throws UnavailableError while nobody is asked */
  async run<T>(call: () => Promise<T>): Promise<T> {
    this.assertOpen();
    const probe = this.failures >= FAILURES;
    if (probe) this.trying = true;
    try {
      const answer = await call();
      this.failures = 0;
      return answer;
    } catch (error) {
      // Who refuses a text is there.
      if (error instanceof UnavailableError) this.failed();
      else this.failures = 0;
      throw error;
    } finally {
      if (probe) this.trying = false;
    }
  }

  private assertOpen(): void {
    if (this.failures < FAILURES) return;
    const left = this.closedUntil - this.now();
    if (left <= 0 && !this.trying) return;
    throw new UnavailableError(
      'embeddings.unavailable',
      `${this.whose} did not answer and is asked again a little later.`,
      undefined,
      Math.max(1, Math.ceil(left / 1000)),
    );
  }

  private failed(): void {
    this.failures++;
    if (this.failures >= FAILURES) this.closedUntil = this.now() + PAUSE_MS;
  }
}
