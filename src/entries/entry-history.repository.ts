import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/database/unit-of-work.js';

export interface HistoryRow {
  id: string;
  type: string;
  actor: string;
  request_id: string | null;
  at: Date;
  revision: number;
  patch: object[] | null;
}

/** Kinds tell of more than changes of the row, and of a transition beside the change that it is. */
const IS_CHANGE = "type IN ('entity_created', 'entity_updated', 'entity_deleted')";

/** What happened to one entry, read from the events of its changes. */
@Injectable()
export class EntryHistoryRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Newest first. */
  list(entryId: string, page: { limit: number; offset: number; beforeId?: string }): Promise<HistoryRow[]> {
    return this.uow.query<HistoryRow & object>(
      `SELECT id, type, actor, request_id, at, (payload->'entity'->>'revision')::int AS revision, payload->'patch' AS patch
       FROM event WHERE entry_id = $1 AND ${IS_CHANGE} AND ($2::bigint IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $3 OFFSET $4`,
      [entryId, page.beforeId ?? null, page.limit, page.offset],
    );
  }

  async count(entryId: string): Promise<number> {
    const rows = await this.uow.query<{ n: string }>(
      `SELECT count(*) AS n FROM event WHERE entry_id = $1 AND ${IS_CHANGE}`,
      [entryId],
    );
    return Number(rows[0].n);
  }
}
