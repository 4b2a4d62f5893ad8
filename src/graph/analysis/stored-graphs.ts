import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { Env } from '../../platform/env/env.js';
import { ImpossibleError } from '../../platform/errors/registry-error.js';
import { inSlices } from '../engine/slices.js';
import { Stopped } from '../engine/stopped.js';
import type { StoredGraph } from '../engine/whole-graph.js';
import { sameVersion } from './graph-version.js';
import type { GraphVersion } from './graph-version.js';
import { patchedGraph } from './patched-graph.js';
import { StoredGraphBuilder } from './stored-graph.builder.js';
import { StoredGraphRepository } from './stored-graph.repository.js';

export interface LoadedGraph {
  graph: StoredGraph;
  version: GraphVersion;
}

/** With what tells which later changes it lacks. */
interface KeptGraph extends LoadedGraph {
  /** Number of the last event before it was read. */
  seq: number;
  /** When all of it was read. */
  readAt: number;
}

/** When loading ends before it is done. */
export interface LoadLimit {
  signal: AbortSignal;
  /** On the clock of `performance.now()`. */
  deadline: number;
}

/** At the most demanding, while communities are looked for. */
const BYTES_PER_RELATIONSHIP = 60;
const BYTES_PER_ENTRY = 150;
/** A graph that nobody has asked about for so long is let go. */
const IDLE_MS = 300_000;
/** Beyond such a share of the entries whose relationships have changed, reading all is as quick. */
const MOST_CHANGED = 0.05;
const MOST_EVENTS = 5_000;
/** Who writes past the service tells no event: then only counts show that something is missing, and in the end this. */
const READ_ANEW_MS = 3_600_000;

/**
 * The catalog's graph in memory, as long as it is asked about. When relationships have changed, what events tell of is
 * read and laid over the rest; all is read anew where they tell too much, or the counts say that they tell too little.
 */
@Injectable()
export class StoredGraphs implements OnModuleDestroy {
  private loaded?: KeptGraph;
  private idle?: NodeJS.Timeout;

  constructor(
    private readonly repository: StoredGraphRepository,
    private readonly env: Env,
  ) {}

  /** One caller at a time. @throws ImpossibleError `graph.too_large`, Stopped */
  async current(limit: LoadLimit): Promise<LoadedGraph> {
    clearTimeout(this.idle);
    try {
      // Read before the pages, so that a change in between makes the graph newer than its version, never older.
      const version = await this.repository.version();
      if (!this.loaded || !sameVersion(version, this.loaded.version)) {
        this.assertFits(version);
        const before = this.loaded;
        // The old one goes first: a whole new one beside it may be more than there is room for.
        this.loaded = undefined;
        const { seq, floor } = await this.repository.eventPlace();
        const patched = before && floor <= before.seq ? await this.patched(before, version) : undefined;
        this.loaded = patched
          ? { ...patched, version, seq }
          : { graph: await this.load(limit), version, seq, readAt: performance.now() };
      }
      return this.loaded;
    } finally {
      this.idle = setTimeout(() => (this.loaded = undefined), IDLE_MS);
      this.idle.unref();
    }
  }

  onModuleDestroy(): void {
    clearTimeout(this.idle);
    this.loaded = undefined;
  }

  private async patched(
    { graph, seq, readAt }: KeptGraph,
    { entries, relationships }: GraphVersion,
  ): Promise<Pick<KeptGraph, 'graph' | 'readAt'> | undefined> {
    if (performance.now() - readAt > READ_ANEW_MS) return undefined;
    const changes = await this.repository.changesSince(seq, MOST_EVENTS);
    if (!changes || changes.changed.size > Math.max(100, graph.ids.length * MOST_CHANGED)) return undefined;
    const read = await this.repository.relationshipsOf([...changes.changed]);
    const patched = await inSlices(patchedGraph(graph, changes, read));
    const isWhole = patched.ids.length === entries && patched.targets.length === relationships;
    return isWhole ? { graph: patched, readAt } : undefined;
  }

  private async load(limit: LoadLimit): Promise<StoredGraph> {
    const entries: Float64Array[] = [];
    for await (const page of this.repository.entries()) {
      entries.push(page);
      assertGoesOn(limit);
    }
    const builder = new StoredGraphBuilder(entries);
    for await (const page of this.repository.relationships()) {
      builder.add(page);
      assertGoesOn(limit);
    }
    return builder.build();
  }

  private assertFits({ entries, relationships }: GraphVersion): void {
    const bytes = entries * BYTES_PER_ENTRY + relationships * BYTES_PER_RELATIONSHIP;
    if (bytes <= this.env.graphMemoryBytes) return;
    const mebibytes = (size: number): number => Math.ceil(size / 1024 ** 2);
    throw new ImpossibleError(
      'graph.too_large',
      `The whole graph of ${entries} entries and ${relationships} relationships takes about ${mebibytes(bytes)} MiB to look at; GRAPH_MEMORY allows ${mebibytes(this.env.graphMemoryBytes)} MiB.`,
    );
  }
}

function assertGoesOn({ signal, deadline }: LoadLimit): void {
  if (signal.aborted) throw new Stopped('cancelled');
  if (performance.now() > deadline) throw new Stopped('deadline');
}
