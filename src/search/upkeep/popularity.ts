import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { CorpusRepository } from './corpus.repository.js';

/** Rows of one statement: on the embedded database everyone waits for it. */
const BATCH = 500;
/** Deleting and adding as many edges leaves their number as it was; so all is looked through once an hour anyway. */
const LONGEST_MS = 3_600_000;

/**
 * Skipping locked rows, so that it never waits for a writer and no writer for it; the next round gets them. Neither
 * revision nor updated_at moves: how often others need an entry is no change of it.
 */
const REFRESH = `
  WITH chunk AS MATERIALIZED (
    SELECT entry_id, round(ln(1 + greatest(in_degree, 0))::numeric, 1)::real AS popularity
    FROM entry_degree WHERE entry_id > $1 ORDER BY entry_id LIMIT ${BATCH}
  ), due AS MATERIALIZED (
    SELECT e.id, c.popularity FROM chunk c JOIN entry e ON e.id = c.entry_id
    WHERE e.popularity <> c.popularity ORDER BY e.id FOR NO KEY UPDATE OF e SKIP LOCKED
  ), changed AS (
    UPDATE entry e SET popularity = d.popularity FROM due d WHERE e.id = d.id RETURNING 1
  )
  SELECT (SELECT max(entry_id) FROM chunk) AS last, (SELECT count(*) FROM changed) AS changed`;

/** Keeps `entry.popularity`: ln(1 + number of relationships that lead to it), to one digit so that hubs are rarely rewritten. */
@Injectable()
export class Popularity {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly corpus: CorpusRepository,
  ) {}

  /** Looks through all when relationships were added or removed since the last time. Answers how many rows it changed. */
  async refreshStale(): Promise<number> {
    const { rankedEdges, rankedAt } = await this.corpus.state();
    const edges = await this.edges();
    if (edges === rankedEdges && rankedAt && Date.now() - rankedAt.getTime() < LONGEST_MS) return 0;
    const changed = await this.refresh();
    await this.uow.query('UPDATE search_corpus SET ranked_edges = $1, ranked_at = clock_timestamp()', [edges]);
    return changed;
  }

  async refresh(): Promise<number> {
    let changed = 0;
    for (let last: string | null = '0'; last !== null;) {
      const [row]: { last: string | null; changed: string }[] = await this.uow.query(REFRESH, [last]);
      changed += Number(row.changed);
      last = row.last;
    }
    return changed;
  }

  private async edges(): Promise<number> {
    const [row] = await this.uow.query<{ n: string | null }>('SELECT sum(n) AS n FROM relationship_count');
    return Number(row.n ?? 0);
  }
}
