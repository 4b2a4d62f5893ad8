/**
 * Runs the same work one at a time. Who asks while it runs shares the run after it with all others who do, since the
 * running one may have missed what they want to see.
 */
export class SharedRun<T> {
  private running?: Promise<T>;
  private waiting?: Promise<T>;

  constructor(private readonly work: () => Promise<T>) {}

  ask(): Promise<T> {
    if (!this.running) return this.start();
    this.waiting ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.waiting = undefined;
        return this.start();
      });
    return this.waiting;
  }

  private start(): Promise<T> {
    const run = this.work().finally(() => {
      this.running = undefined;
    });
    this.running = run;
    return run;
  }
}
