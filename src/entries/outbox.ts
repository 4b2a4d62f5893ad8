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

/**
 * The event and its row of the audit trail in one statement: the payload travels and is read once. `source` are common
 * table expressions, the last one `e`, whose parameters come behind those that say who, and from where.
 */
const insertFrom = (source: string): string => `
  WITH ${source}, written AS (
    INSERT INTO event (type, entry_id, actor, request_id, payload, span)
    SELECT type, entry_id, $1, $7, payload, span FROM e ORDER BY n
  )
  INSERT INTO audit (actor, actor_type, actor_name, credential, address, request_id, action, outcome, subject_type,
    subject_id, subject_key, before, after)
  SELECT $2, $3, $4, $5, $6, $7, action, 'success', subject,
    CASE WHEN subject = 'entity' THEN payload #>> '{entity,id}' WHEN span = 1 THEN payload #>> '{relationships,0,id}' END,
    payload #>> '{entity,key}',
    CASE WHEN action LIKE '%.delete' THEN coalesce(payload -> 'entity', payload) ELSE before END,
    CASE WHEN action LIKE '%.delete' THEN NULL WHEN before IS NULL THEN coalesce(payload -> 'entity', payload) ELSE after END
  FROM e ORDER BY n`;

const GIVEN = insertFrom(`e AS MATERIALIZED (
    SELECT * FROM ROWS FROM (json_to_recordset($8::json) AS (type text, entry_id bigint, payload jsonb, span int, action text,
      subject text, before jsonb, after jsonb)) WITH ORDINALITY
      AS e (type, entry_id, payload, span, action, subject, before, after, n)
  )`);

const ACTIONS: Readonly<Record<string, string>> = { created: 'create', updated: 'update', deleted: 'delete' };

/** `entity_created` is the action `entity.create` on an `entity`; other events of entries keep their word: `entity.transition`. */
function actionOf(type: string): { action: string; subject: string } {
  const [, subject, what] = /^(entity|relationship)_(created|updated|deleted)$/.exec(type) ?? [];
  return subject ? { action: `${subject}.${ACTIONS[what]}`, subject } : { action: `entity.${type}`, subject: 'entity' };
}

/**
 * A statement for {@link Outbox.recordBy} that makes changes of entries and tells of each, without fetching them in
 * between. `changes` are common table expressions, the last one `changed (entry_id, payload, before, after)`; their first
 * parameter is $8.
 */
export function changesTold(type: string, changes: string): string {
  const { action, subject } = actionOf(type);
  return insertFrom(`${changes}, e AS MATERIALIZED (
    SELECT '${type}'::text AS type, entry_id, payload, 1 AS span, '${action}'::text AS action, '${subject}'::text AS subject,
      before, after, row_number() OVER (ORDER BY entry_id) AS n
    FROM changed
  )`);
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
    this.assertInTransaction();
    if (events.length > 0) await this.recordBy(GIVEN, [JSON.stringify(events.map(rowOf))], 'outbox-record');
  }

  /** Runs a statement of {@link changesTold}, prepared under this name. */
  async recordBy(statement: string, values: readonly unknown[], name: string): Promise<void> {
    this.assertInTransaction();
    const { actor, actor_type, actor_name, credential, address, request_id } = currentOrigin();
    const origin = [currentActor(), actor, actor_type, actor_name, credential, address, request_id];
    await this.uow.query(statement, [...origin, ...values], name);
    this.uow.afterCommit(() => this.signal.committed());
  }

  private assertInTransaction(): void {
    if (!this.uow.inTransaction) throw new Error('Events are recorded in the transaction of their change.');
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
