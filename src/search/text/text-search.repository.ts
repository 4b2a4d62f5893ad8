import { Injectable } from '@nestjs/common';
import { filterConditions } from '../../entries/entry-filter.js';
import type { EntryFilter } from '../../entries/entry-filter.js';
import { visible } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Corpus, TextQuery } from '../query/text-query.js';
import { TEXT_SHARE, farSql, nearSql, rankSql, scoreSql, textSql } from './score.js';

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
  /** True to look through what passes the filter, whatever the planner thinks of the words. */
  byFilter?: boolean;
}

/** Rows, by the planner's estimate. Where both are many, a search takes long although little may be in scope. */
export interface Effort {
  /** What has the words. */
  matching: number;
  /** What passes the filter; Infinity where there is none. */
  filtering: number;
  /** The lesser of both. */
  rows: number;
  byFilter: boolean;
}

export interface Slice {
  limit: number;
  offset: number;
}

/** So many of the scored are ordered by more than their words. */
const RERANKED = 300;
/** More than any ranking is ever handed. */
const MOST_CANDIDATES = 100_000;

/** The documents' text by itself, or only its names and titles: each has an index. */
export type Part = 'tsv' | 'heading';
const PARTS: Record<Part, string> = { tsv: 'd.tsv', heading: `ts_filter(d.tsv, '{a}')` };

