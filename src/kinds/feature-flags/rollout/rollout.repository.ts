import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** Environment '' is where none says otherwise. */
export interface RolloutRow {
  flag_id: string;
  environment: string;
  next_at: Date | null;
  stepped_at: Date | null;
  guarded: boolean;
  paused_at: Date | null;
  reason: string | null;
  resumed_at: Date | null;
}

/** How far rollouts have got by themselves. */
@Injectable()
export class RolloutRepository {
  constructor(private readonly uow: UnitOfWork) {}

  of(flagIds: readonly string[]): Promise<RolloutRow[]> {
    return this.uow.query<RolloutRow & object>(
      'SELECT * FROM feature_flag_rollout WHERE flag_id = ANY ($1::bigint[]) ORDER BY flag_id, environment',
      [flagIds],
    );
  }

  async put({ flag_id, environment, ...row }: RolloutRow): Promise<void> {
    await this.uow.query(
      `INSERT INTO feature_flag_rollout (flag_id, environment, next_at, stepped_at, guarded, paused_at, reason, resumed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (flag_id, environment) DO UPDATE SET next_at = excluded.next_at, stepped_at = excluded.stepped_at,
         guarded = excluded.guarded, paused_at = excluded.paused_at, reason = excluded.reason, resumed_at = excluded.resumed_at`,
      [flag_id, environment, row.next_at, row.stepped_at, row.guarded, row.paused_at, row.reason, row.resumed_at],
    );
  }

  async remove(flagId: string, environments: readonly string[]): Promise<void> {
    if (environments.length === 0) return;
    await this.uow.query('DELETE FROM feature_flag_rollout WHERE flag_id = $1 AND environment = ANY ($2::text[])', [
      flagId,
      environments,
    ]);
  }

  /** Flags with a step whose time has come and that nothing holds. */
  due(now: Date, limit: number): Promise<RolloutRow[]> {
    return this.uow.query<RolloutRow & object>(
      `SELECT r.* FROM feature_flag_rollout r JOIN entry e ON e.id = r.flag_id
       WHERE r.next_at <= $1 AND r.paused_at IS NULL AND e.status NOT IN ('disabled', 'archived')
       ORDER BY r.next_at, r.flag_id LIMIT $2`,
      [now, limit],
    );
  }

  /** Rollouts that a guardrail watches and that are under way. */
  guarded(limit: number): Promise<RolloutRow[]> {
    return this.uow.query<RolloutRow & object>(
      `SELECT r.* FROM feature_flag_rollout r JOIN entry e ON e.id = r.flag_id
       WHERE r.guarded AND r.paused_at IS NULL AND e.status IN ('rollout', 'enabled', 'testing') ORDER BY r.flag_id LIMIT $1`,
      [limit],
    );
  }
}
