/**
 * Heartbeats that were acknowledged and are not written yet: of each instance the newest, so it never holds more than there
 * are instances, however long the database is away.
 */
export class HeartbeatBuffer {
  private waiting = new Map<string, number>();
  private taken = new Map<string, number>();

  get size(): number {
    return this.waiting.size;
  }

  add(instanceId: string, now = performance.now()): void {
    this.waiting.set(instanceId, now);
  }

  /** All of them, with their ages in seconds, in the order that every process keeps; again what was taken and not written. */
  take(now = performance.now()): { ids: string[]; ages: number[] } {
    for (const [id, at] of this.waiting) this.taken.set(id, at);
    this.waiting = new Map();
    const ids = [...this.taken.keys()].toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
    return { ids, ages: ids.map((id) => (now - this.taken.get(id)!) / 1000) };
  }

  /** What was taken is written. */
  written(): void {
    this.taken = new Map();
  }
}
