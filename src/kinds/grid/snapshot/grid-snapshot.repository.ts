import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { LoadRow } from './grid-snapshot.js';
import type { NodeRow } from './known-node.js';

/** What has changed: everything after the next `since` is in a later answer, nothing is left out for good. */
export interface NodeChanges {
  nodes: string[];
  since: string;
  /** Until when silent nodes are kept, while most are silent. */
  guardUntil: Date | null;
}

const LOAD = `
  SELECT e.id, e.uid, e.name, e.version, e.title, e.status, e.health, e.tags, e.spec, x.readers,
    CASE WHEN h.beat_at IS NOT NULL THEN h.level END AS level, coalesce(h.connections, 0) AS connections,
    h.cpu, h.memory, h.requests, h.beat_at,
    CASE WHEN d.node_id IS NOT NULL AND e.status = 'draining'
      THEN json_build_object('since', d.since, 'until', d.until, 'remove', d.remove) END AS drain
  FROM entry e LEFT JOIN grid_heartbeat h ON h.node_id = e.id LEFT JOIN grid_drain d ON d.node_id = e.id
    LEFT JOIN entry_restriction x ON x.entry_id = e.id WHERE e.kind = 'grid_node'`;

/** Reads what is kept in memory, whoever asks: who may see a node is decided when it is answered. */
@Injectable()
export class GridSnapshotRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** These nodes, or all; those that are gone are missing. */
  nodes(ids?: readonly string[]): Promise<NodeRow[]> {
    return ids
      ? this.uow.query<NodeRow & object>(`${LOAD} AND e.id = ANY ($1::bigint[])`, [ids])
      : this.uow.query<NodeRow & object>(LOAD);
  }

  /**
   * What was changed since the answer before. A transaction that was still open then has an id at or above `since`, so what
   * it commits later is in the next answer; what had been told before comes twice.
   */
  async changes(since: string): Promise<NodeChanges> {
    const [row] = await this.uow.query<{ since: string; until: Date | null; nodes: string[] | null }>(
      `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS since,
         (SELECT guard_until FROM grid_liveness WHERE guard_until > clock_timestamp()) AS until,
         (SELECT json_agg(node_id::text) FROM grid_node_change WHERE xid >= $1::xid8) AS nodes`,
      [since],
      'grid-node-changes',
    );
    return { nodes: row.nodes ?? [], since: row.since, guardUntil: row.until };
  }

  /** What nodes are doing, of those whose load was written since the answer before. */
  async loads(since: string): Promise<{ loads: LoadRow[]; since: string }> {
    const [row] = await this.uow.query<{ since: string; loads: LoadRow[] | null }>(
      `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS since,
         (SELECT json_agg(json_build_object('id', node_id::text, 'connections', connections, 'cpu', cpu, 'memory', memory,
            'requests', requests, 'beat_at', beat_at)) FROM grid_heartbeat WHERE xid >= $1::xid8) AS loads`,
      [since],
      'grid-loads',
    );
    return { loads: row.loads ?? [], since: row.since };
  }

  /** Forgets what has been gone for so long that every process has heard. */
  async forgetGone(): Promise<void> {
    await this.uow.query(
      `DELETE FROM grid_node_change c WHERE c.touched_at < clock_timestamp() - interval '10 minutes'
         AND NOT EXISTS (SELECT FROM entry e WHERE e.id = c.node_id)`,
    );
  }
}
