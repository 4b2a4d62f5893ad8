import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { MOST_LEVEL } from '../liveness/liveness.repository.js';

/**
 * What other processes have given to a node, before they heard that it is drained, is written by then. No node is called
 * drained sooner.
 */
const SETTLE_SECONDS = 2;

export interface DueDrain {
  id: string;
  uid: string;
  remove: boolean;
  why: 'released' | 'expired' | 'grace_over';
}

/**
 * A node that was put into its state by hand, not by its verb, has no grace of its own: it is waited for until somebody says
 * otherwise.
 */
const DUE = `
  SELECT e.id, e.uid, d.remove, CASE WHEN coalesce(h.connections, 0) = 0 THEN 'released'
    WHEN h.level = ${MOST_LEVEL} THEN 'expired' ELSE 'grace_over' END AS why
  FROM grid_drain d JOIN entry e ON e.id = d.node_id LEFT JOIN grid_heartbeat h ON h.node_id = e.id
  WHERE e.kind = 'grid_node' AND e.status = 'draining' AND (d.until < clock_timestamp()
    OR d.since < clock_timestamp() - interval '${SETTLE_SECONDS} s' AND (coalesce(h.connections, 0) = 0 OR h.level = ${MOST_LEVEL}))`;

/** Since when nodes are drained, and until when at most. */
@Injectable()
export class DrainRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async begin(nodeId: string, graceSeconds: number): Promise<void> {
    await this.uow.query(
      `INSERT INTO grid_drain (node_id, until) VALUES ($1, clock_timestamp() + $2 * interval '1 second')
       ON CONFLICT (node_id) DO UPDATE SET since = clock_timestamp(), until = excluded.until, remove = false`,
      [nodeId, graceSeconds],
    );
  }

  async end(nodeId: string): Promise<void> {
    await this.uow.query('DELETE FROM grid_drain WHERE node_id = $1', [nodeId]);
  }

  /** It is to go when it is drained. */
  async removeAfter(nodeId: string, graceSeconds: number): Promise<void> {
    await this.uow.query(
      `INSERT INTO grid_drain (node_id, until, remove) VALUES ($1, clock_timestamp() + $2 * interval '1 second', true)
       ON CONFLICT (node_id) DO UPDATE SET remove = true`,
      [nodeId, graceSeconds],
    );
    await this.uow.query('SELECT grid_node_touch(ARRAY[$1::bigint])', [nodeId]);
  }

  due(): Promise<DueDrain[]> {
    return this.uow.query<DueDrain & object>(`${DUE} ORDER BY e.id LIMIT 100`, [], 'grid-drains-due');
  }

  /** The same of one node, under the lock of its row. */
  async isDue(nodeId: string): Promise<boolean> {
    return (await this.uow.query(`${DUE} AND e.id = $1`, [nodeId])).length > 0;
  }

  async connections(nodeId: string): Promise<number> {
    const sql = 'SELECT connections FROM grid_heartbeat WHERE node_id = $1';
    const [row] = await this.uow.query<{ connections: number }>(sql, [nodeId]);
    return row?.connections ?? 0;
  }
}
