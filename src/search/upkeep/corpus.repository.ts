import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

/** What was last counted, and when. */
export interface CorpusState {
  docs: number;
  refreshedAt: Date | null;
  wordedDocs: number;
  wordedAt: Date | null;
  rankedEdges: number;
  rankedAt: Date | null;
}

export interface IdRange {
  first: bigint;
  last: bigint;
}

export type Counts = Map<string, number>;

interface CountRow {
  word: string;
  ndoc: number;
}

/** Which table holds counts, and which text they are counted in. */
export type Counted = 'lexemes' | 'words';
const TABLES = {
  lexemes: { table: 'lexeme_stat', column: 'lexeme', source: 'SELECT tsv FROM entry_document WHERE entry_id' },
  words: {
    table: 'search_word',
    column: 'word',
    source:
      'SELECT search_words(name, title, tags) FROM entry e WHERE NOT EXISTS (SELECT FROM entry_restriction x WHERE x.entry_id = e.id) AND id',
  },
} as const;

const WRITE_BATCH = 5000;

/** Counting of the catalog's texts, a range of entries at a time, and the tables the counts are kept in. */
@Injectable()
export class CorpusRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async state(): Promise<CorpusState> {
    const [row] = await this.uow.query<Record<string, string | Date | null>>('SELECT * FROM search_corpus');
    return {
      docs: Number(row.docs),
      refreshedAt: row.refreshed_at as Date | null,
      wordedDocs: Number(row.worded_docs),
      wordedAt: row.worded_at as Date | null,
      rankedEdges: Number(row.ranked_edges),
      rankedAt: row.ranked_at as Date | null,
    };
  }

  /** Entries there are now, by the counters. */
  async docs(): Promise<number> {
    const [row] = await this.uow.query<{ n: string | null }>('SELECT sum(n) AS n FROM entry_count');
    return Number(row.n ?? 0);
  }

  /** Entries and relationships there are now, by the counters. */
  async size(): Promise<number> {
    const [row] = await this.uow.query<{ n: string }>(
      `SELECT (SELECT coalesce(sum(n), 0) FROM entry_count) + (SELECT coalesce(sum(n), 0) FROM relationship_count) AS n`,
    );
    return Number(row.n);
  }

  async ids(): Promise<IdRange | undefined> {
    const [row] = await this.uow.query<{ first: string | null; last: string | null }>(
      'SELECT min(id) AS first, max(id) AS last FROM entry',
    );
    return row.first === null ? undefined : { first: BigInt(row.first), last: BigInt(row.last!) };
  }

  /** In how many entries of the range each lexeme or word is. */
  count(what: Counted, { first, last }: IdRange): Promise<CountRow[]> {
    // ts_stat takes its statement as text; both bounds are bigint and nothing else.
    const source = `${TABLES[what].source} BETWEEN ${first} AND ${last}`;
    return this.uow.query<CountRow>('SELECT word, ndoc FROM ts_stat($1)', [source]);
  }

  /** How many documents the range has and how many lexemes they have together. */
  async lengths({ first, last }: IdRange): Promise<{ docs: number; lexemes: number }> {
    const [row] = await this.uow.query<{ docs: string; lexemes: string }>(
      `SELECT count(*) AS docs, coalesce(sum(doc_len), 0) AS lexemes FROM entry_document
       WHERE entry_id BETWEEN $1 AND $2`,
      [String(first), String(last)],
    );
    return { docs: Number(row.docs), lexemes: Number(row.lexemes) };
  }

  async kept(what: Counted): Promise<Counts> {
    const { table, column } = TABLES[what];
    const rows = await this.uow.query<CountRow>(`SELECT ${column} AS word, ndoc FROM ${table}`);
    return new Map(rows.map((row) => [row.word, row.ndoc]));
  }

  async write(what: Counted, changed: Counts): Promise<void> {
    const { table, column } = TABLES[what];
    for (const rows of batches([...changed].sort(([a], [b]) => (a < b ? -1 : 1))))
      await this.uow.query(
        `INSERT INTO ${table} (${column}, ndoc) SELECT * FROM unnest($1::text[], $2::int[])
         ON CONFLICT (${column}) DO UPDATE SET ndoc = excluded.ndoc`,
        [rows.map(([word]) => word), rows.map(([, ndoc]) => ndoc)],
      );
  }

  async remove(what: Counted, gone: readonly string[]): Promise<void> {
    const { table, column } = TABLES[what];
    for (const words of batches(gone))
      await this.uow.query(
        `DELETE FROM ${table} AS t USING unnest($1::text[]) AS gone (word) WHERE t.${column} = gone.word`,
        [words],
      );
  }

  async refreshed(docs: number, docLength: number): Promise<void> {
    await this.uow.query('UPDATE search_corpus SET docs = $1, doc_len = $2, refreshed_at = clock_timestamp()', [
      docs,
      docLength,
    ]);
  }

  async worded(docs: number): Promise<void> {
    await this.uow.query('UPDATE search_corpus SET worded_docs = $1, worded_at = clock_timestamp()', [docs]);
  }
}

function* batches<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let at = 0; at < rows.length; at += WRITE_BATCH) yield rows.slice(at, at + WRITE_BATCH);
}
