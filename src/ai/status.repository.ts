import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/database/unit-of-work.js';

/** Counting goes no further: a backlog this long says enough. */
const MOST_COUNTED = 100_000;

@Injectable()
export class AiStatusRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Entries behind this inside id, at most {@link MOST_COUNTED}: those no model has looked at yet. */
  async entriesAfter(id: string): Promise<number> {
    const [{ n }] = await this.uow.query<{ n: string }>(
      'SELECT count(*) AS n FROM (SELECT FROM entry WHERE id > $1 LIMIT $2) e',
      [id, MOST_COUNTED],
    );
    return Number(n);
  }

  /** Events whose entries the models have not followed yet. */
  async eventsLeft(): Promise<number> {
    const rows = await this.uow.query<{ n: string }>(
      "SELECT greatest(s.seq - c.seq, 0) AS n FROM event_consumer c, event_sequence s WHERE c.name = 'embeddings'",
    );
    return Number(rows[0]?.n ?? 0);
  }
}
