import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { AnalysedTerm, Corpus } from './text-query.js';

const ANALYSE = `
  SELECT phraseto_tsquery('english', t.text)::text AS stemmed,
         phraseto_tsquery('simple', t.cut)::text AS plain,
         greatest(
           (SELECT coalesce(min(coalesce(s.ndoc, 0)), 0)
            FROM unnest(tsvector_to_array(to_tsvector('english', t.text))) l LEFT JOIN lexeme_stat s ON s.lexeme = l),
           (SELECT coalesce(min(coalesce(s.ndoc, 0)), 0)
            FROM unnest(tsvector_to_array(to_tsvector('simple', t.cut))) l LEFT JOIN lexeme_stat s ON s.lexeme = l)
         ) AS ndoc,
         EXISTS (SELECT FROM search_word w WHERE w.word = lower(t.term)) AS known, c.docs, c.doc_len
  FROM (
    SELECT term, n, translate(term, '/', ' ') AS text, translate(term, '-_/.+@:', '       ') AS cut
    FROM unnest($1::text[]) WITH ORDINALITY u (term, n)
  ) t CROSS JOIN search_corpus c ORDER BY t.n`;

interface CorpusRow {
  docs: string;
  doc_len: number;
}

@Injectable()
export class QueryTermRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** One term or more in their order, and the catalog they are weighed in. */
  async analyse(terms: readonly string[]): Promise<{ terms: AnalysedTerm[]; corpus: Corpus }> {
    const rows = await this.uow.query<AnalysedTerm & CorpusRow>(ANALYSE, [terms], 'search-terms');
    return { terms: rows, corpus: corpusOf(rows[0]) };
  }

  /**
   * How many documents hold each of these tsqueries, counted up to `most`. Statistics are of the last refresh, and know
   * nothing of words that came with an import since.
   */
  async holding(queries: readonly string[], most: number): Promise<number[]> {
    const rows = await this.uow.query<{ n: number }>(
      `SELECT (SELECT count(*)::integer FROM (SELECT FROM entry_document d WHERE d.tsv @@ q.query::tsquery LIMIT $2) some_of) AS n
       FROM unnest($1::text[]) WITH ORDINALITY q (query, place) ORDER BY q.place`,
      [queries, most],
      'search-holding',
    );
    return rows.map(({ n }) => n);
  }

  async corpus(): Promise<Corpus> {
    const [row] = await this.uow.query<CorpusRow>('SELECT docs, doc_len FROM search_corpus', [], 'search-corpus');
    return corpusOf(row);
  }
}

const corpusOf = (row: CorpusRow): Corpus => ({ docs: Number(row.docs), docLength: row.doc_len });
