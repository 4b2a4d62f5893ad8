import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** What flags were, from the events of their changes. */
@Injectable()
export class RevisionRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The spec of an earlier revision; undefined for one that never was, or that is kept no more. */
  async specOf(entryId: string, revision: number): Promise<Record<string, unknown> | undefined> {
    const rows = await this.uow.query<{ spec: Record<string, unknown> }>(
      `SELECT payload #> '{entity,spec}' AS spec FROM event
       WHERE entry_id = $1 AND (payload #>> '{entity,revision}')::integer = $2 AND payload #> '{entity,spec}' IS NOT NULL
       ORDER BY id DESC LIMIT 1`,
      [entryId, revision],
    );
    return rows[0]?.spec;
  }
}
