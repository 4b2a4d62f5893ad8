import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { currentActor, currentRequest } from '../platform/http/request-context.js';
import { OutboxSignal } from './outbox-signal.js';

export interface NewEvent {
  /** The wire's name: `entity_created`, `relationship_deleted` … */
  type: string;
  /** Inside id of the entry it is about, for its history. */
  entryId?: string;
  /** `{ entity, patch? }` or `{ relationships: [...] }`; stored as it is now, answered as it is. */
  payload: object;
  /** How many messages the row stands for (the length of `relationships`); 1 when left out. */
  span?: number;
}

const INSERT = `
  INSERT INTO event (type, entry_id, actor, request_id, payload, span)
  SELECT e.type, e.entry_id, $2, $3, e.payload, coalesce(e.span, 1)
  FROM ROWS FROM (json_to_recordset($1::json) AS (type text, entry_id bigint, payload jsonb, span int))
    WITH ORDINALITY AS e (type, entry_id, payload, span, n)
  ORDER BY e.n`;

/** Events written in the transaction that makes the change: both are there after a commit, or neither is. */
@Injectable()
export class Outbox {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly signal: OutboxSignal,
  ) {}

  /** Writes the events of one change, in this order, in one statement. Throws outside of `UnitOfWork.run`. */
  async record(events: readonly NewEvent[]): Promise<void> {
    if (!this.uow.inTransaction) throw new Error('Events are recorded in the transaction of their change.');
    if (events.length === 0) return;
    await this.uow.query(
      INSERT,
      [
        JSON.stringify(events.map(({ type, entryId, payload, span }) => ({ type, entry_id: entryId, payload, span }))),
        currentActor(),
        currentRequest()?.requestId ?? null,
      ],
      'outbox-record',
    );
    this.uow.afterCommit(() => this.signal.committed());
  }
}