/** Hand-written statements of the text leg. All run inside `bounded`. */
@Injectable()
export class TextSearchRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * Runs `fn` in a transaction whose statements end after `milliseconds` and plan for a short answer: row by row, for what
   * is joined is some hundred rows at most, whatever the planner thinks of a text match.
   */
  bounded<T>(milliseconds: number, fn: () => Promise<T>): Promise<T> {
    return this.uow.run(async () => {
      await this.uow.query(
        `SELECT set_config('statement_timeout', $1, true), set_config('jit', 'off', true),
                set_config('max_parallel_workers_per_gather', '0', true),
                set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`,
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

  /** What has to be looked at to know what is in scope: by estimate, and by whichever way is shorter. */
  async effort({ filter, match }: Scope, part: Part = 'tsv'): Promise<Effort> {
    const nothing = { without: [], withoutIds: [] };
    const matching = await this.estimate({ ...nothing, filter: {}, match }, part);
    const filtering = filterConditions(filter, []) === 'true' ? Infinity : await this.estimate({ ...nothing, filter });
    return { matching, filtering, rows: Math.min(matching, filtering), byFilter: filtering < matching };
  }

  async count(scope: Scope): Promise<number> {
    const values: unknown[] = [];
    const [row] = await this.uow.query<{ n: string }>(`SELECT count(*) AS n ${this.from(scope, values)}`, values);
    return Number(row.n);
  }

  /** Scores everything in scope and answers a slice of it, best first. */
  ranked(scope: Scope, query: TextQuery, corpus: Corpus, slice: Slice): Promise<RankedRow[]> {
    const values: unknown[] = [];
    return this.scored(this.from(scope, values), query, corpus, values, slice);
  }

  /** Scores these entries, and those in scope whose name or title matches, if asked; all or a slice of them, best first. */
  rankedOf(
    { ids, heading }: { ids: readonly string[]; heading?: Scope },
    query: TextQuery,
    corpus: Corpus,
    slice: Slice = { limit: MOST_CANDIDATES, offset: 0 },
  ): Promise<RankedRow[]> {
    const values: unknown[] = [ids];
    const chosen = 'SELECT unnest($1::bigint[]) AS id';
    const candidates = heading
      ? `${chosen} UNION SELECT d.entry_id ${this.from(heading, values, { part: 'heading' })}`
      : chosen;
    const source = `FROM (${candidates}) c JOIN entry_document d ON d.entry_id = c.id`;
    return this.scored(source, query, corpus, values, slice);
  }

  /**
   * Entries in scope, the most depended upon first: a walk of the popularity index that ends with the slice. The planner
   * would sort every match instead, so the plan is pinned, for this statement only. With `within` the walk ends after so
   * many entries, whether they matched or not.
   */
  async popular(scope: Scope, slice: Slice, walk: { part?: Part; within?: number } = {}): Promise<string[]> {
    await this.pin('off');
    const values: unknown[] = [];
    const rows = await this.uow.query<{ id: string }>(
      `SELECT e.id ${this.from(scope, values, { ...walk, entry: true })}
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

  /** What a statement of another repository about the entries (alias e) in scope reads from. */
  source(scope: Scope, values: unknown[]): string {
    return this.from(scope, values, { entry: true });
  }

  private async pin(setting: 'on' | 'off'): Promise<void> {
    await this.uow.query(
      `SELECT set_config('enable_bitmapscan', $1, true), set_config('enable_seqscan', $1, true),
              set_config('enable_sort', $1, true)`,
      [setting],
      'search-pin',
    );
  }

  /**
   * BM25 of the documents; the best {@link RERANKED} by it are put in order with nearness and popularity too. The fences
   * keep a rank from being computed once for every place that names it.
   */
  private scored(
    documents: string,
    query: TextQuery,
    corpus: Corpus,
    values: unknown[],
    slice: Slice,
  ): Promise<RankedRow[]> {
    const score = scoreSql(query, corpus, values);
    const far = `
      SELECT x.id, ${score.words} AS words
      FROM (SELECT d.entry_id AS id, ${score.inner} ${documents} OFFSET 0) x`;
    const near = `
      SELECT y.id, y.text, ${rankSql(corpus)} AS rank FROM (
        SELECT w.id, w.popularity, ${textSql(query)} AS text FROM (
          SELECT f.id, f.words, e.popularity, ${nearSql(query, values)} AS near
          FROM first f JOIN entry e ON e.id = f.id JOIN entry_document d ON d.entry_id = f.id OFFSET 0
        ) w OFFSET 0
      ) y`;
    const first = (from: string): string => `SELECT * FROM ${from} ORDER BY words DESC, id LIMIT ${RERANKED}`;
    const rest = `
      SELECT w.id, ${farSql(query)}, ${TEXT_SHARE} * (${farSql(query)}) FROM far w WHERE w.id NOT IN (SELECT id FROM first)`;
    // Most pages lie within what is put in order; then nothing else needs to be kept.
    const sql =
      slice.offset + slice.limit <= RERANKED
        ? `WITH first AS MATERIALIZED (${first(`(${far}) u`)}) ${near}`
        : `WITH far AS MATERIALIZED (${far}), first AS MATERIALIZED (${first('far')}) ${near} UNION ALL ${rest}`;
    const page = `ORDER BY rank DESC, id LIMIT ${Number(slice.limit)} OFFSET ${Number(slice.offset)}`;
    return this.uow.query<RankedRow>(`${sql} ${page}`, values);
  }

  /** `entry` on alias e and `entry_document` on alias d, either only where it is needed: joining a row costs as much as scoring it. */
  private from(
    scope: Scope,
    values: unknown[],
    { part = 'tsv', entry = false, within }: { part?: Part; entry?: boolean; within?: number } = {},
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
    const filter = filterConditions(scope.filter, values);
    const all = [...conditions, visible(id, values)];
    // The fence makes the planner begin with it.
    if (scope.byFilter && documents && filter !== 'true' && within === undefined)
      return `FROM (SELECT * FROM entry e WHERE ${filter} OFFSET 0) e JOIN entry_document d ON d.entry_id = e.id WHERE ${all.join(' AND ')}`;
    const entries =
      within === undefined
        ? 'entry e'
        : `(SELECT * FROM entry ORDER BY popularity DESC, id DESC LIMIT ${Number(within)}) e`;
    const joined = `${entries} JOIN entry_document d ON d.entry_id = e.id`;
    const tables = !documents ? entries : entry || filter !== 'true' ? joined : 'entry_document d';
    return `FROM ${tables} WHERE ${[...all, filter].join(' AND ')}`;
  }
}
