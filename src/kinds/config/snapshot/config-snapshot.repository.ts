import { Injectable } from '@nestjs/common';
import { ENTRY_COLUMNS } from '../../../entries/entry-response.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** A value as it was found, or that it is gone. */
export interface ChangedRow {
  idx: number;
  uid: string;
  name: string;
  scope: string;
  at: Date;
  /** Undefined when it is gone. */
  row?: EntryRow & {
    readers: string[] | null;
    sealed: string | null;
    current_version: number | null;
    made_idx?: string | null;
  };
}

type LoadedRow = Omit<EntryRow, 'id'> & {
  id: string | null;
  idx: string;
  change_uid: string;
  change_name: string;
  change_scope: string;
  change_at: Date;
  readers: string[] | null;
  sealed: string | null;
  current_version: number | null;
  made_idx: string | null;
};

/** How long a value that is gone is told of. */
const KEPT = '10 minutes';

/** Reads what is kept in memory, whoever asks: who may see it is decided when it is answered. */
@Injectable()
export class ConfigSnapshotRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** What has changed after a number, in the order of the changes. */
  async changesAfter(idx: number): Promise<ChangedRow[]> {
    const rows = await this.uow.query<LoadedRow & object>(
      `SELECT ${ENTRY_COLUMNS}, c.idx, c.uid AS change_uid, c.name AS change_name, c.scope AS change_scope,
         c.at AS change_at, c.made_idx, x.readers, s.sealed,
         (SELECT max(v.version) FROM config_version v WHERE v.name = c.name AND v.scope = c.scope) AS current_version
       FROM config_change c LEFT JOIN entry e ON e.id = c.entry_id
         LEFT JOIN entry_restriction x ON x.entry_id = e.id
         LEFT JOIN entry_secret s ON s.entry_id = e.id AND s.field = 'spec/value'
       WHERE c.idx > $1 ORDER BY c.idx`,
      [idx],
      'config-changes',
    );
    return rows.map(
      ({ idx: number, change_uid: uid, change_name: name, change_scope: scope, change_at: at, ...row }) => ({
        idx: Number(number),
        uid,
        name,
        scope,
        at,
        ...(row.id !== null && { row: row as NonNullable<ChangedRow['row']> }),
      }),
    );
  }

  /** Number of the newest change that is visible. */
  async head(): Promise<number> {
    const [{ idx }] = await this.uow.query<{ idx: string }>('SELECT idx FROM config_head', [], 'config-head');
    return Number(idx);
  }

  async forgetGone(): Promise<void> {
    await this.uow.query(`DELETE FROM config_change WHERE removed AND at < clock_timestamp() - interval '${KEPT}'`);
  }
}
