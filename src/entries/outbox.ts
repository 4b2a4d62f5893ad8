import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { currentActor } from '../platform/http/request-context.js';
import { currentOrigin } from '../platform/audit/audit-record.js';
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
  /** Of a change what is different, for the audit trail; what was made or removed stands there as in the payload. */
  change?: { before: object; after: object };
}

/** The event and its row of the audit trail in one statement: the payload travels and is read once. */
const INSERT = `
  WITH e AS MATERIALIZED (
    SELECT * FROM ROWS FROM (json_to_recordset($1::json) AS (type text, entry_id bigint, payload jsonb, span int, action text,
      subject text, before jsonb, after jsonb)) WITH ORDINALITY
      AS e (type, entry_id, payload, span, action, subject, before, after, n)
  ), written AS (
    INSERT INTO event (type, entry_id, actor, request_id, payload, span)
    SELECT type, entry_id, $2, $8, payload, span FROM e ORDER BY n
  )
  INSERT INTO audit (actor, actor_type, actor_name, credential, address, request_id, action, outcome, subject_type,
    subject_id, subject_key, before, after)
  SELECT $3, $4, $5, $6, $7, $8, action, 'success', subject,
    CASE WHEN subject = 'entity' THEN payload #>> '{entity,id}' WHEN span = 1 THEN payload #>> '{relationships,0,id}' END,
    payload #>> '{entity,key}',
    CASE WHEN action LIKE '%.delete' THEN coalesce(payload -> 'entity', payload) ELSE before END,
    CASE WHEN action LIKE '%.delete' THEN NULL WHEN before IS NULL THEN coalesce(payload -> 'entity', payload) ELSE after END
  FROM e ORDER BY n`;

const ACTIONS: Readonly<Record<string, string>> = { created: 'create', updated: 'update', deleted: 'delete' };

/** `entity_created` is the action `entity.create` on an `entity`; other events of entries keep their word: `entity.transition`. */
function actionOf(type: string): { action: string; subject: string } {
  const [, subject, what] = /^(entity|relationship)_(created|updated|deleted)$/.exec(type) ?? [];
  return subject ? { action: `${subject}.${ACTIONS[what]}`, subject } : { action: `entity.${type}`, subject: 'entity' };
}

/** Events written in the transaction that makes the change, and who made it beside them: all are there after a commit, or none is. */
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
    const { actor, actor_type, actor_name, credential, address, request_id } = currentOrigin();
    await this.uow.query(
      INSERT,
      [
        JSON.stringify(events.map(rowOf)),
        currentActor(),
        actor,
        actor_type,
        actor_name,
        credential,
        address,
        request_id,
      ],
      'outbox-record',
    );
    this.uow.afterCommit(() => this.signal.committed());
  }
}

const rowOf = ({ type, entryId, payload, span = 1, change }: NewEvent): object => ({
  type,
  entry_id: entryId,
  payload,
  span,
  ...actionOf(type),
  before: change?.before,
  after: change?.after,
});
