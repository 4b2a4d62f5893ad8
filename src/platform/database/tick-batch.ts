interface Batch<T> {
  readonly keys: Map<string, Promise<T | undefined>>;
  readonly found: Promise<ReadonlyMap<string, T>>;
}

/**
 * Asks together what is asked for one by one within a turn of the event loop. Under load the requests of many connections
 * are read in one turn; one statement for all of them spares a round trip, and two wake-ups, for each.
 */
export class TickBatch<T> {
  private readonly batches = new Map<string, Batch<T>>();

  /** `load` answers for at most `most` keys; those it leaves out are undefined. */
  constructor(
    private readonly load: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>,
    private readonly most: number,
  ) {}

  /** Only keys asked for with the same `group` share a statement, which runs in the context of the first who asked. */
  find(key: string, group: string): Promise<T | undefined> {
    let batch = this.batches.get(group);
    if (!batch || batch.keys.size >= this.most) this.batches.set(group, (batch = this.begin(group)));
    let asked = batch.keys.get(key);
    if (!asked) batch.keys.set(key, (asked = batch.found.then((found) => found.get(key))));
    return asked;
  }

  private begin(group: string): Batch<T> {
    const keys = new Map<string, Promise<T | undefined>>();
    const found = new Promise<ReadonlyMap<string, T>>((resolve, reject) => {
      setImmediate(() => {
        if (this.batches.get(group)?.keys === keys) this.batches.delete(group);
        this.load([...keys.keys()]).then(resolve, reject);
      });
    });
    return { keys, found };
  }
}
