import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { draftOfRow } from '../entries.service.js';
import { EntryRepository } from '../entry.repository.js';
import type { EntryRow } from '../entry-response.js';
import { EntrySecrets } from '../secrets/entry-secrets.js';
import { HealthPropagation, ownHealth } from './health-propagation.js';
import type { CauseResponse } from './health-propagation.js';
import { HealthRepository } from './health.repository.js';
import { PropagationRepository } from './propagation.repository.js';

/** What somebody outside says of an entry. */
export interface HealthReport {
  status: string;
  message?: string | null;
  /** Not renewed by then it turns unhealthy. */
  ttlSeconds?: number | null;
}

const EXPIRED = 'no report came in time';
const EXPIRED_TOGETHER = 500;

/** The own health of entries: what is reported, and what probes find. Each change is one transaction. */
@Injectable()
export class HealthService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly entries: EntryRepository,
    private readonly secrets: EntrySecrets,
    private readonly health: HealthRepository,
    private readonly changes: PropagationRepository,
    private readonly propagation: HealthPropagation,
  ) {}

  /**
   * Takes a report down, and gives the entry this health. Takes an inside id; joins a running transaction. Undefined when
   * the entry is gone.
   */
  report(entryId: string, report: HealthReport): Promise<EntryRow | undefined> {
    const { status, message = null, ttlSeconds } = report;
    return this.uow.run(async () => {
      const row = await this.locked(entryId, status);
      if (!row) return undefined;
      await this.health.report(entryId, { status, source: 'report', message }, ttlSeconds ?? undefined);
      return this.write(row, status, { type: 'report', ...(message !== null && { message }) });
    });
  }

  /** Gives the entry another health of its own, as it was observed; the same when it has it. Takes an inside id. */
  turn(entryId: string, status: string, cause: Pick<CauseResponse, 'type' | 'message'>): Promise<EntryRow | undefined> {
    return this.uow.run(async () => {
      const row = await this.locked(entryId, status);
      return row && this.write(row, status, cause);
    });
  }

  /** Calls unhealthy whose last report has run out. Answers how many. */
  async expire(): Promise<number> {
    const ids = await this.health.expired(EXPIRED_TOGETHER);
    for (const id of ids)
      await this.uow.run(async () => {
        const row = await this.locked(id, 'unhealthy');
        if (row && (await this.health.expire(id, EXPIRED)))
          await this.write(row, 'unhealthy', { type: 'ttl', message: EXPIRED });
      });
    return ids.length;
  }

  /** Propagation locks before rows, so what may have to propagate locks it first. */
  private async locked(id: string, status: string): Promise<EntryRow | undefined> {
    const now = await this.entries.find(id);
    if (!now) return undefined;
    if (ownHealth(now) !== status && [ownHealth(now), status].includes('unhealthy')) await this.propagation.lock();
    return this.entries.lock(id);
  }

  private async write(
    row: EntryRow,
    status: string,
    cause: Pick<CauseResponse, 'type' | 'message'>,
  ): Promise<EntryRow> {
    if (ownHealth(row) === status) return row;
    const stored = (await this.secrets.stored([row])).get(row.id) ?? [];
    const { checksum } = await this.secrets.conceal(row.uid, { ...draftOfRow(row), health: status }, stored);
    const after = await this.changes.setOwn(row.id, status, checksum);
    const settled = await this.propagation.ownChanged([{ before: row, after }], cause);
    return settled.get(row.id) ?? after;
  }
}
