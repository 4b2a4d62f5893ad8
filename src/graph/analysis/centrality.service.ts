import { Injectable } from '@nestjs/common';
import { EntryIds } from '../../entries/entry-ids.js';
import { toSummaryResponse } from '../../entries/entry-response.js';
import type { SummaryResponse, SummaryRow } from '../../entries/entry-response.js';
import { NotFoundError } from '../../platform/errors/registry-error.js';
import { SharedWork } from '../engine/shared-work.js';
import { entryNamed } from '../graph-node.js';
import { GraphRepository } from '../graph.repository.js';
import { CentralityRepository } from './centrality.repository.js';
import type { Metric, MetricRow } from './centrality.repository.js';
import { freshEnough } from './fresh-enough.js';
import { GraphDesk } from './graph-desk.js';
import { GraphRunRepository } from './graph-run.repository.js';
import type { GraphRun } from './graph-run.repository.js';
import type { GraphScope } from './graph-scope.js';
import { StoredGraphRepository } from './stored-graph.repository.js';

/** How the measures of an entry were come by. */
interface Provenance {
  computed_at: string;
  graph_version: number;
  /** Relationships or entries have changed since. */
  stale: boolean;
  exact: boolean;
  /** Entries from which shortest paths were followed; null where that was all of them. */
  sample_size: number | null;
  /** Entries in the graph. */
  entries: number;
}

/** Null, each of them: the entry was not part of the graph when it was computed. */
interface Measures {
  degree_centrality: number | null;
  in_degree: number | null;
  out_degree: number | null;
  betweenness_centrality: number | null;
  closeness_centrality: number | null;
  pagerank: number | null;
  /** Of betweenness and closeness; null where these are exact. */
  standard_error: { betweenness_centrality: number; closeness_centrality: number } | null;
  /** From 1, by each measure. */
  ranks: Record<Metric, number> | null;
}

export type CentralityAnswer = SummaryResponse & Measures & Provenance;

interface Details {
  entries: number;
  exact: boolean;
  sources: number;
}

interface Wanted {
  fresh: boolean;
  signal: AbortSignal;
}

/** How central entries are: degree, betweenness, closeness and PageRank, worked out together and kept. */
@Injectable()
export class CentralityService {
  private readonly works: Record<GraphScope['name'], SharedWork<GraphRun>>;

  constructor(
    private readonly ids: EntryIds,
    private readonly graph: GraphRepository,
    private readonly desk: GraphDesk,
    private readonly stored: StoredGraphRepository,
    private readonly runs: GraphRunRepository,
    private readonly repository: CentralityRepository,
  ) {
    const work = (scope: GraphScope['name']) => new SharedWork((signal) => this.work(scope, signal));
    this.works = { all: work('all'), open: work('open') };
  }

  /** Greatest first. */
  async list(
    metric: Metric,
    page: { limit: number; offset: number },
    wanted: Wanted,
  ): Promise<{ rows: CentralityAnswer[]; total: number }> {
    const { run, provenance } = await this.current(wanted);
    const rows = await this.repository.top(run.id, metric, page);
    return { rows: rows.map((row) => answerOf(row, row, provenance)), total: provenance.entries };
  }

  async of(idOrKey: string, wanted: Wanted): Promise<CentralityAnswer> {
    const id = await entryNamed(this.ids, 'id', idOrKey);
    const { run, provenance } = await this.current(wanted);
    const row = await this.repository.of(run.id, id);
    if (row) return answerOf(row, row, provenance);
    const summary = (await this.graph.summaries([id])).get(id);
    if (!summary) throw new NotFoundError('entity', idOrKey);
    return answerOf(summary, undefined, provenance);
  }

  private async current({ fresh, signal }: Wanted): Promise<{ run: GraphRun; provenance: Provenance }> {
    const [scope, now] = await Promise.all([this.stored.scope(), this.stored.version()]);
    const known = await this.runs.newest(scope.name, 'centrality');
    const { result, stale } = await freshEnough(known, this.works[scope.name], { scope, now, fresh, signal });
    const { entries, exact, sources } = result.details as unknown as Details;
    const provenance = {
      computed_at: result.computedAt.toISOString(),
      graph_version: result.version.changes,
      stale,
      exact,
      sample_size: exact ? null : sources,
      entries,
    };
    return { run: result, provenance };
  }

  private async work(name: GraphScope['name'], signal: AbortSignal): Promise<GraphRun> {
    const began = performance.now();
    const scope: GraphScope = { name, restrictions: 'none' };
    const worked = await this.desk.work({ name: 'centrality' }, { scope, signal });
    const { entries, exact, sources } = worked.result;
    const id = await this.runs.begin(name, 'centrality', worked);
    await this.repository.write(id, worked.result);
    const milliseconds = Math.round(performance.now() - began);
    await this.runs.finish(id, { entries, exact, sources } satisfies Details, milliseconds);
    await this.runs.sweep();
    return (await this.runs.newest(name, 'centrality'))!;
  }
}

function answerOf(summary: SummaryRow, row: MetricRow | undefined, provenance: Provenance): CentralityAnswer {
  return { ...toSummaryResponse(summary), ...(row ? measuresOf(row, provenance) : NOT_MEASURED), ...provenance };
}

function measuresOf(row: MetricRow, { entries, exact }: Provenance): Measures {
  return {
    degree_centrality: entries > 1 ? (row.in_degree + row.out_degree) / (entries - 1) : 0,
    in_degree: row.in_degree,
    out_degree: row.out_degree,
    betweenness_centrality: row.betweenness,
    closeness_centrality: row.closeness,
    pagerank: row.pagerank,
    standard_error: exact
      ? null
      : { betweenness_centrality: row.betweenness_error, closeness_centrality: row.closeness_error },
    ranks: {
      degree: row.degree_rank,
      betweenness: row.betweenness_rank,
      closeness: row.closeness_rank,
      pagerank: row.pagerank_rank,
    },
  };
}

const NOT_MEASURED: Measures = {
  degree_centrality: null,
  in_degree: null,
  out_degree: null,
  betweenness_centrality: null,
  closeness_centrality: null,
  pagerank: null,
  standard_error: null,
  ranks: null,
};
