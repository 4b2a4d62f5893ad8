import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export interface EntryEventRow {
  /** Inside id of the event. */
  id: string;
  /** Of an event of this moment none is given yet. */
  seq: string | null;
  type: string;
  actor: string;
  request_id: string | null;
  at: Date;
  revision: number | null;
  status: string | null;
  health: string | null;
  /** What is told beside the entity. */
  detail: Record<string, unknown>;
}

/** What happened to one entry, from the events of its changes. */
@Injectable()
export class EntryEventRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Newest first. */
  list(
    entryId: string,
    types: readonly string[] | undefined,
    page: { limit: number; offset: number; beforeId?: string },
  ): Promise<EntryEventRow[]> {
    return this.uow.query<EntryEventRow & object>(
      `SELECT id, seq, type, actor, request_id, at, (payload #>> '{entity,revision}')::int AS revision,
         payload #>> '{entity,status}' AS status, payload #>> '{entity,health}' AS health, payload - 'entity' AS detail
       FROM event WHERE entry_id = $1 AND ($2::text[] IS NULL OR type = ANY ($2)) AND ($3::bigint IS NULL OR id < $3)
       ORDER BY id DESC LIMIT $4 OFFSET $5`,
      [entryId, types ?? null, page.beforeId ?? null, page.limit, page.offset],
    );
  }

  async count(entryId: string, types: readonly string[] | undefined): Promise<number> {
    const rows = await this.uow.query<{ n: string }>(
      'SELECT count(*) AS n FROM event WHERE entry_id = $1 AND ($2::text[] IS NULL OR type = ANY ($2))',
      [entryId, types ?? null],
    );
    return Number(rows[0].n);
  }
}
