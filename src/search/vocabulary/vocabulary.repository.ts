import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Word } from './spelling.js';

/** What an entry's words are taken from. */
export interface WordSource {
  name: string;
  title: string | null;
  tags: string[];
}

/** pg_trgm's measure needs letters to go by. */
const SHORTEST_TRIGRAM = 5;
const LIKE_SPECIAL = /[\\%_]/g;

/** A word worth keeping: three letters at least, no bare number, no checksum. */
const WORD_CONDITION = `length(w.word) BETWEEN 3 AND 40 AND w.word !~ '^[0-9]+$'`;

/** The table of words of names, titles and tags. */
@Injectable()
export class VocabularyRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Adds what is new among the words of these; how often a word occurs is left to {@link replaceAll}. Idempotent. */
  async learn(sources: readonly WordSource[]): Promise<void> {
    await this.uow.query(
      `INSERT INTO search_word (word)
       SELECT DISTINCT w.word
       FROM json_to_recordset($1::json) AS s (name text, title text, tags text[]),
            unnest(tsvector_to_array(search_words(s.name, s.title, s.tags))) AS w (word)
       WHERE ${WORD_CONDITION} AND NOT EXISTS (SELECT FROM search_word k WHERE k.word = w.word)
       ORDER BY w.word
       ON CONFLICT (word) DO NOTHING`,
      [JSON.stringify(sources)],
      'search-learn',
    );
  }

  /** Words the mistyped one may stand for: those one edit away, and the nearest by trigrams. */
  candidates(typed: string, variants: readonly string[]): Promise<Word[]> {
    const byTrigram =
      [...typed].length < SHORTEST_TRIGRAM
        ? ''
        : `UNION (SELECT word, ndoc FROM search_word WHERE word % $2
             ORDER BY similarity(word, $2) DESC, ndoc DESC, word LIMIT 20)`;
    const values: unknown[] = byTrigram ? [variants, typed] : [variants];
    // Joined: for `= ANY` PostgreSQL takes the index of trigrams, which costs seconds for hundreds of variants.
    return this.uow.query<Word>(
      `(SELECT word, ndoc FROM search_word JOIN unnest($1::text[]) AS variant (word) USING (word)
        ORDER BY ndoc DESC, word LIMIT 20) ${byTrigram}`,
      values,
    );
  }

  /** Words that begin so, the most used first. */
  beginning(prefix: string, limit: number): Promise<Word[]> {
    return this.uow.query<Word>(
      `WITH found AS MATERIALIZED (
         SELECT word, ndoc FROM search_word WHERE word LIKE $1 ORDER BY word LIMIT 5000
       )
       SELECT word, ndoc FROM found ORDER BY ndoc DESC, word LIMIT $2`,
      [`${prefix.replace(LIKE_SPECIAL, '\\$&')}%`, limit],
      'search-words-beginning',
    );
  }
}
