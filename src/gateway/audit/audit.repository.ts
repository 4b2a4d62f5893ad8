import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { AuditEntry } from './audit.dto.js';
import { conditionsOf } from './audit-filter.js';
import type { AuditFilter } from './audit-filter.js';

/** A row with its place in the chain. */
export interface AuditRow {
  id: string;
  at: Date;
  actor: string;
  actor_type: string;
  actor_name: string | null;
  credential: string | null;
  address: string | null;
  request_id: string | null;
  action: string;
  outcome: string;
  subject_type: string | null;
  subject_id: string | null;
  subject_key: string | null;
  before: object | null;
  after: object | null;
  details: object | null;
  seq: string | null;
  hash: string | null;
}

/** Where a page ended. */
export interface AuditPlace {
  at: string;
  id: string;
}

const COLUMNS = `a.id, a.at, a.actor, a.actor_type, a.actor_name, a.credential, a.address, a.request_id, a.action, a.outcome,
  a.subject_type, a.subject_id, a.subject_key, a.before, a.after, a.details, s.seq, encode(s.hash, 'hex') AS hash`;
/** Bytes of one page of an export, as stored; a bigger row comes alone. */
const PAGE_BYTES = 2 * 1024 ** 2;

/** Questions about what was recorded. */
@Injectable()
export class AuditRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The newest first, behind `after`. */
  newest(filter: AuditFilter, limit: number, after?: AuditPlace): Promise<AuditRow[]> {
    const values: unknown[] = [];
    const where = ['true', ...conditionsOf(filter, values)];
    if (after) where.push(`(a.at, a.id) < ($${values.push(after.at)}::timestamptz, $${values.push(after.id)}::bigint)`);
    return this.uow.query<AuditRow & object>(
      `SELECT ${COLUMNS} FROM (
         SELECT * FROM audit a WHERE ${where.join(' AND ')} ORDER BY a.at DESC, a.id DESC LIMIT ${limit}
       ) a LEFT JOIN audit_seal s ON s.audit_id = a.id ORDER BY a.at DESC, a.id DESC`,
      values,
    );
  }

  /** The database's clock, which rows are stamped by. */
  async now(): Promise<Date> {
    return (await this.uow.query<{ now: Date }>('SELECT clock_timestamp() AS now'))[0].now;
  }

  /** The oldest first, behind `after`, as many as fit a page; with the hash before each, and with what was hashed. */
  oldest(
    filter: AuditFilter,
    { limit, proof, after }: { limit: number; proof: boolean; after?: AuditPlace },
  ): Promise<(AuditRow & { previous: string | null; content?: string })[]> {
    const values: unknown[] = [];
    const where = ['true', ...conditionsOf(filter, values)];
    if (after) where.push(`(a.at, a.id) > ($${values.push(after.at)}::timestamptz, $${values.push(after.id)}::bigint)`);
    return this.uow.query(
      `WITH page AS (
         SELECT a.id, a.at, sum(pg_column_size(a.*)) OVER (ORDER BY a.at, a.id) - pg_column_size(a.*) AS before
         FROM (SELECT * FROM audit a WHERE ${where.join(' AND ')} ORDER BY a.at, a.id LIMIT ${limit}) a
       )
       SELECT ${COLUMNS}, encode(p.hash, 'hex') AS previous ${proof ? ', audit_text(a) AS content' : ''}
       FROM page JOIN audit a ON a.id = page.id LEFT JOIN audit_seal s ON s.audit_id = a.id
       LEFT JOIN audit_seal p ON p.seq = s.seq - 1
       WHERE page.before < ${PAGE_BYTES} ORDER BY page.at, page.id`,
      values,
    );
  }
}

export const toAuditEntry = (row: AuditRow): AuditEntry => ({
  id: row.id,
  at: row.at,
  actor: { id: row.actor, type: row.actor_type, name: row.actor_name, credential: row.credential },
  address: row.address,
  request_id: row.request_id,
  action: row.action,
  outcome: row.outcome,
  subject: row.subject_type === null ? null : { type: row.subject_type, id: row.subject_id, key: row.subject_key },
  before: row.before,
  after: row.after,
  details: row.details,
  seal: row.seq === null || row.hash === null ? null : { seq: Number(row.seq), hash: row.hash },
});
