import { Injectable } from '@nestjs/common';
import { entryFilter } from '../../entries/entry-filter.js';
import type { EntryFilter } from '../../entries/entry-filter.js';
import { parseReference } from '../../entries/entry-key.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface NamedRow {
  /** Inside id. */
  id: string;
  kind: string;
  name: string;
  title: string | null;
  popularity: number;
}

export interface FoundName extends NamedRow {
  /** Rather than beginning so. */
  exact: boolean;
}

/** So many names of a range are sorted whole; of a longer range the most popular entries and the first names are taken. */
const MOST_SORTED = 1000;
const MOST_POPULAR = 3000;
const MOST_EXACT = 100;
const LIKE_SPECIAL = /[\\%_]/g;
const COLUMNS = 'e.id, e.kind, e.name, e.title, e.popularity';

/** Entries by how their name begins, without a walk that depends on how many there are. */
@Injectable()
export class NameRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * Entries named as one of the texts (in any type and version) or of that id or key, and then up to `limit` whose name
   * begins as the first text; each part the most depended upon first.
   */
  async named(texts: readonly string[], filter: EntryFilter, limit: number): Promise<FoundName[]> {
    const values: unknown[] = [];
    const exact = exactly(texts, values);
    const begins = `e.name LIKE ${begun(texts[0], values)}`;
    const narrowed = entryFilter(filter, values);
    const rows = await this.uow.query<FoundName & { begun: string }>(
      `WITH begun AS MATERIALIZED (
         SELECT ${COLUMNS} FROM entry e WHERE ${begins} AND ${narrowed}
         ORDER BY e.name, e.id LIMIT ${limit > 0 ? MOST_SORTED + 1 : 0}
       )
       (SELECT ${COLUMNS}, true AS exact, 0 AS begun FROM entry e WHERE (${exact}) AND ${narrowed}
        ORDER BY e.popularity DESC, e.id DESC LIMIT ${MOST_EXACT})
       UNION ALL
       (SELECT *, false, (SELECT count(*) FROM begun) FROM begun
        ORDER BY popularity DESC, length(name), name, id LIMIT ${Number(limit)})`,
      values,
    );
    const named = rows.filter((row) => row.exact);
    const first: FoundName[] = rows.filter((row) => !row.exact);
    if (Number(rows.at(-1)?.begun) > MOST_SORTED) first.push(...(await this.popular(texts[0], filter, limit)));
    const known = new Set(named.map((row) => row.id));
    return [
      ...named,
      ...distinct(first)
        .filter((row) => !known.has(row.id))
        .sort(byPopularity)
        .slice(0, limit),
    ];
  }

  /** Of the entries most depended upon, those whose name begins so. */
  private popular(text: string, filter: EntryFilter, limit: number): Promise<FoundName[]> {
    const values: unknown[] = [];
    return this.uow.query<FoundName>(
      `SELECT ${COLUMNS}, false AS exact
       FROM (SELECT * FROM entry ORDER BY popularity DESC, id DESC LIMIT ${MOST_POPULAR}) e
       WHERE e.name LIKE ${begun(text, values)} AND ${entryFilter(filter, values)}
       ORDER BY e.popularity DESC, e.id DESC LIMIT ${Number(limit)}`,
      values,
    );
  }

  /** In this order; of entries the caller was found to see. */
  byIds(ids: readonly string[]): Promise<NamedRow[]> {
    return this.uow.query<NamedRow>(
      `SELECT ${COLUMNS} FROM unnest($1::bigint[]) WITH ORDINALITY AS u (entry_id, n)
       JOIN entry e ON e.id = u.entry_id ORDER BY u.n`,
      [ids],
      'search-names-by-ids',
    );
  }
}

function exactly(texts: readonly string[], values: unknown[]): string {
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [`e.name = ANY(${parameter(texts.map(nameOf))}::text[])`];
  for (const reference of texts.map(parseReference)) {
    // A bare name reads as a feature category's; that is among those of the name.
    if (!reference || ('name' in reference && texts.includes(reference.name))) continue;
    if ('uid' in reference) conditions.push(`e.uid = ${parameter(reference.uid)}`);
    else {
      const version = reference.version === undefined ? '' : ` AND e.version = ${parameter(reference.version)}`;
      conditions.push(`(e.kind = ${parameter(reference.type)} AND e.name = ${parameter(reference.name)}${version})`);
    }
  }
  return conditions.join(' OR ');
}

/** A parameter for LIKE. */
const begun = (text: string, values: unknown[]): string =>
  `$${values.push(`${nameOf(text).replace(LIKE_SPECIAL, '\\$&')}%`)}`;

const distinct = (rows: readonly FoundName[]): FoundName[] => [...new Map(rows.map((row) => [row.id, row])).values()];

const byPopularity = (a: NamedRow, b: NamedRow): number =>
  b.popularity - a.popularity || a.name.length - b.name.length || (a.name < b.name ? -1 : 1);

/** Words as a name would join them. */
const nameOf = (text: string): string => text.toLowerCase().replace(/\s+/g, '-');
