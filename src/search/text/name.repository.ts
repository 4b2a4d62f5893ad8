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

/** So many names of a range are sorted whole; of a longer range the most popular entries and the first names are taken. */
const MOST_SORTED = 2000;
const MOST_POPULAR = 5000;
const MOST_EXACT = 100;
const LIKE_SPECIAL = /[\\%_]/g;
const COLUMNS = 'e.id, e.kind, e.name, e.title, e.popularity';

/** Entries by how their name begins, without a walk that depends on how many there are. */
@Injectable()
export class NameRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Entries of just this name (in any type and version), id or key, the most depended upon first. */
  exactly(text: string, filter: EntryFilter): Promise<NamedRow[]> {
    const values: unknown[] = [];
    const parameter = (value: unknown): string => `$${values.push(value)}`;
    const conditions = [`e.name = ${parameter(nameOf(text))}`];
    const reference = parseReference(text);
    if (reference && 'uid' in reference) conditions.push(`e.uid = ${parameter(reference.uid)}`);
    else if (reference) {
      const version = reference.version === undefined ? '' : ` AND e.version = ${parameter(reference.version)}`;
      conditions.push(`(e.kind = ${parameter(reference.type)} AND e.name = ${parameter(reference.name)}${version})`);
    }
    return this.uow.query<NamedRow>(
      `WITH found AS MATERIALIZED (
         SELECT ${COLUMNS} FROM entry e WHERE (${conditions.join(' OR ')}) AND ${entryFilter(filter, values)}
         ORDER BY e.name USING ~<~, e.id LIMIT ${MOST_SORTED}
       )
       SELECT * FROM found ORDER BY popularity DESC, id DESC LIMIT ${MOST_EXACT}`,
      values,
    );
  }

  /** Entries whose name begins so, the most depended upon first. */
  beginning(text: string, filter: EntryFilter, limit: number): Promise<NamedRow[]> {
    const values: unknown[] = [`${nameOf(text).replace(LIKE_SPECIAL, '\\$&')}%`];
    const conditions = `e.name LIKE $1 AND ${entryFilter(filter, values)}`;
    return this.uow.query<NamedRow>(
      `WITH first AS MATERIALIZED (
         SELECT ${COLUMNS} FROM entry e WHERE ${conditions} ORDER BY e.name USING ~<~, e.id LIMIT ${MOST_SORTED + 1}
       ), popular AS MATERIALIZED (
         SELECT ${COLUMNS} FROM (SELECT * FROM entry ORDER BY popularity DESC, id DESC LIMIT ${MOST_POPULAR}) e
         WHERE (SELECT count(*) FROM first) > ${MOST_SORTED} AND ${conditions}
       )
       SELECT * FROM (SELECT * FROM first UNION SELECT * FROM popular) u
       ORDER BY popularity DESC, length(name), name, id LIMIT ${Number(limit)}`,
      values,
    );
  }

  /** In this order. */
  byIds(ids: readonly string[]): Promise<NamedRow[]> {
    return this.uow.query<NamedRow>(
      `SELECT ${COLUMNS} FROM unnest($1::bigint[]) WITH ORDINALITY AS u (entry_id, n)
       JOIN entry e ON e.id = u.entry_id ORDER BY u.n`,
      [ids],
      'search-names-by-ids',
    );
  }
}

/** Words as a name would join them. */
const nameOf = (text: string): string => text.toLowerCase().replace(/\s+/g, '-');
