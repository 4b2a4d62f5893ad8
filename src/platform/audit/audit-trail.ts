import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { RegistryError } from '../errors/registry-error.js';
import { currentRequest } from '../http/request-context.js';
import { AuditNotes } from './audit-notes.js';
import { currentOrigin } from './audit-record.js';
import type { AuditOrigin, AuditRecord } from './audit-record.js';
import { insertAudit } from './audit-insert.js';

/**
 * The record of who did what, append-only and sealed afterwards by a chain of hashes. Whoever changes something besides
 * the catalog says so here; changes of the catalog are recorded with their events, by the Outbox.
 */
@Injectable()
export class AuditTrail {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly notes: AuditNotes,
  ) {}

  /**
   * Writes what happened, with who and from where. Inside of `UnitOfWork.run` it is part of that transaction; outside of
   * one it is there when the promise resolves.
   */
  async record(...records: AuditRecord[]): Promise<void> {
    if (records.length === 0) return;
    const origin = currentOrigin();
    await insertAudit(
      this.uow,
      records.map((record) => ({ ...origin, ...record })),
    );
  }

  /**
   * Notes a refusal, without waiting: it is written within a second, also when the transaction around it is rolled back. The
   * same again (caller, address, action, subject, details) within a minute becomes one row with a count.
   */
  note(record: AuditRecord): void {
    this.notes.add({ ...currentOrigin(), outcome: 'denied', ...record });
  }

  /**
   * Notes an error that refuses somebody who is known: a missing permission, a spent quota. Whatever else an error says is
   * no refusal. `origin` where no request is running.
   */
  refused(error: RegistryError, origin: Partial<AuditOrigin> & { route?: string } = {}): void {
    const source = currentRequest()?.source;
    const { route = `${source?.method} ${source?.route?.path ?? ''}`, ...who } = origin;
    const { code, extra } = error;
    if (error.status === 403)
      this.note({ ...who, action: 'permission.denied', details: { route, code, missing: extra?.missing } });
    else if (code === 'rate_limit.exceeded')
      this.note({ ...who, action: 'quota.exceeded', details: { policies: extra?.['violated-policies'] } });
  }
}
