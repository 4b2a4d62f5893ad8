/**
 * Repeats one piece of work: when it asks to, and sooner when woken. Wake-ups while it runs make one further run; two
 * runs never overlap, and begin at least `gap` milliseconds apart.
 */
export class Pulse {
  private timer?: NodeJS.Timeout;
  private dueAt = Infinity;
  private running?: Promise<void>;
  private startedAt = -Infinity;
  private stopped = false;

  /** `work` answers in how many milliseconds it wants to run again (Infinity: when woken). It must not throw. */
  constructor(
    private readonly work: () => Promise<number>,
    private readonly gap = 0,
  ) {}

  /** Makes it run within `ms` milliseconds (as far as the gap allows). */
  wake(ms = 0): void {
    const dueAt = performance.now() + ms;
    if (this.stopped || dueAt >= this.dueAt) return;
    this.dueAt = dueAt;
    if (!this.running) this.arm();
  }

  /** No run begins any more; resolves when the present one has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private arm(): void {
    clearTimeout(this.timer);
    if (this.stopped || this.dueAt === Infinity) return;
    const at = Math.max(this.dueAt, this.startedAt + this.gap);
    this.timer = setTimeout(() => this.begin(), Math.max(0, at - performance.now()));
  }

  private begin(): void {
    this.startedAt = performance.now();
    this.dueAt = Infinity;
    this.running = this.work()
      .then((ms) => this.wake(ms))
      .finally(() => {
        this.running = undefined;
        this.arm();
      });
  }
}
