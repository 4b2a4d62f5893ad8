import { Injectable } from '@nestjs/common';
import { SUMMARY_COLUMNS } from '../../entries/entry-response.js';
import type { SummaryRow } from '../../entries/entry-response.js';
import { visible } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { NodeId } from '../engine/neighbor-source.js';
import { GraphRunRepository } from './graph-run.repository.js';
import type { Centrality } from './graph-work.js';

export const METRICS = ['degree', 'betweenness', 'closeness', 'pagerank'] as const;
export type Metric = (typeof METRICS)[number];

export interface MetricRow extends SummaryRow {
  in_degree: number;
  out_degree: number;
  degree_rank: number;
  betweenness: number;
  betweenness_error: number;
  betweenness_rank: number;
  closeness: number;
  closeness_error: number;
  closeness_rank: number;
  pagerank: number;
  pagerank_rank: number;
}

const COLUMNS = `m.in_degree, m.out_degree, m.degree_rank, m.betweenness, m.betweenness_error, m.betweenness_rank,
  m.closeness, m.closeness_error, m.closeness_rank, m.pagerank, m.pagerank_rank`;

/** The measures of entries, as runs found them. */
@Injectable()
export class CentralityRepository {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly runs: GraphRunRepository,
  ) {}

  async write(runId: number, found: Centrality): Promise<void> {
    const exact = new Float64Array(found.ids.length);
    await this.runs.write('graph_metric', runId, {
      entry_id: { type: 'bigint', values: found.ids },
      in_degree: { type: 'integer', values: found.inDegree },
      out_degree: { type: 'integer', values: found.outDegree },
      degree_rank: { type: 'integer', values: found.ranks.degree },
      betweenness: { type: 'float8', values: found.betweenness },
      betweenness_error: { type: 'float8', values: found.betweennessError ?? exact },
      betweenness_rank: { type: 'integer', values: found.ranks.betweenness },
      closeness: { type: 'float8', values: found.closeness },
      closeness_error: { type: 'float8', values: found.closenessError ?? exact },
      closeness_rank: { type: 'integer', values: found.ranks.closeness },
      pagerank: { type: 'float8', values: found.pageRank },
      pagerank_rank: { type: 'integer', values: found.ranks.pageRank },
    });
  }

  /** Those of the greatest values, that the caller may see. */
  top(runId: number, metric: Metric, page: { limit: number; offset: number }): Promise<MetricRow[]> {
    const values: unknown[] = [runId, page.limit, page.offset];
    return this.uow.query<MetricRow & object>(
      `SELECT ${SUMMARY_COLUMNS}, ${COLUMNS} FROM (
         SELECT * FROM graph_metric m WHERE m.run_id = $1 AND ${visible('m.entry_id', values)}
           AND EXISTS (SELECT FROM entry e WHERE e.id = m.entry_id)
         ORDER BY m.${metric}_rank LIMIT $2 OFFSET $3
       ) m JOIN entry e ON e.id = m.entry_id ORDER BY m.${metric}_rank`,
      values,
    );
  }

  /** Undefined for what was not there, or not in the scope, when the run began. */
  async of(runId: number, id: NodeId): Promise<MetricRow | undefined> {
    const [row] = await this.uow.query<MetricRow & object>(
      `SELECT ${SUMMARY_COLUMNS}, ${COLUMNS} FROM graph_metric m JOIN entry e ON e.id = m.entry_id
       WHERE m.run_id = $1 AND m.entry_id = $2`,
      [runId, id],
      'graph-metric-of',
    );
    return row;
  }
}
