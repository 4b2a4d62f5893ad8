import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { toSummaryResponse } from '../../entries/entry-response.js';
import type { SummaryResponse } from '../../entries/entry-response.js';
import { countOf, membersOf, sizeOf } from '../engine/groups.js';
import type { Groups } from '../engine/groups.js';
import { SharedWork } from '../engine/shared-work.js';
import { ANALYSIS } from '../graph-limits.js';
import { GraphRepository } from '../graph.repository.js';
import { freshEnough } from './fresh-enough.js';
import type { Dated } from './fresh-enough.js';
import { GraphDesk } from './graph-desk.js';
import type { GraphScope } from './graph-scope.js';
import { StoredGraphRepository } from './stored-graph.repository.js';

export type Connection = 'weak' | 'strong';

export interface ComponentsQuestion {
  connection: Connection;
  /** All when left out. */
  types?: readonly string[];
  limit: number;
  offset: number;
  fresh: boolean;
  signal: AbortSignal;
}

export interface ComponentSet {
  /** Entries in it. */
  size: number;
  /** The first of them, by age. */
  nodes: SummaryResponse[];
  /** There are more than `nodes` shows. */
  truncated: boolean;
}

export interface ComponentsAnswer {
  connection: Connection;
  /** Entries in the graph. */
  entries: number;
  /** Components. */
  count: number;
  components: ComponentSet[];
  computed_at: string;
  graph_version: number;
  stale: boolean;
}

interface Found extends Dated {
  groups: Groups;
  entries: number;
  computedAt: Date;
}

interface Kept {
  found?: Found;
  work: SharedWork<Found>;
}

/** Choices of types whose components are kept until relationships change. */
const KEPT = 8;

/** What hangs together at all, and what hangs together in circles. */
@Injectable()
export class ComponentsService {
  private readonly kept = new LRUCache<string, Kept>({ max: KEPT });

  constructor(
    private readonly graph: GraphRepository,
    private readonly stored: StoredGraphRepository,
    private readonly desk: GraphDesk,
  ) {}

  /** Largest first. */
  async list({ connection, types, limit, offset, fresh, signal }: ComponentsQuestion): Promise<ComponentsAnswer> {
    const [typeIds, scope, now] = await Promise.all([
      this.graph.typeIds(types),
      this.stored.scope(),
      this.stored.version(),
    ]);
    const kept = this.keptFor(scope.name, connection, typeIds);
    const { result, stale } = await freshEnough(kept.found, kept.work, { scope, now, fresh, signal });
    return {
      connection,
      entries: result.entries,
      count: countOf(result.groups),
      components: await this.shown(result.groups, offset, limit),
      computed_at: result.computedAt.toISOString(),
      graph_version: result.version.changes,
      stale,
    };
  }

  private async shown(groups: Groups, offset: number, limit: number): Promise<ComponentSet[]> {
    const page = Array.from({ length: Math.max(0, Math.min(limit, countOf(groups) - offset)) }, (_, i) => offset + i);
    const most = Math.min(ANALYSIS.shownNodes, Math.floor(ANALYSIS.mostShownNodes / limit));
    const first = page.map((group) => [...membersOf(groups, group).subarray(0, most)]);
    const rows = await this.graph.summaries(first.flat());
    return page.map((group, i) => ({
      size: sizeOf(groups, group),
      nodes: first[i].flatMap((id) => (rows.has(id) ? [toSummaryResponse(rows.get(id)!)] : [])),
      truncated: sizeOf(groups, group) > most,
    }));
  }

  private keptFor(scope: GraphScope['name'], connection: Connection, typeIds: number[] | undefined): Kept {
    const key = `${scope} ${connection} ${typeIds?.toSorted((a, b) => a - b).join() ?? ''}`;
    const known = this.kept.get(key);
    if (known) return known;
    const kept: Kept = {
      work: new SharedWork(async (signal) => {
        const order = { scope: { name: scope, restrictions: 'none' }, types: typeIds, signal };
        const { result, ...worked } = await this.desk.work({ name: 'components', connection }, order);
        kept.found = { ...worked, groups: result.groups, entries: result.entries, computedAt: new Date() };
        return kept.found;
      }),
    };
    this.kept.set(key, kept);
    return kept;
  }
}
