import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../platform/audit/audit-trail.js';
import { DatabaseSnapshots } from '../platform/database/backup/database-snapshots.js';
import { VERSION } from '../platform/env/version.js';
import { ConflictError } from '../platform/errors/registry-error.js';

/** Backups of everything, one at a time: each holds a moment of the database open, or a copy of it. */
@Injectable()
export class BackupService {
  private running = false;

  constructor(
    private readonly snapshots: DatabaseSnapshots,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * The text of a backup as it is now. That it was asked for is recorded before, and so stands in the backup too.
   * @throws ConflictError `backup.in_progress` while this process makes another one
   */
  async *pieces(): AsyncGenerator<string, void> {
    if (this.running)
      throw new ConflictError(
        'backup.in_progress',
        'A backup is being made by this process: try again when it is done.',
      );
    this.running = true;
    try {
      await this.audit.record({ action: 'backup.create' });
      const snapshot = await this.snapshots.open();
      try {
        yield* snapshot.pieces(VERSION);
      } finally {
        await snapshot.close();
      }
    } finally {
      this.running = false;
    }
  }
}
