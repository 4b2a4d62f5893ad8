import type { NodeLoad } from '../snapshot/node-load.js';

/** What a heartbeat tells; what it leaves out stays as it was. */
export interface Beat {
  connections?: number | null;
  cpu?: number | null;
  memory?: number | null;
  requests?: number | null;
}

interface Waiting {
  load: NodeLoad;
  /** When it beat last; undefined when it was only given work. */
  at?: number;
  reported?: number;
  /** Given minus released since it reported. */
  given: number;
  cpu?: number;
  memory?: number;
  requests?: number;
}

/** Columns of one statement, a row for each node. */
export interface TakenBeats {
  ids: string[];
  /** Seconds; null where nothing beat. */
  ages: (number | null)[];
  reported: (number | null)[];
  given: number[];
  cpu: (number | null)[];
  memory: (number | null)[];
  requests: (number | null)[];
}

/**
 * Heartbeats and connections that were acknowledged and are not written yet: of each node one sum, so it never holds more
 * than there are nodes, however long the database is away.
 */
export class BeatBuffer {
  private waiting = new Map<string, Waiting>();
  private taken = new Map<string, Waiting>();

  get size(): number {
    return this.waiting.size;
  }

  beat(id: string, load: NodeLoad, beat: Beat, now = performance.now()): void {
    const one = this.of(id, load);
    one.at = now;
    if (beat.connections != null) {
      one.reported = beat.connections;
      one.given = 0;
      load.report(beat.connections);
    }
    for (const field of ['cpu', 'memory', 'requests'] as const) {
      const value = beat[field];
      if (value == null) continue;
      one[field] = value;
      load[field] = value;
    }
    load.beatAt = Date.now();
  }

  /** Connections given to a node; negative for released ones. */
  give(id: string, load: NodeLoad, connections: number): void {
    this.of(id, load).given += connections;
    load.add(connections);
  }

  /** All of it, in the order that every process keeps; again what was taken and not written. */
  take(now = performance.now()): TakenBeats {
    for (const [id, one] of this.waiting) this.taken.set(id, merged(this.taken.get(id), one));
    for (const { load } of this.waiting.values()) load.writing();
    this.waiting = new Map();
    const rows = [...this.taken].toSorted(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
    const of = <T>(value: (one: Waiting) => T): T[] => rows.map(([, one]) => value(one));
    return {
      ids: rows.map(([id]) => id),
      ages: of(({ at }) => (at === undefined ? null : (now - at) / 1000)),
      reported: of(({ reported }) => reported ?? null),
      given: of(({ given }) => given),
      cpu: of(({ cpu }) => cpu ?? null),
      memory: of(({ memory }) => memory ?? null),
      requests: of(({ requests }) => requests ?? null),
    };
  }

  /** What was taken is written, and these are the counts that it led to. Who is not among them is gone. */
  written(rows: readonly { node_id: string; connections: number }[]): void {
    const counts = new Map(rows.map(({ node_id: id, connections }) => [id, connections]));
    for (const [id, { load }] of this.taken) load.written(counts.get(id));
    this.taken = new Map();
  }

  private of(id: string, load: NodeLoad): Waiting {
    let one = this.waiting.get(id);
    if (!one) this.waiting.set(id, (one = { load, given: 0 }));
    return one;
  }
}

/** What came later, upon what came before. */
function merged(before: Waiting | undefined, after: Waiting): Waiting {
  if (!before) return after;
  if (after.reported !== undefined) return { ...before, ...after };
  return { ...before, ...after, given: before.given + after.given };
}
