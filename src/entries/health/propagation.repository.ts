import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ENTRY_COLUMNS, RESPONSE_COLUMNS } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import { changesTold, Outbox } from '../outbox.js';

/** Whether something that an entry needs is unhealthy. */
export interface Mark {
  id: string;
  troubled: boolean;
}

/** Key of the advisory lock: whoever propagates has it alone, whoever changes what is depended on shares it. */
const LOCK = '4992018332714';

/** Whether an entry is no longer well: its own trouble, or that of something it needs. */
const UNWELL = `(e.health = 'unhealthy' OR e.reported_health IS NOT NULL)`;

/**
 * Marks or unmarks, and tells of each health that changed by it. Rows are taken in id order, so that two writers of the
 * same entries never wait in a circle. A hub has thousands of dependants: fetching them to send back what is to be told
 * would take as long as all the rest.
 */
const MARK = changesTold(
  'health_changed',
  `l AS MATERIALIZED (
    SELECT e.id, e.health, e.reported_health, coalesce(e.reported_health, e.health) AS own, n.troubled
    FROM entry e JOIN unnest($8::bigint[], $9::boolean[]) AS n(id, troubled) ON n.id = e.id
    ORDER BY e.id FOR NO KEY UPDATE OF e
  ), marked AS (
    UPDATE entry e SET health = CASE WHEN l.troubled THEN 'degraded' ELSE l.own END,
      reported_health = CASE WHEN l.troubled THEN l.own END
    FROM l WHERE e.id = l.id AND l.own <> 'unhealthy'
    RETURNING e.*, l.health AS former_health, l.reported_health AS former_reported
  ), changed AS (
    SELECT e.id AS entry_id, to_jsonb(told) AS payload,
      jsonb_build_object('health', e.former_health, 'reported_health', e.former_reported) AS before,
      jsonb_build_object('health', e.health, 'reported_health', e.reported_health) AS after
    FROM marked e CROSS JOIN LATERAL (
      SELECT entity, e.former_health AS "from", e.health AS "to", $10::jsonb AS cause
      FROM (SELECT ${RESPONSE_COLUMNS} OFFSET 0) entity
    ) told
    WHERE e.health <> e.former_health AND e.id NOT IN (SELECT unnest($11::bigint[]))
  )`,
);

/** The SQL of propagation. `reported_health` is set exactly while something that an entry needs is unhealthy. */
@Injectable()
export class PropagationRepository {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly outbox: Outbox,
  ) {}

  /** Nobody else propagates, and nobody changes who depends on whom, until the transaction ends. */
  async lock(): Promise<void> {
    await this.uow.query(`SELECT pg_advisory_xact_lock(${LOCK})`, [], 'health-lock');
  }

  /**
   * Before edges of these entries change: nobody propagates until the transaction ends. Alone where one of them is unwell,
   * as the change will propagate; together with other writers elsewhere.
   */
  async share(ids: readonly string[]): Promise<void> {
    await this.uow.query(
      `SELECT CASE WHEN EXISTS (SELECT FROM entry e WHERE e.id = ANY ($1::bigint[]) AND ${UNWELL})
         THEN pg_advisory_xact_lock(${LOCK})::text ELSE pg_advisory_xact_lock_shared(${LOCK})::text END`,
      [ids],
      'health-share',
    );
  }

  /** Whether one of these is unhealthy, or troubled by something it needs. */
  async anyUnwell(ids: readonly string[]): Promise<boolean> {
    const [{ unwell }] = await this.uow.query<{ unwell: boolean }>(
      `SELECT EXISTS (SELECT FROM entry e WHERE e.id = ANY ($1::bigint[]) AND ${UNWELL}) AS unwell`,
      [ids],
      'health-unwell',
    );
    return unwell;
  }

  /** Which marks are wrong now of these entries and of all that need them, in id order. */
  wrongMarks(ids: readonly string[]): Promise<Mark[]> {
    return this.uow.query<Mark & object>('SELECT id, troubled FROM health_marks($1)', [ids], 'health-marks');
  }

  /** Sets marks, and records each change of health by it; those of `told` are told of elsewhere. */
  async mark(marks: readonly Mark[], cause: object, told: readonly string[]): Promise<void> {
    await this.outbox.recordBy(
      MARK,
      [marks.map(({ id }) => id), marks.map(({ troubled }) => troubled), JSON.stringify(cause), told],
      'health-mark',
    );
  }

  /** Gives a locked entry another health of its own; its revision stays. */
  async setOwn(id: string, health: string, checksum: string): Promise<EntryRow> {
    const [row] = await this.uow.query<EntryRow & object>(
      `UPDATE entry e SET checksum = $3,
         health = CASE WHEN $2 = 'unhealthy' OR e.reported_health IS NULL THEN $2 ELSE 'degraded' END,
         reported_health = CASE WHEN $2 = 'unhealthy' OR e.reported_health IS NULL THEN NULL ELSE $2 END
       WHERE e.id = $1 RETURNING ${ENTRY_COLUMNS}`,
      [id, health, checksum],
      'health-set-own',
    );
    return row;
  }

  /** Whether not everyone may see an entry. */
  async isRestricted(id: string): Promise<boolean> {
    const [{ restricted }] = await this.uow.query<{ restricted: boolean }>(
      'SELECT EXISTS (SELECT FROM entry_restriction WHERE entry_id = $1) AS restricted',
      [id],
      'health-restricted',
    );
    return restricted;
  }
}
