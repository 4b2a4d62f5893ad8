import { Injectable } from '@nestjs/common';
import { ENTRY_COLUMNS } from '../entries/entry-response.js';
import type { EntryRow } from '../entries/entry-response.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { MARK_END, MARK_START } from './highlight.js';
import type { LegHit } from './search-leg.js';

export interface HitRow extends EntryRow {
  headline: string | null;
}

/** The part of a description that is looked through for what matched: finding that takes longer than finding the entry. */
const BEFORE = 80;
const LENGTH = 320;
/** A word further down than this is not looked for. */
const MOST_SEEN = 8000;
const OPTIONS = `StartSel=${MARK_START}, StopSel=${MARK_END}, MaxFragments=2, MaxWords=22, MinWords=8, FragmentDelimiter=" … "`;
const DESCRIPTION = `left(coalesce(e.description, ''), ${MOST_SEEN})`;
/** Begins a little before the word the query is most about, where the description has it, with a whole word. */
const PART = `
  regexp_replace(substr(${DESCRIPTION}, greatest(1, at.place - ${BEFORE}), ${LENGTH}),
    CASE WHEN at.place > ${BEFORE} + 1 THEN '^\\S+\\s' ELSE '^$' END, '')`;
const TEXT = `translate(coalesce(e.title, e.name) || E'\n' || ${PART}, '${MARK_START}${MARK_END}', '')`;

/** The entries of one page of an answer. */
@Injectable()
export class HitRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** In the order of the hits; one deleted meanwhile is absent. */
  rows(hits: readonly LegHit[]): Promise<HitRow[]> {
    return this.uow.query<HitRow>(
      `SELECT ${ENTRY_COLUMNS},
         CASE WHEN h.marks IS NOT NULL THEN ts_headline('english', ${TEXT}, h.marks::tsquery, '${OPTIONS}') END AS headline
       FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY AS h (entry_id, marks, about, n)
       JOIN entry e ON e.id = h.entry_id
       CROSS JOIN LATERAL (SELECT strpos(lower(${DESCRIPTION}), h.about) AS place) at ORDER BY h.n`,
      [hits.map((hit) => hit.id), hits.map((hit) => hit.marks), hits.map((hit) => hit.about)],
      'search-hits',
    );
  }
}
