import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface SyncRequestRow {
  uid: string;
  mode: string;
  state: string;
  requested_by: string;
  requested_at: Date;
}

/** How many of a registry's requests are kept. */
const MOST_KEPT = 1000;
const COLUMNS = 'uid, mode, state, requested_by, requested_at';

/** Synchronisations that were asked for. Takes inside ids. */
@Injectable()
export class SyncRequestRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async record(request: { uid: string; entryId: string; mode: string; requestedBy: string }): Promise<SyncRequestRow> {
    const { uid, entryId, mode, requestedBy } = request;
    const [row] = await this.uow.query<SyncRequestRow & object>(
      `INSERT INTO registry_sync_request (uid, entry_id, mode, state, requested_by) VALUES ($1, $2, $3, 'recorded', $4)
       RETURNING ${COLUMNS}`,
      [uid, entryId, mode, requestedBy],
    );
    await this.uow.query(
      `DELETE FROM registry_sync_request WHERE entry_id = $1 AND id <= (
         SELECT id FROM registry_sync_request WHERE entry_id = $1 ORDER BY id DESC OFFSET ${MOST_KEPT} LIMIT 1)`,
      [entryId],
    );
    return row;
  }

  list(entryId: string, limit: number): Promise<SyncRequestRow[]> {
    return this.uow.query<SyncRequestRow & object>(
      `SELECT ${COLUMNS} FROM registry_sync_request WHERE entry_id = $1 ORDER BY id DESC LIMIT $2`,
      [entryId, limit],
    );
  }
}
