import { Injectable } from '@nestjs/common';
import { SUMMARY_COLUMNS } from '../../entries/entry-response.js';
import type { SummaryRow } from '../../entries/entry-response.js';
import { visible } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface TrendingQueryRow {
  query: string;
  searches: number;
  score: number;
}

export interface TrendingEntryRow extends SummaryRow {
  reads: number;
  score: number;
}

/** As long as the longest window. */
const KEPT_DAYS = 31;
/** Of so many queries those are answered that may be shown. */
const LOOKED_AT = 300;

/** Interest by the hour: an hour counts half of one a half-life later. */
const FADED = (hours: string): string =>
  `sum(n * power(0.5, extract(epoch FROM clock_timestamp() - hour) / 3600 / ${hours}::float8))`;
const WITHIN = (hours: string): string => `hour > clock_timestamp() - make_interval(hours => ${hours}::int + 1)`;

@Injectable()
export class ActivityRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** In the order of the texts, as every replica's, so that two of them never wait for each other in a circle. */
  async add(queries: readonly (readonly [query: string, n: number])[]): Promise<void> {
    await this.uow.query(
      `INSERT INTO search_query AS q (hour, query, n)
       SELECT date_trunc('hour', clock_timestamp()), u.* FROM unnest($1::text[], $2::int[]) AS u (query, n)
       ON CONFLICT (hour, query) DO UPDATE SET n = q.n + excluded.n`,
      [queries.map(([query]) => query), queries.map(([, n]) => n)],
      'search-activity-add',
    );
  }

  /**
   * What is searched most. Only queries whose every word is in the vocabulary, which takes no word from what not everyone
   * may see: nobody learns from here what somebody else typed by mistake or may see.
   */
  queries(windowHours: number, halfLifeHours: number, limit: number): Promise<TrendingQueryRow[]> {
    return this.uow.query<TrendingQueryRow & object>(
      `SELECT t.query, t.searches::int AS searches, t.score FROM (
         SELECT query, sum(n) AS searches, ${FADED('$2')} AS score FROM search_query WHERE ${WITHIN('$1')}
         GROUP BY query ORDER BY score DESC, query LIMIT ${LOOKED_AT}
       ) t
       WHERE NOT EXISTS (
         SELECT FROM unnest(tsvector_to_array(search_words(t.query, NULL, '{}'))) AS w (word)
         WHERE (length(w.word) > 2 OR w.word ~ '[0-9]') AND NOT EXISTS (SELECT FROM search_word k WHERE k.word = w.word)
       ) ORDER BY t.score DESC, t.query LIMIT $3`,
      [windowHours, halfLifeHours, limit],
      'search-trending-queries',
    );
  }

  entries(windowHours: number, halfLifeHours: number, limit: number): Promise<TrendingEntryRow[]> {
    const values: unknown[] = [windowHours, halfLifeHours, limit];
    return this.uow.query<TrendingEntryRow & object>(
      `SELECT ${SUMMARY_COLUMNS}, t.reads::int AS reads, t.score FROM (
         SELECT entry_id, sum(n) AS reads, ${FADED('$2')} AS score FROM entry_read WHERE ${WITHIN('$1')} GROUP BY entry_id
       ) t JOIN entry e ON e.id = t.entry_id WHERE ${visible('e.id', values)}
       ORDER BY t.score DESC, e.id LIMIT $3`,
      values,
    );
  }

  async prune(): Promise<void> {
    for (const table of ['search_query', 'entry_read'])
      await this.uow.query(`DELETE FROM ${table} WHERE hour < clock_timestamp() - make_interval(days => ${KEPT_DAYS})`);
  }
}
