import { Injectable } from '@nestjs/common';
import { TickBatch } from '../platform/database/tick-batch.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import type { EntryDraft } from './entry-draft.js';
import { entryFilter } from './entry-filter.js';
import type { EntryFilter } from './entry-filter.js';
import { ENTRY_COLUMNS } from './entry-response.js';
import type { EntryRow } from './entry-response.js';
import { currentViewer, statementFor, visible } from './visibility.js';

/** A draft on its way into a row. */
export interface NewEntry {
  uid: string;
  draft: EntryDraft;
  checksum: string;
}

export interface EntryPage {
  /** A column of the wire's sorts; the inside id breaks ties in the same direction. */
  sort: 'created_at' | 'updated_at' | 'name' | 'popularity';
  descending: boolean;
  limit: number;
  offset?: number;
  /** Sort value and inside id of the last row of the page before. */
  after?: readonly [value: string | number, id: string];
}

/** Pages are read in one statement shape per question, so that the database keeps their plans. */
const CAST: Record<EntryPage['sort'], string> = {
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  name: 'text',
  popularity: 'real',
};

/** What `json_to_recordset` makes of a {@link NewEntry}. */
const RECORD = `AS n(uid uuid, kind text, name text, version text, title text, description text, feature text, status text,
  health text, owner text, tags text[], metadata jsonb, spec jsonb, regions text[], compliance_status jsonb,
  security_context jsonb, checksum text, registry_id uuid)`;

const REGISTRY = '(SELECT r.id FROM entry r WHERE r.uid = n.registry_id)';

const WRITABLE = [
  'title', 'description', 'feature', 'status', 'health', 'owner', 'tags', 'metadata', 'spec', 'regions',
  'compliance_status', 'security_context', 'checksum',
]; // prettier-ignore

const INSERT = `
  INSERT INTO entry AS e (uid, kind, name, version, ${WRITABLE.join(', ')}, registry_id, created_at, updated_at)
  SELECT uid, kind, name, version, ${WRITABLE.join(', ')}, ${REGISTRY}, now.at, now.at
  FROM json_to_recordset($1::json) ${RECORD}, (SELECT clock_timestamp() AS at OFFSET 0) now`;

/** A draft has an entry's own health: what its dependencies leave of it stays until they are asked anew. */
const OWN_ALONE = `n.health = 'unhealthy' OR e.reported_health IS NULL`;
const HEALTH = `
  health = CASE WHEN ${OWN_ALONE} THEN n.health ELSE 'degraded' END,
  reported_health = CASE WHEN ${OWN_ALONE} THEN NULL ELSE n.health END`;

const UPDATE = `
  UPDATE entry e SET ${WRITABLE.map((column) => (column === 'health' ? HEALTH : `${column} = n.${column}`)).join(', ')},
    registry_id = ${REGISTRY}, revision = e.revision + 1, updated_at = clock_timestamp()
  FROM json_to_recordset($1::json) ${RECORD} WHERE e.uid = n.uid RETURNING ${ENTRY_COLUMNS}`;

const BY_ID = `SELECT ${ENTRY_COLUMNS} FROM entry e WHERE e.id = $1`;

function record({ uid, draft, checksum }: NewEntry): object {
  const { type, ...fields } = draft;
  return { uid, kind: type, ...fields, checksum };
}

const records = (entries: readonly NewEntry[]): string => JSON.stringify(entries.map(record));

function rowOf({ uid, draft, checksum }: NewEntry, made: { id: string; created_at: Date }): EntryRow {
  const { type, ...fields } = draft;
  return {
    id: made.id,
    uid,
    kind: type,
    ...fields,
    reported_health: null,
    sync_status: {},
    popularity: 0,
    checksum,
    revision: 1,
    created_at: made.created_at,
    updated_at: made.created_at,
    accessed_at: null,
  };
}

/** Entries asked for in one turn of the event loop that share a statement. */
const MOST_TOGETHER = 100;

/** Rows of the catalog by hand-written SQL: the columns an answer needs, no row class hydrated. */
@Injectable()
export class EntryRepository {
  private readonly byUid = new TickBatch((uids) => this.findByUids(uids), MOST_TOGETHER);

  constructor(private readonly uow: UnitOfWork) {}

  async find(id: string): Promise<EntryRow | undefined> {
    return (await this.uow.query<EntryRow & object>(BY_ID, [id], 'entry-get'))[0];
  }

