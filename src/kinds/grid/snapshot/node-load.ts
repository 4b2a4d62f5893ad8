/** What a node is doing, as far as this process knows: it changes all the time, and the rest of the node does not. */
export class NodeLoad {
  /** As the database had it last. */
  private base = 0;
  /** Given minus released here, and not written yet. */
  private pending = 0;
  /** The same, being written this moment. */
  private flying = 0;
  private overruled = false;
  private onItsWay = false;
  /** When what was told here was written last, on this process's clock. */
  private writtenAt = -Infinity;
  cpu: number | null = null;
  memory: number | null = null;
  requests: number | null = null;
  /** Unix milliseconds; null of a node that never sent a heartbeat. */
  beatAt: number | null = null;

  get connections(): number {
    return Math.max(0, this.base + this.flying + this.pending);
  }

  add(connections: number): void {
    this.pending += connections;
  }

  /** Its own count, in which what it was given before has arrived. */
  report(connections: number): void {
    this.base = connections;
    this.pending = 0;
    this.flying = 0;
    this.overruled = true;
  }

  /** What is pending is on its way into the database. */
  writing(): void {
    this.flying += this.pending;
    this.pending = 0;
    this.overruled = false;
    this.onItsWay = true;
  }

  /** It is there, which makes so many with those of other processes; undefined where the node is gone. */
  written(connections: number | undefined, now = performance.now()): void {
    if (!this.overruled && connections !== undefined) this.base = connections;
    this.flying = 0;
    this.onItsWay = false;
    this.writtenAt = now;
  }

  /** As the database had it for a question asked then: older than what was told here since, it says nothing. */
  known(connections: number, askedAt: number): void {
    if (!this.onItsWay && !this.overruled && askedAt >= this.writtenAt) this.base = connections;
  }
}
