import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { GraphScope } from './graph-scope.js';
import type { GraphVersion } from './graph-version.js';

export type StoredAnalysis = 'centrality' | 'communities';

/** A finished run. */
export interface GraphRun {
  id: number;
  version: GraphVersion;
  restrictions: string;
  details: Record<string, unknown>;
  milliseconds: number;
  computedAt: Date;
}

interface Row {
  id: string;
  graph_version: string;
  entries: string;
  relationships: string;
  restrictions: string;
  details: Record<string, unknown>;
  milliseconds: number;
  computed_at: Date;
}

/** A run that has a successor may still be read for a moment; one that is not finished may be written for a while. */
const SUPERSEDED = '1 minute';
const UNFINISHED = '1 hour';
const PAGE = 5_000;

/** Runs of whole-graph algorithms, and their rows. */
@Injectable()
export class GraphRunRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The newest finished one. */
  async newest(scope: GraphScope['name'], analysis: StoredAnalysis): Promise<GraphRun | undefined> {
    const [row] = await this.uow.query<Row & object>(
      `SELECT id, graph_version, entries, relationships, restrictions, details, milliseconds, computed_at FROM graph_run
       WHERE scope = $1 AND analysis = $2 AND computed_at IS NOT NULL ORDER BY id DESC LIMIT 1`,
      [scope, analysis],
      'graph-run-newest',
    );
    if (!row) return undefined;
    const version = {
      changes: Number(row.graph_version),
      entries: Number(row.entries),
      relationships: Number(row.relationships),
    };
    const { restrictions, details, milliseconds, computed_at } = row;
    return { id: Number(row.id), version, restrictions, details, milliseconds, computedAt: computed_at };
  }

  async begin(
    scope: GraphScope['name'],
    analysis: StoredAnalysis,
    { version, restrictions }: { version: GraphVersion; restrictions: string },
  ): Promise<number> {
    const [{ id }] = await this.uow.query<{ id: string }>(
      `INSERT INTO graph_run (scope, analysis, graph_version, entries, relationships, restrictions)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
      [scope, analysis, version.changes, version.entries, version.relationships, restrictions],
    );
    return Number(id);
  }

  /** From now on it is what is answered. */
  async finish(id: number, details: object, milliseconds: number): Promise<void> {
    await this.uow.query(
      'UPDATE graph_run SET computed_at = clock_timestamp(), details = $2, milliseconds = $3 WHERE id = $1',
      [id, JSON.stringify(details), milliseconds],
    );
  }

  /** Writes columns of one length as rows, in pages that hold nobody up. */
  async write(
    table: string,
    runId: number,
    columns: Record<string, { type: string; values: ArrayLike<number> }>,
  ): Promise<void> {
    const names = Object.keys(columns);
    const lists = Object.values(columns);
    const parameters = lists.map(({ type }, i) => `$${i + 2}::${type}[]`).join(', ');
    const sql = `INSERT INTO ${table} (run_id, ${names.join(', ')}) SELECT $1, * FROM unnest(${parameters})`;
    for (let at = 0; at < lists[0].values.length; at += PAGE) {
      const page = lists.map(({ values }) => `{${Array.prototype.slice.call(values, at, at + PAGE).join(',')}}`);
      await this.uow.query(sql, [runId, ...page]);
    }
  }

  /** Removes what no run is answered from any more, in pages. */
  async sweep(): Promise<void> {
    const gone = await this.uow.query<{ id: string }>(
      `SELECT id FROM graph_run r WHERE CASE WHEN computed_at IS NULL
         THEN started_at < clock_timestamp() - interval '${UNFINISHED}'
         ELSE EXISTS (SELECT FROM graph_run n WHERE n.scope = r.scope AND n.analysis = r.analysis AND n.id > r.id
           AND n.computed_at < clock_timestamp() - interval '${SUPERSEDED}') END`,
    );
    for (const { id } of gone) {
      for (const table of ['graph_metric', 'graph_community']) await this.sweepRows(table, id);
      await this.uow.query('DELETE FROM graph_run WHERE id = $1', [id]);
    }
  }

  private async sweepRows(table: string, id: string): Promise<void> {
    for (;;) {
      const rows = await this.uow.query(
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE run_id = $1 LIMIT ${PAGE})) RETURNING 1`,
        [id],
      );
      if (rows.length < PAGE) return;
    }
  }
}
