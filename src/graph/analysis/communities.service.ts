import { Injectable } from '@nestjs/common';
import { toSummaryResponse } from '../../entries/entry-response.js';
import type { SummaryResponse } from '../../entries/entry-response.js';
import { countOf } from '../engine/groups.js';
import { SharedWork } from '../engine/shared-work.js';
import { ANALYSIS } from '../graph-limits.js';
import { GraphRepository } from '../graph.repository.js';
import { CommunitiesRepository } from './communities.repository.js';
import { freshEnough } from './fresh-enough.js';
import { GraphDesk } from './graph-desk.js';
import { GraphRunRepository } from './graph-run.repository.js';
import type { GraphRun } from './graph-run.repository.js';
import type { GraphScope } from './graph-scope.js';
import { StoredGraphRepository } from './stored-graph.repository.js';

export interface CommunitiesQuestion {
  limit: number;
  offset: number;
  /** Most members shown of each. */
  members: number;
  fresh: boolean;
  signal: AbortSignal;
}

export interface CommunitySet {
  /** From 1, larger ones first; another one when they are worked out anew. */
  number: number;
  size: number;
  /** Those with most neighbours. */
  members: SummaryResponse[];
  /** There are more than `members` shows. */
  truncated: boolean;
}

export interface CommunitiesAnswer {
  modularity: number;
  /** Communities. */
  count: number;
  /** Entries in the graph. */
  entries: number;
  communities: CommunitySet[];
  computed_at: string;
  graph_version: number;
  stale: boolean;
}

interface Details {
  modularity: number;
  count: number;
  entries: number;
}

/** Which entries belong together, as their relationships have it. */
@Injectable()
export class CommunitiesService {
  private readonly works: Record<GraphScope['name'], SharedWork<GraphRun>>;

  constructor(
    private readonly graph: GraphRepository,
    private readonly desk: GraphDesk,
    private readonly stored: StoredGraphRepository,
    private readonly runs: GraphRunRepository,
    private readonly repository: CommunitiesRepository,
  ) {
    const work = (scope: GraphScope['name']) => new SharedWork((signal) => this.work(scope, signal));
    this.works = { all: work('all'), open: work('open') };
  }

  async list({ limit, offset, members, fresh, signal }: CommunitiesQuestion): Promise<CommunitiesAnswer> {
    const [scope, now] = await Promise.all([this.stored.scope(), this.stored.version()]);
    const known = await this.runs.newest(scope.name, 'communities');
    const { result, stale } = await freshEnough(known, this.works[scope.name], { scope, now, fresh, signal });
    const details = result.details as unknown as Details;
    const most = Math.min(members, Math.floor(ANALYSIS.mostShownNodes / limit));
    const rows = await this.repository.page(result.id, { limit, offset }, most);
    const summaries = await this.graph.summaries(rows.flatMap((row) => row.members));
    return {
      ...details,
      communities: rows.map((row) => ({
        number: row.community + 1,
        size: row.size,
        members: row.members.flatMap((id) => (summaries.has(id) ? [toSummaryResponse(summaries.get(id)!)] : [])),
        truncated: row.size > most,
      })),
      computed_at: result.computedAt.toISOString(),
      graph_version: result.version.changes,
      stale,
    };
  }

  private async work(name: GraphScope['name'], signal: AbortSignal): Promise<GraphRun> {
    const began = performance.now();
    const scope: GraphScope = { name, restrictions: 'none' };
    const worked = await this.desk.work({ name: 'communities' }, { scope, signal });
    const { groups, modularity, entries } = worked.result;
    const id = await this.runs.begin(name, 'communities', worked);
    await this.repository.write(id, groups);
    const milliseconds = Math.round(performance.now() - began);
    await this.runs.finish(id, { modularity, count: countOf(groups), entries } satisfies Details, milliseconds);
    await this.runs.sweep();
    return (await this.runs.newest(name, 'communities'))!;
  }
}
