import { Injectable } from '@nestjs/common';
import { entryFilter } from '../../entries/entry-filter.js';
import type { EntryFilter } from '../../entries/entry-filter.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Corpus, TextQuery } from '../query/text-query.js';
import { TEXT_SHARE, farSql, rankSql, scoreSql, textSql } from './score.js';

/** An entry found, with how well. */
export interface RankedRow {
  /** Inside id. */
  id: string;
  /** 0..1, what the words say. */
  text: number;
  /** 0..1, what orders it. */
  rank: number;
}

/** Which entries a stage of the search may answer. */
export interface Scope {
  filter: EntryFilter;
  /** tsquery text; undefined for every entry of the filter. */
  match?: string;
  /** True when `match` leaves something out. */
  negates?: boolean;
  /** What earlier stages answered: tsquery texts and inside ids. */
  without: readonly string[];
  withoutIds: readonly string[];
}

export interface Slice {
  limit: number;
  offset: number;
}

/** So many matches are ordered by more than their words. */
export const RERANKED = 500;

/** The documents' text by itself, or only its names and titles: each has an index. */
export type Part = 'tsv' | 'heading';
const PARTS: Record<Part, string> = { tsv: 'd.tsv', heading: `ts_filter(d.tsv, '{a}')` };

/** Hand-written statements of the text leg. All run inside `bounded`. */
@Injectable()
export class TextSearchRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Runs `fn` in a transaction whose statements end after `milliseconds` and plan for a short answer. */
  bounded<T>(milliseconds: number, fn: () => Promise<T>): Promise<T> {
    return this.uow.run(async () => {
      await this.uow.query(
        `SELECT set_config('statement_timeout', $1, true), set_config('jit', 'off', true),
                set_config('max_parallel_workers_per_gather', '0', true)`,
        [String(milliseconds)],
        'search-bounds',
      );
      return fn();
    });
  }

  /** The planner's estimate of the entries in scope. */
  async estimate(scope: Scope, part: Part = 'tsv'): Promise<number> {
    const values: unknown[] = [];
    const [row] = await this.uow.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
      `EXPLAIN (FORMAT JSON) SELECT 1 ${this.from(scope, values, { part })}`,
      values,
    );
    return row['QUERY PLAN'][0].Plan['Plan Rows'];
  }

  async count(scope: Scope): Promise<number> {
    const values: unknown[] = [];
    const [row] = await this.uow.query<{ n: string }>(`SELECT count(*) AS n ${this.from(scope, values)}`, values);
    return Number(row.n);
  }

  /** The best of everything in scope by its words, put in order with nearness and popularity. At most {@link RERANKED}. */
  best(scope: Scope, query: TextQuery, corpus: Corpus, slice: Slice): Promise<RankedRow[]> {
    const values: unknown[] = [];
    const score = scoreSql(query, corpus, values);
    const words = this.words(`SELECT d.entry_id AS id, ${score.inner} ${this.from(scope, values)}`, score.words);
    const first = `SELECT id, words FROM (${words}) v ORDER BY words DESC, id LIMIT ${RERANKED}`;
    return this.uow.query<RankedRow>(this.reranked(first, query, corpus, values, slice), values);
  }

  /** Everything in scope by its words alone: what comes after {@link best}. */
  async byWords(scope: Scope, query: TextQuery, corpus: Corpus, slice: Slice): Promise<RankedRow[]> {
    const values: unknown[] = [];
    const score = scoreSql(query, corpus, values);
    const words = this.words(`SELECT d.entry_id AS id, ${score.inner} ${this.from(scope, values)}`, score.words);
    return this.uow.query<RankedRow>(
      `SELECT w.id, ${farSql(query)} AS text, ${TEXT_SHARE} * (${farSql(query)}) AS rank FROM (${words}) w
       ORDER BY w.words DESC, w.id LIMIT ${Number(slice.limit)} OFFSET ${Number(slice.offset)}`,
      values,
    );
  }

  /** Scores these entries, and those in scope whose name or title matches, if asked; all of them, best first. */
  async rankedOf(
    ids: readonly string[],
    heading: Scope | undefined,
    query: TextQuery,
    corpus: Corpus,
  ): Promise<RankedRow[]> {
    const values: unknown[] = [];
    const score = scoreSql(query, corpus, values);
    const chosen = `SELECT unnest($${values.push(ids)}::bigint[]) AS id`;
    const source = heading
      ? `${chosen} UNION SELECT d.entry_id ${this.from(heading, values, { part: 'heading' })}`
      : chosen;
    const words = this.words(
      `SELECT c.id, ${score.inner} FROM (${source}) c JOIN entry_document d ON d.entry_id = c.id`,
      score.words,
    );
    return this.uow.query<RankedRow>(this.reranked(words, query, corpus, values), values);
  }

  /**
   * Entries in scope, the most depended upon first: a walk of the popularity index that ends with the slice. The planner
   * would sort every match instead, so the plan is pinned, for this statement only.
   */
  async popular(scope: Scope, slice: Slice, part: Part = 'tsv'): Promise<string[]> {
    await this.pin('off');
    const values: unknown[] = [];
    const rows = await this.uow.query<{ id: string }>(
      `SELECT e.id ${this.from(scope, values, { part, entry: true })}
       ORDER BY e.popularity DESC, e.id DESC LIMIT ${Number(slice.limit)} OFFSET ${Number(slice.offset)}`,
      values,
    );
    await this.pin('on');
    return rows.map((row) => row.id);
  }

  /** The same order as {@link popular} by sorting everything in scope: for when that is little. */
  async sortedByPopularity(scope: Scope, slice: Slice, part: Part = 'tsv'): Promise<string[]> {
    const values: unknown[] = [];
    const rows = await this.uow.query<{ id: string }>(
      `WITH found AS MATERIALIZED (SELECT e.id, e.popularity ${this.from(scope, values, { part, entry: true })})
       SELECT id FROM found ORDER BY popularity DESC, id DESC LIMIT ${Number(slice.limit)} OFFSET ${Number(slice.offset)}`,
      values,
    );
    return rows.map((row) => row.id);
  }

  private async pin(setting: 'on' | 'off'): Promise<void> {
    await this.uow.query(
      `SELECT set_config('enable_bitmapscan', $1, true), set_config('enable_seqscan', $1, true),
              set_config('enable_sort', $1, true), set_config('enable_hashjoin', $1, true),
              set_config('enable_mergejoin', $1, true)`,
      [setting],
      'search-pin',
    );
  }

  /** The fences keep each rank from being computed once for every place that names it. */
  private words(candidates: string, words: string): string {
    return `SELECT x.id, ${words} AS words FROM (${candidates} OFFSET 0) x OFFSET 0`;
  }

  private reranked(candidates: string, query: TextQuery, corpus: Corpus, values: unknown[], slice?: Slice): string {
    const page = slice ? `LIMIT ${Number(slice.limit)} OFFSET ${Number(slice.offset)}` : '';
    return `SELECT y.id, y.text, ${rankSql(corpus)} AS rank FROM (
        SELECT e.id, e.popularity, ${textSql(query, values)} AS text FROM (${candidates}) w
        JOIN entry e ON e.id = w.id JOIN entry_document d ON d.entry_id = w.id OFFSET 0
      ) y ORDER BY rank DESC, y.id ${page}`;
  }

  /** `entry` on alias e and `entry_document` on alias d, either only where it is needed: joining a row costs as much as scoring it. */
  private from(
    scope: Scope,
    values: unknown[],
    { part = 'tsv', entry = false }: { part?: Part; entry?: boolean } = {},
  ): string {
    const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
    const conditions: string[] = [];
    if (scope.match !== undefined) {
      conditions.push(`${PARTS[part]} @@ ${parameter(scope.match, 'tsquery')}`);
      // A word that must be missing must be missing everywhere, not only from the heading.
      if (part === 'heading' && scope.negates) conditions.push(`d.tsv @@ ${parameter(scope.match, 'tsquery')}`);
    }
    for (const query of scope.without) conditions.push(`NOT d.tsv @@ ${parameter(query, 'tsquery')}`);
    const documents = conditions.length > 0;
    const id = documents ? 'd.entry_id' : 'e.id';
    if (scope.withoutIds.length > 0) conditions.push(`NOT ${id} = ANY(${parameter(scope.withoutIds, 'bigint[]')})`);
    const filter = entryFilter(scope.filter, values);
    conditions.push(filter);
    const tables = !documents
      ? 'entry e'
      : entry || filter !== 'true'
        ? 'entry e JOIN entry_document d ON d.entry_id = e.id'
        : 'entry_document d';
    return `FROM ${tables} WHERE ${conditions.join(' AND ')}`;
  }
}
