import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { DEFAULTS } from './autoscaling-settings.js';
import type { AutoscalingSettings } from './autoscaling-settings.js';
import type { Action, Recommendation } from './scaling-decision.js';

/** A running engine that is scaled by itself, as the scaler finds it. */
export interface ScaledEngine {
  entry_id: string;
  uid: string;
  spec: Record<string, unknown>;
  settings: AutoscalingSettings;
  recommendations: { at: string; units: number }[];
  last_reason: string | null;
  last_scaled_at: Date | null;
  /** Workloads that wait or run. */
  backlog: number;
  /** The database's time of the look. */
  now: Date;
}

export const OUTCOMES = ['done', 'pending', 'failed', 'none'] as const;
export interface DecisionRow {
  id: string;
  at: Date;
  policy: string;
  action: Action;
  reason: string;
  detail: string;
  current: number;
  desired: number;
  outcome: (typeof OUTCOMES)[number];
  inputs: Record<string, unknown>;
}
export type NewDecision = Omit<DecisionRow, 'id'>;

/** Settings of the autoscaler and its decisions. */
@Injectable()
export class AutoscalingRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async settings(entryId: string): Promise<{ settings: AutoscalingSettings; last_scaled_at: Date | null }> {
    const [row] = await this.uow.query<{ settings: AutoscalingSettings; last_scaled_at: Date | null }>(
      'SELECT settings, last_scaled_at FROM engine_autoscaling WHERE entry_id = $1',
      [entryId],
    );
    return row ?? { settings: DEFAULTS, last_scaled_at: null };
  }

  /** The window of the stabilisation begins with the size the engine has. */
  async put(entryId: string, settings: AutoscalingSettings, units: number): Promise<void> {
    await this.uow.query(
      `INSERT INTO engine_autoscaling AS a (entry_id, settings, recommendations, updated_at)
       VALUES ($1, $2::jsonb, jsonb_build_array(jsonb_build_object('at', clock_timestamp(), 'units', $3::int)),
         clock_timestamp())
       ON CONFLICT (entry_id) DO UPDATE SET settings = excluded.settings, recommendations = excluded.recommendations,
         last_reason = NULL, updated_at = excluded.updated_at`,
      [entryId, JSON.stringify(settings), units],
    );
  }

  scaled(): Promise<ScaledEngine[]> {
    return this.uow.query<ScaledEngine & object>(`
      SELECT e.id AS entry_id, e.uid, e.spec, a.settings, a.recommendations, a.last_reason, a.last_scaled_at,
        (SELECT count(*)::int FROM workload w WHERE w.entry_id = e.id AND w.status = 'queued')
        + (SELECT count(*)::int FROM workload w WHERE w.entry_id = e.id AND w.status = 'running') AS backlog,
        statement_timestamp() AS now
      FROM engine_autoscaling a JOIN entry e ON e.id = a.entry_id
      WHERE a.settings ->> 'policy' <> 'manual' AND e.kind = 'engine' AND e.status = 'running' ORDER BY e.id`);
  }

  /** What the scaler remembers until its next look; not when the settings were replaced meanwhile. */
  async remember(
    { entry_id, now }: ScaledEngine,
    reason: string,
    recommendations: readonly Recommendation[],
    scaled: boolean,
  ): Promise<void> {
    await this.uow.query(
      `UPDATE engine_autoscaling SET last_reason = $3, recommendations = $4::jsonb,
         last_scaled_at = CASE WHEN $5 THEN $2 ELSE last_scaled_at END
       WHERE entry_id = $1 AND updated_at <= $2`,
      [entry_id, now, reason, JSON.stringify(recommendations), scaled],
    );
  }

  /** Nothing when the engine is gone. */
  async record(entryId: string, one: NewDecision): Promise<void> {
    await this.uow.query(
      `INSERT INTO engine_scaling_decision (entry_id, at, policy, action, reason, detail, current, desired, outcome, inputs)
       SELECT e.id, $2::timestamptz, $3::text, $4::text, $5::text, $6::text, $7::int, $8::int, $9::text, $10::jsonb
       FROM entry e WHERE e.id = $1`,
      [
        entryId, one.at, one.policy, one.action, one.reason, one.detail, one.current, one.desired, one.outcome,
        JSON.stringify(one.inputs),
      ], // prettier-ignore
    );
  }

  /** The newest first. */
  decisions(entryId: string, limit: number, beforeId?: string): Promise<DecisionRow[]> {
    return this.uow.query<DecisionRow & object>(
      `SELECT id, at, policy, action, reason, detail, current, desired, outcome, inputs FROM engine_scaling_decision
       WHERE entry_id = $1 AND ($3::bigint IS NULL OR id < $3) ORDER BY id DESC LIMIT $2`,
      [entryId, limit, beforeId ?? null],
    );
  }

  async forget(days: number): Promise<void> {
    await this.uow.query(
      'DELETE FROM engine_scaling_decision WHERE at < statement_timestamp() - make_interval(days => $1)',
      [days],
    );
  }
}
