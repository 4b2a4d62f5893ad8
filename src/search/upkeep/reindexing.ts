import { Injectable } from '@nestjs/common';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Logger } from '../../platform/logging/logger.js';
import { CorpusStatistics } from './corpus-statistics.js';
import { Popularity } from './popularity.js';

export interface ReindexState {
  /** When the indexes were last asked to be made true again. */
  asked_at: string | null;
  /** When that was last done; what is asked after it is still to be done. */
  done_at: string | null;
  /** Entries whose text index was wrong then. */
  changed: number | null;
}

interface ReindexRow {
  asked_at: Date | null;
  done_at: Date | null;
  changed: string | null;
}

/** Rows of one statement: on the embedded database everyone waits for it. */
const BATCH = 200;

/** Only what is wrong is written: a rebuild of a true index writes nothing, and holds up nobody. */
const REBUILD = `
  WITH chunk AS MATERIALIZED (
    SELECT e.id, entry_tsvector(e.name, e.title, e.tags, e.feature, e.description) AS tsv
    FROM (SELECT * FROM entry WHERE id > $1 ORDER BY id LIMIT ${BATCH} FOR NO KEY UPDATE) e
  ), wrong AS (
    INSERT INTO entry_document AS d (entry_id, tsv, doc_len)
    SELECT c.id, c.tsv, length(c.tsv) FROM chunk c LEFT JOIN entry_document o ON o.entry_id = c.id
    WHERE o.tsv IS DISTINCT FROM c.tsv ORDER BY c.id
    ON CONFLICT (entry_id) DO UPDATE SET tsv = excluded.tsv, doc_len = excluded.doc_len RETURNING 1
  )
  SELECT (SELECT max(id) FROM chunk) AS last, (SELECT count(*) FROM wrong) AS changed`;

/** Makes every index of search true again: texts, statistics, vocabulary, popularity and, by their own upkeep, vectors. */
@Injectable()
export class Reindexing {
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly statistics: CorpusStatistics,
    private readonly popularity: Popularity,
    private readonly vectors: VectorSearch,
    logger: Logger,
  ) {
    this.logger = logger.child('search');
  }

  async state(): Promise<ReindexState> {
    const [row] = await this.uow.query<ReindexRow & object>('SELECT asked_at, done_at, changed FROM search_reindex');
    return answer(row);
  }

  /** Done in the background by whoever keeps the indexes; asking again while that is due changes nothing. */
  async ask(): Promise<ReindexState> {
    const [row] = await this.uow.query<ReindexRow & object>(
      `UPDATE search_reindex SET asked_at = CASE WHEN asked_at > coalesce(done_at, '-infinity') THEN asked_at ELSE clock_timestamp() END
       RETURNING asked_at, done_at, changed`,
    );
    return answer(row);
  }

  /** Does what was asked for, if anything. */
  async runAsked(): Promise<void> {
    const [due] = await this.uow.query<{ asked_at: Date }>(
      `SELECT asked_at FROM search_reindex WHERE asked_at > coalesce(done_at, '-infinity')`,
      [],
      'search-reindex-due',
    );
    if (!due) return;
    const changed = await this.rebuildTexts();
    await this.statistics.refreshLexemes();
    await this.statistics.refreshWords();
    await this.popularity.refresh();
    await this.vectors.refill();
    await this.uow.query('UPDATE search_reindex SET done_at = clock_timestamp(), changed = $1', [changed]);
    this.logger.info({ changed }, 'the indexes of search are true again');
  }

  private async rebuildTexts(): Promise<number> {
    let changed = 0;
    for (let last: string | null = '0'; last !== null;) {
      const [row]: { last: string | null; changed: string }[] = await this.uow.query(REBUILD, [last]);
      changed += Number(row.changed);
      last = row.last;
    }
    return changed;
  }
}

const answer = ({ asked_at, done_at, changed }: ReindexRow): ReindexState => ({
  asked_at: asked_at?.toISOString() ?? null,
  done_at: done_at?.toISOString() ?? null,
  changed: changed === null ? null : Number(changed),
});
