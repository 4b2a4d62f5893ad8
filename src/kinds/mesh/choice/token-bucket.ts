/** Fills at a rate and holds a burst; full at first. Times are milliseconds of one clock. */
export class TokenBucket {
  private tokens: number;

  constructor(
    private readonly perMs: number,
    private readonly most: number,
    private at: number,
  ) {
    this.tokens = most;
  }

  /** Undefined when there is one; else in how many milliseconds there will be. */
  wait(now: number): number | undefined {
    this.tokens = Math.min(this.most, this.tokens + (now - this.at) * this.perMs);
    this.at = now;
    return this.tokens < 1 ? (1 - this.tokens) / this.perMs : undefined;
  }

  take(): void {
    this.tokens--;
  }
}
