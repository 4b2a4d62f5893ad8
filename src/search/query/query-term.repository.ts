import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

/** A term as PostgreSQL's text search reads it. Both forms are valid tsquery text, or empty. */
export interface AnalysedTerm {
  /** Cut into words and stemmed as English; empty for a stop word. What titles and descriptions hold. */
  stemmed: string;
  /** Cut at `- _ / . + @ :`, as it stands. What names and tags hold. */
  plain: string;
  /** In about how many entries it is. */
  ndoc: number;
  /** True when names, titles or tags have it as a word. */
  known: boolean;
}

/** The catalog as ranking sees it, as of the last refresh. */
export interface Corpus {
  /** 0 before the first refresh. */
  docs: number;
  /** Average number of distinct lexemes. */
  docLength: number;
}

const ANALYSE = `
  SELECT phraseto_tsquery('english', t.term)::text AS stemmed,
         phraseto_tsquery('simple', t.cut)::text AS plain,
         greatest(
           (SELECT coalesce(min(coalesce(s.ndoc, 0)), 0)
            FROM unnest(tsvector_to_array(to_tsvector('english', t.term))) l LEFT JOIN lexeme_stat s ON s.lexeme = l),
           (SELECT coalesce(min(coalesce(s.ndoc, 0)), 0)
            FROM unnest(tsvector_to_array(to_tsvector('simple', t.cut))) l LEFT JOIN lexeme_stat s ON s.lexeme = l)
         ) AS ndoc,
         EXISTS (SELECT FROM search_word w WHERE w.word = lower(t.term)) AS known
  FROM (
    SELECT term, n, translate(term, '-_/.+@:', '       ') AS cut FROM unnest($1::text[]) WITH ORDINALITY u (term, n)
  ) t ORDER BY t.n`;

@Injectable()
export class QueryTermRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The terms in their order. */
  analyse(terms: readonly string[]): Promise<AnalysedTerm[]> {
    return this.uow.query<AnalysedTerm>(ANALYSE, [terms], 'search-terms');
  }

  async corpus(): Promise<Corpus> {
    const [row] = await this.uow.query<{ docs: string; doc_len: number }>(
      'SELECT docs, doc_len FROM search_corpus',
      [],
      'search-corpus',
    );
    return { docs: Number(row?.docs ?? 0), docLength: row?.doc_len ?? 32 };
  }
}
