import { Injectable } from '@nestjs/common';
import { isForeignKeyViolation } from '../../../platform/database/database-errors.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { NotFoundError } from '../../../platform/errors/registry-error.js';
import { EntryLogRepository } from './entry-log.repository.js';
import type { LogFilter, LogRow } from './entry-log.repository.js';
import type { LogLineCreate } from './entry-log.dto.js';

/** The last lines each entry has logged. */
@Injectable()
export class EntryLogs {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: EntryLogRepository,
  ) {}

  /** Takes an inside id. @throws NotFoundError when the entry has gone */
  async write(entryId: string, lines: readonly LogLineCreate[]): Promise<void> {
    if (lines.length === 0) return;
    const rows = lines.map(({ level, message, at, fields }) => ({
      level,
      message,
      at: at ? new Date(at) : null,
      fields: fields ?? null,
    }));
    try {
      await this.uow.run(() => this.repository.append(entryId, rows));
    } catch (error) {
      if (isForeignKeyViolation(error)) throw new NotFoundError('entity', entryId);
      throw error;
    }
  }

  /** Newest first. */
  list(entryId: string, filter: LogFilter): Promise<LogRow[]> {
    return this.repository.list(entryId, filter);
  }
}
