import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ENTRY_COLUMNS } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import type { Probe } from '../kind/kind-hooks.js';

/** Seconds within which an entry that is new or was changed is probed. */
const SOON = 2;

const DUTIES = `json_to_recordset($1::json) AS d(entry_id bigint, type text, interval_seconds real, timeout_seconds real,
  unhealthy_after int, healthy_after int)`;

/** Rows of `probe_state`, one an entry that is probed or was reported on. */
@Injectable()
export class ProbeStateRepository {
  constructor(private readonly uow: UnitOfWork) {}

  rows(ids: readonly string[], kinds: readonly string[]): Promise<EntryRow[]> {
    return this.uow.query<EntryRow & object>(
      `SELECT ${ENTRY_COLUMNS} FROM entry e WHERE e.id = ANY ($1::bigint[]) AND e.kind = ANY ($2::text[]) ORDER BY e.id`,
      [ids, kinds],
    );
  }

  /** The next entries of these kinds, a page at a time, for a look at all of them. */
  page(afterId: string, kinds: readonly string[], limit: number): Promise<EntryRow[]> {
    return this.uow.query<EntryRow & object>(
      `SELECT ${ENTRY_COLUMNS} FROM entry e WHERE e.id > $1 AND e.kind = ANY ($2::text[]) ORDER BY e.id LIMIT $3`,
      [afterId, kinds, limit],
    );
  }

  /**
   * Has entries probed from now on, soon where anything about them is new and `changed` says so. A `ttl` waits for its
   * first report from now on.
   */
  async schedule(duties: readonly { entryId: string; probe: Probe }[], changed: boolean): Promise<void> {
    if (duties.length === 0) return;
    const records = duties.map(({ entryId, probe }) => ({
      entry_id: entryId,
      type: probe.type,
      interval_seconds: Math.max(0.1, probe.interval),
      timeout_seconds: probe.timeout,
      unhealthy_after: probe.unhealthyAfter,
      healthy_after: probe.healthyAfter,
    }));
    const soon = `clock_timestamp() + make_interval(secs => random() * least(${SOON}, excluded.interval_seconds))`;
    const expiry = `clock_timestamp() + make_interval(secs => excluded.interval_seconds)`;
    await this.uow.query(
      `INSERT INTO probe_state AS p (entry_id, type, interval_seconds, timeout_seconds, unhealthy_after, healthy_after, next_at, ttl_until)
       SELECT d.entry_id, d.type, d.interval_seconds, d.timeout_seconds, d.unhealthy_after, d.healthy_after,
         CASE WHEN d.type <> 'ttl' THEN clock_timestamp() + make_interval(secs => random() * least(${SOON}, d.interval_seconds)) END,
         CASE WHEN d.type = 'ttl' THEN clock_timestamp() + make_interval(secs => d.interval_seconds) END
       FROM ${DUTIES} JOIN entry e ON e.id = d.entry_id ORDER BY d.entry_id
       ON CONFLICT ON CONSTRAINT probe_state_pkey DO UPDATE SET
         type = excluded.type, interval_seconds = excluded.interval_seconds, timeout_seconds = excluded.timeout_seconds,
         unhealthy_after = excluded.unhealthy_after, healthy_after = excluded.healthy_after,
         next_at = CASE WHEN excluded.type = 'ttl' THEN NULL
           WHEN $2 OR p.next_at IS NULL OR p.type IS DISTINCT FROM excluded.type THEN ${soon} ELSE p.next_at END,
         ttl_until = CASE WHEN excluded.type = 'ttl' AND p.type IS DISTINCT FROM 'ttl' AND p.ttl_until IS NULL
           THEN ${expiry} ELSE p.ttl_until END,
         lease = CASE WHEN $2 THEN NULL ELSE p.lease END
       WHERE $2 OR (p.type, p.interval_seconds, p.timeout_seconds, p.unhealthy_after, p.healthy_after) IS DISTINCT FROM
         (excluded.type, excluded.interval_seconds, excluded.timeout_seconds, excluded.unhealthy_after, excluded.healthy_after)`,
      [JSON.stringify(records), changed],
    );
  }

  /** A place for the results of a probe that was asked for, whether or not the entry is probed by itself. */
  async ensure(entryId: string, { unhealthyAfter, healthyAfter }: Probe): Promise<void> {
    await this.uow.query(
      `INSERT INTO probe_state (entry_id, unhealthy_after, healthy_after) VALUES ($1, $2, $3)
       ON CONFLICT ON CONSTRAINT probe_state_pkey
       DO UPDATE SET unhealthy_after = excluded.unhealthy_after, healthy_after = excluded.healthy_after`,
      [entryId, unhealthyAfter, healthyAfter],
    );
  }

  /** Has entries probed no more. Their results stay; reports that wait for the next one no longer do where `silence` says so. */
  async stop(ids: readonly string[], silence: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.uow.query(
      `UPDATE probe_state SET type = NULL, next_at = NULL, lease = NULL, failures = 0, successes = 0,
         ttl_until = CASE WHEN entry_id = ANY ($2::bigint[]) OR type = 'ttl' THEN NULL ELSE ttl_until END
       WHERE entry_id = ANY ($1::bigint[]) AND (type IS NOT NULL OR (ttl_until IS NOT NULL AND entry_id = ANY ($2::bigint[])))`,
      [ids, silence],
    );
  }
}
