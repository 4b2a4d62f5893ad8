import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { toSummaryResponse } from '../entries/entry-response.js';
import type { SummaryResponse } from '../entries/entry-response.js';
import { currentViewer } from '../entries/visibility.js';
import { CyclesRepository } from './cycles.repository.js';
import type { NodeId } from './engine/neighbor-source.js';
import { SharedRun } from './engine/shared-run.js';
import { inSlices } from './engine/slices.js';
import { strongComponents } from './engine/strong-components.js';
import { CYCLES } from './graph-limits.js';
import { GraphRepository } from './graph.repository.js';

export interface CyclesQuestion {
  /** `depends_on` and `requires` when left out. */
  types?: readonly string[];
  limit: number;
  offset: number;
}

export interface Cycle {
  /** Entries in it. */
  size: number;
  /** The first of them, by age. */
  nodes: SummaryResponse[];
  /** There are more than `nodes` shows. */
  truncated: boolean;
}

/** Choices of types whose cycles are kept until a relationship changes. */
const KEPT = 16;

/** Entries that reach each other: strongly connected components of more than one, exact. */
@Injectable()
export class CyclesService {
  private readonly searches = new LRUCache<string, SharedRun<NodeId[][]>>({ max: KEPT });

  constructor(
    private readonly graph: GraphRepository,
    private readonly repository: CyclesRepository,
  ) {}

  /** Largest first. @throws ImpossibleError `graph.too_large` */
  async list({ types, limit, offset }: CyclesQuestion): Promise<{ cycles: Cycle[]; total: number }> {
    const typeIds = await this.graph.typeIds(types ?? CYCLES.types);
    const all = await this.seenComponents(typeIds);
    const page = all.slice(offset, offset + limit);
    const rows = await this.graph.summaries(page.flatMap((members) => members.slice(0, CYCLES.shownNodes)));
    const cycles = page.map((members) => ({
      size: members.length,
      nodes: members.slice(0, CYCLES.shownNodes).flatMap((id) => {
        const row = rows.get(id);
        return row ? [toSummaryResponse(row)] : [];
      }),
      truncated: members.length > CYCLES.shownNodes,
    }));
    return { cycles, total: all.length };
  }

  /** Through what the caller may not see no cycle leads; so who is kept from something gets an answer of their own. */
  private async seenComponents(typeIds: number[]): Promise<NodeId[][]> {
    const viewer = currentViewer();
    if (viewer && (await this.repository.hidesFrom(viewer)))
      return inSlices(strongComponents(await this.repository.load(typeIds, viewer)));
    return this.componentsOf(typeIds);
  }

  private componentsOf(typeIds: number[]): Promise<NodeId[][]> {
    const key = typeIds.toSorted((a, b) => a - b).join();
    let search = this.searches.get(key);
    if (!search) this.searches.set(key, (search = this.search(typeIds)));
    return search.ask();
  }

  /** Computed again only when a relationship has changed since. */
  private search(typeIds: number[]): SharedRun<NodeId[][]> {
    let known: { mark: string; components: NodeId[][] } | undefined;
    return new SharedRun(async () => {
      // Read before the relationships, so that a change in between makes the answer newer than its mark, never older.
      const mark = await this.repository.changeMark();
      if (known?.mark === mark) return known.components;
      const components = await inSlices(strongComponents(await this.repository.load(typeIds, undefined)));
      known = { mark, components };
      return components;
    });
  }
}
