import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { NotFoundError } from '../platform/errors/registry-error.js';
import { compareVersions, parseReference } from './entry-key.js';
import { statementFor, visible } from './visibility.js';

/** An entry's inside id beside what it is known by. */
export interface ResolvedEntry {
  /** Inside id (bigint as text). */
  id: string;
  uid: string;
  kind: string;
  name: string;
  version: string;
}

/** A key as it was given, taken apart. */
interface NameReference {
  text: string;
  type: string;
  name: string;
  version?: string;
}

const COLUMNS = 'e.id, e.uid, e.kind, e.name, e.version';
const BY_UID = `SELECT ${COLUMNS} FROM entry e WHERE e.uid = $1`;
const BY_NAME = `SELECT ${COLUMNS} FROM entry e WHERE e.kind = $1 AND e.name = $2`;
const BY_UIDS = `SELECT ${COLUMNS} FROM entry e WHERE e.uid = ANY ($1::uuid[])`;
const BY_NAMES = `
  SELECT r.text, ${COLUMNS} FROM json_to_recordset($1::json) AS r(text text, type text, name text, version text)
  JOIN entry e ON e.kind = r.type AND e.name = r.name AND (r.version IS NULL OR e.version = r.version) WHERE true`;

const newest = (rows: ResolvedEntry[]): ResolvedEntry | undefined =>
  rows.reduce<ResolvedEntry | undefined>(
    (best, row) => (best && compareVersions(best.version, row.version) >= 0 ? best : row),
    undefined,
  );

/**
 * Turns what clients name entries by into inside ids. A key without a version means the newest. What the caller may not
 * see is not there.
 */
@Injectable()
export class EntryIds {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws NotFoundError (`entity.not_found`) */
  async resolve(idOrKey: string): Promise<ResolvedEntry> {
    const found = await this.find(idOrKey);
    if (!found) throw new NotFoundError('entity', idOrKey);
    return found;
  }

  async find(idOrKey: string): Promise<ResolvedEntry | undefined> {
    const reference = parseReference(idOrKey);
    if (!reference) return undefined;
    if ('uid' in reference) return (await this.ask<ResolvedEntry>(BY_UID, [reference.uid], 'entry-by-uid'))[0];
    const rows = await this.ask<ResolvedEntry>(BY_NAME, [reference.type, reference.name], 'entry-by-name');
    return reference.version === undefined ? newest(rows) : rows.find((row) => row.version === reference.version);
  }

  /** The entries behind many ids or keys, by the text given; unknown ones are absent. */
  async resolveMany(idsOrKeys: Iterable<string>): Promise<Map<string, ResolvedEntry>> {
    const uids = new Map<string, string[]>();
    const names: NameReference[] = [];
    for (const text of new Set(idsOrKeys)) {
      const reference = parseReference(text);
      if (!reference) continue;
      if (!('uid' in reference)) names.push({ text, ...reference });
      else if (!uids.get(reference.uid)?.push(text)) uids.set(reference.uid, [text]);
    }
    const found = await this.byName(names);
    if (uids.size === 0) return found;
    const rows = await this.ask<ResolvedEntry>(BY_UIDS, [[...uids.keys()]], 'entries-by-uid');
    for (const row of rows) for (const text of uids.get(row.uid)!) found.set(text, row);
    return found;
  }

  private async byName(references: readonly NameReference[]): Promise<Map<string, ResolvedEntry>> {
    const byText = new Map<string, ResolvedEntry>();
    if (references.length === 0) return byText;
    const rows = await this.ask<ResolvedEntry & { text: string }>(
      BY_NAMES,
      [JSON.stringify(references)],
      'entries-by-name',
    );
    for (const row of rows) {
      const best = byText.get(row.text);
      if (!best || compareVersions(best.version, row.version) < 0) byText.set(row.text, row);
    }
    return byText;
  }

  private ask<Row>(sql: string, values: unknown[], name: string): Promise<(Row & object)[]> {
    const seen = visible('e.id', values);
    return this.uow.query<Row & object>(`${sql} AND ${seen}`, values, statementFor(name));
  }
}
