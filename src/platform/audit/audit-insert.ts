import type { UnitOfWork } from '../database/unit-of-work.js';
import type { AuditOrigin, AuditRecord } from './audit-record.js';

/** A row to be written. */
export type AuditRow = AuditRecord & AuditOrigin;

const INSERT = `
  INSERT INTO audit (actor, actor_type, actor_name, credential, address, request_id, action, outcome, subject_type,
    subject_id, subject_key, before, after, details)
  SELECT r.actor, r.actor_type, r.actor_name, r.credential, r.address, r.request_id, r.action, coalesce(r.outcome, 'success'),
    r.subject_type, r.subject_id, r.subject_key, r.before, r.after, r.details
  FROM ROWS FROM (json_to_recordset($1::json) AS (actor text, actor_type text, actor_name text, credential text,
    address text, request_id text, action text, outcome text, subject_type text, subject_id text, subject_key text,
    before jsonb, after jsonb, details jsonb)) WITH ORDINALITY AS r (actor, actor_type, actor_name, credential,
    address, request_id, action, outcome, subject_type, subject_id, subject_key, before, after, details, n)
  ORDER BY r.n`;

/** Writes rows in this order, in one statement. */
export async function insertAudit(uow: UnitOfWork, rows: readonly AuditRow[]): Promise<void> {
  const records = rows.map(({ subject, ...row }) => ({
    ...row,
    subject_type: subject?.type,
    subject_id: subject?.id,
    subject_key: subject?.key,
  }));
  await uow.query(INSERT, [JSON.stringify(records)]);
}
