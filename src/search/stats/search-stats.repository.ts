import { Injectable } from '@nestjs/common';
import { currentViewer, hidden } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface TextIndexStats {
  entries: number;
  lexemes: number;
  average_length: number;
  size_bytes: number;
  /** When how common lexemes are was last counted. */
  counted_at: string | null;
}

export interface VocabularyStats {
  words: number;
  size_bytes: number;
  counted_at: string | null;
}

interface StatsRow {
  entries: string;
  lexemes: string;
  doc_len: number;
  text_bytes: string;
  refreshed_at: Date | null;
  words: string;
  word_bytes: string;
  worded_at: Date | null;
}

/** Sizes of what text search lives on; entries are those the caller may see. */
@Injectable()
export class SearchStatsRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async read(): Promise<{ text: TextIndexStats; vocabulary: VocabularyStats }> {
    const viewer = currentViewer();
    const values: unknown[] = [];
    const unseen = viewer
      ? `(SELECT count(*) FROM entry_restriction r WHERE ${hidden('r.entry_id', values, viewer)})`
      : '0';
    const [row] = await this.uow.query<StatsRow & object>(
      `SELECT (SELECT coalesce(sum(n), 0) FROM entry_count) - ${unseen} AS entries,
         (SELECT count(*) FROM lexeme_stat) AS lexemes, c.doc_len, c.refreshed_at, c.worded_at,
         pg_total_relation_size('entry_document') + pg_total_relation_size('lexeme_stat') AS text_bytes,
         (SELECT count(*) FROM search_word) AS words, pg_total_relation_size('search_word') AS word_bytes
       FROM search_corpus c`,
      values,
    );
    return {
      text: {
        entries: Number(row.entries),
        lexemes: Number(row.lexemes),
        average_length: Math.round(row.doc_len * 10) / 10,
        size_bytes: Number(row.text_bytes),
        counted_at: row.refreshed_at?.toISOString() ?? null,
      },
      vocabulary: {
        words: Number(row.words),
        size_bytes: Number(row.word_bytes),
        counted_at: row.worded_at?.toISOString() ?? null,
      },
    };
  }
}
