/**
 * Lets one run at a time go on under a name, in this process. Who waits holds nothing meanwhile: no connection, and no
 * place in the queue of the embedded database's one session.
 */
export class Turns {
  private readonly running = new Map<string, Promise<void>>();

  /** Resolves with the function that ends the turn; undefined when the one before did not end in time. */
  async take(name: string, waitMs: number): Promise<(() => void) | undefined> {
    const deadline = performance.now() + waitMs;
    for (let before = this.running.get(name); before; before = this.running.get(name)) {
      const left = deadline - performance.now();
      if (left <= 0 || !(await endsWithin(before, left))) return undefined;
    }
    let end = (): void => undefined;
    const turn = new Promise<void>((resolve) => (end = resolve));
    this.running.set(name, turn);
    return () => {
      this.running.delete(name);
      end();
    };
  }
}

function endsWithin(turn: Promise<void>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    void turn.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
