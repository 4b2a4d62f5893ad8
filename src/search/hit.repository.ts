import { Injectable } from '@nestjs/common';
import { ENTRY_COLUMNS } from '../entries/entry-response.js';
import type { EntryRow } from '../entries/entry-response.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { MARK_END, MARK_START } from './highlight.js';
import type { LegHit } from './search-leg.js';

export interface HitRow extends EntryRow {
  headline: string | null;
}

/** So much of a description is looked through for what matched; finding it takes longer than finding the entry. */
const MOST_MARKED = 700;
const OPTIONS = `StartSel=${MARK_START}, StopSel=${MARK_END}, MaxFragments=2, MaxWords=22, MinWords=8, FragmentDelimiter=" … "`;
const TEXT = `translate(coalesce(e.title, e.name) || E'\\n' || left(coalesce(e.description, ''), ${MOST_MARKED}),
  '${MARK_START}${MARK_END}', '')`;

/** The entries of one page of an answer. */
@Injectable()
export class HitRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** In the order of the hits; one deleted meanwhile is absent. */
  rows(hits: readonly LegHit[]): Promise<HitRow[]> {
    return this.uow.query<HitRow>(
      `SELECT ${ENTRY_COLUMNS},
         CASE WHEN h.marks IS NOT NULL THEN ts_headline('english', ${TEXT}, h.marks::tsquery, '${OPTIONS}') END AS headline
       FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS h (entry_id, marks, n)
       JOIN entry e ON e.id = h.entry_id ORDER BY h.n`,
      [hits.map((hit) => hit.id), hits.map((hit) => hit.marks)],
      'search-hits',
    );
  }
}
