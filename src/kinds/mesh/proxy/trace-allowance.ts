import { TokenBucket } from '../choice/token-bucket.js';

/** So many requests a second are traced at most: tracing a small one makes it half as dear again, or more. */
export class TraceAllowance {
  private perSecond: number | undefined;
  private bucket: TokenBucket | undefined;

  /** Whether one more may be traced now; it counts then. */
  take(perSecond: number, now = performance.now()): boolean {
    if (perSecond <= 0) return false;
    if (!this.bucket || perSecond !== this.perSecond)
      this.bucket = new TokenBucket(perSecond / 1000, Math.max(1, perSecond), now);
    this.perSecond = perSecond;
    if (this.bucket.wait(now) !== undefined) return false;
    this.bucket.take();
    return true;
  }
}