  /** Undefined also for what the caller may not see. */
  findByUid(uid: string): Promise<EntryRow | undefined> {
    const viewer = currentViewer();
    if (this.uow.inTransaction) return this.findByUids([uid]).then((found) => found.get(uid));
    return this.byUid.find(uid, viewer === undefined ? '' : JSON.stringify(viewer));
  }

  /** The row, locked until the transaction ends. */
  async lock(id: string): Promise<EntryRow | undefined> {
    return (await this.uow.query<EntryRow & object>(`${BY_ID} FOR UPDATE OF e`, [id], 'entry-lock'))[0];
  }

  /** The rows of these identities that the caller may see, locked, in an order every caller keeps. */
  lockByIdentity(identities: readonly Pick<EntryDraft, 'type' | 'name' | 'version'>[]): Promise<EntryRow[]> {
    const values: unknown[] = [
      identities.map((one) => one.type),
      identities.map((one) => one.name),
      identities.map((one) => one.version),
    ];
    return this.uow.query<EntryRow & object>(
      `SELECT ${ENTRY_COLUMNS} FROM entry e
       WHERE (e.kind, e.name, e.version) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
         AND ${visible('e.id', values)}
       ORDER BY e.id FOR UPDATE OF e`,
      values,
      statementFor('entry-lock-identities'),
    );
  }

  list(filter: EntryFilter, page: EntryPage): Promise<EntryRow[]> {
    const values: unknown[] = [];
    let where = entryFilter(filter, values);
    const direction = page.descending ? 'DESC' : 'ASC';
    if (page.after) {
      values.push(page.after[0], page.after[1]);
      const comparison = page.descending ? '<' : '>';
      where += ` AND (e.${page.sort}, e.id) ${comparison} ($${values.length - 1}::${CAST[page.sort]}, $${values.length}::bigint)`;
    }
    values.push(page.limit, page.offset ?? 0);
    return this.uow.query<EntryRow & object>(
      `SELECT ${ENTRY_COLUMNS} FROM entry e WHERE ${where} ORDER BY e.${page.sort} ${direction}, e.id ${direction}
       LIMIT $${values.length - 1} OFFSET $${values.length}`,
      values,
    );
  }

  async count(filter: EntryFilter): Promise<number> {
    const values: unknown[] = [];
    const where = entryFilter(filter, values);
    const rows = await this.uow.query<{ n: string }>(`SELECT count(*) AS n FROM entry e WHERE ${where}`, values);
    return Number(rows[0].n);
  }

  /** Inserts those whose identity is free and answers their rows; a taken one is left out. */
  async insertFree(entries: readonly NewEntry[]): Promise<EntryRow[]> {
    const made = await this.uow.query<{ id: string; uid: string; created_at: Date }>(
      `${INSERT} ON CONFLICT ON CONSTRAINT entry_kind_name_key DO NOTHING RETURNING id, uid, created_at`,
      [records(entries)],
      'entry-insert-free',
    );
    // The rest of a row is what was sent: nothing needs to come back for it.
    const sent = new Map(entries.map((entry) => [entry.uid, entry]));
    return made.map((row) => rowOf(sent.get(row.uid)!, row));
  }

  /** Replaces the writable part of the entries of these uids. */
  replace(entries: readonly NewEntry[]): Promise<EntryRow[]> {
    return this.uow.query<EntryRow & object>(UPDATE, [records(entries)], 'entry-replace');
  }

  async delete(id: string): Promise<void> {
    await this.uow.query('DELETE FROM entry WHERE id = $1', [id]);
  }

  /** Every entry the caller may see in the order they were made, a page at a time. */
  page(afterId: string, limit: number): Promise<EntryRow[]> {
    const values: unknown[] = [afterId, limit];
    return this.uow.query<EntryRow & object>(
      `SELECT ${ENTRY_COLUMNS} FROM entry e WHERE e.id > $1 AND ${visible('e.id', values)} ORDER BY e.id LIMIT $2`,
      values,
    );
  }

  private async findByUids(uids: readonly string[]): Promise<Map<string, EntryRow>> {
    // For one alone PostgreSQL keeps the plan; for a list of any length it makes one each time.
    const [condition, value, name] =
      uids.length === 1
        ? ['e.uid = $1', uids[0], 'entry-get-by-uid']
        : ['e.uid = ANY($1::uuid[])', uids, 'entry-get-by-uids'];
    const values: unknown[] = [value];
    const sql = `SELECT ${ENTRY_COLUMNS} FROM entry e WHERE ${condition} AND ${visible('e.id', values)}`;
    const rows = await this.uow.query<EntryRow & object>(sql, values, statementFor(name));
    return new Map(rows.map((row) => [row.uid, row]));
  }
}
