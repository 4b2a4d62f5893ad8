import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { EntryRow } from '../../../entries/entry-response.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Env } from '../../../platform/env/env.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import type { Breach } from './guardrails.js';
import { Guardrails } from './guardrails.js';
import { RolloutChanges } from './rollout-changes.js';
import { dueStep, ownSettings } from './rollout-plan.js';
import { RolloutRepository } from './rollout.repository.js';
import type { RolloutRow } from './rollout.repository.js';
import { Rollouts } from './rollouts.js';

const WALK_MS = 1000;
const GUARD_MS = 5000;
const MOST_AT_ONCE = 500;
/** States in which nothing is rolled out. */
const IDLE = new Set(['disabled', 'archived']);

/**
 * Takes the steps of schedules whose time has come, and pauses what a guardrail speaks against. What became due while no
 * process ran is taken once when one does: the last of the missed steps.
 */
@Injectable()
export class RolloutWalker implements OnModuleInit {
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: RolloutRepository,
    private readonly rollouts: Rollouts,
    private readonly changes: RolloutChanges,
    private readonly guardrails: Guardrails,
    private readonly jobs: Jobs,
    private readonly env: Env,
    logger: Logger,
  ) {
    this.logger = logger.child('feature-flags');
  }

  onModuleInit(): void {
    // Who comes second finds the step taken: no lease is worth a write every second.
    if (this.env.role !== 'api') this.jobs.every('feature-flag-schedules', WALK_MS, () => this.walk());
    this.jobs.every('feature-flag-guardrails', GUARD_MS, () => this.guard(), { lock: true });
  }

  /** Takes every step that is due. */
  async walk(now = new Date()): Promise<void> {
    for (const due of await this.repository.due(now, MOST_AT_ONCE))
      await this.each(due, (row) => this.step(row, due, now));
  }

  /** Pauses every rollout whose guardrail is crossed. */
  async guard(now = new Date()): Promise<void> {
    for (const one of await this.repository.guarded(MOST_AT_ONCE))
      await this.each(one, (row) => this.judge(row, one, now));
  }

  /** One flag that can't be changed does not keep the others from it. */
  private async each({ flag_id }: RolloutRow, work: (row: EntryRow) => Promise<unknown>): Promise<void> {
    try {
      await this.uow.run(async () => {
        const row = await this.changes.lock(flag_id);
        if (row && !IDLE.has(row.status)) await work(row);
      });
    } catch (err) {
      this.logger.error({ err, flag: flag_id }, 'a rollout could not go on');
    }
  }

  /** What was due when it was asked may have been changed, paused or taken meanwhile. */
  private async step(row: EntryRow, { environment }: RolloutRow, now: Date): Promise<void> {
    const rollout = await this.rollouts.of(row.id, environment);
    const { schedule } = ownSettings(row, environment);
    const step = rollout.paused_at ? undefined : dueStep(schedule, rollout.stepped_at, now);
    if (!step) return;
    if (await this.judge(row, rollout, now)) return;
    await this.rollouts.put({ ...rollout, stepped_at: new Date(step.at) });
    await this.changes.percentage(row, { environment, percentage: step.percentage });
    this.logger.info({ flag: row.name, environment, percentage: step.percentage }, 'a scheduled step was taken');
  }

  /** True when the rollout was paused. */
  private async judge(row: EntryRow, { environment }: RolloutRow, now: Date): Promise<boolean> {
    const rollout = await this.rollouts.of(row.id, environment);
    const { guardrail } = ownSettings(row, environment);
    if (!guardrail || rollout.paused_at) return false;
    const breach = await this.guardrails.breach(guardrail, rollout, now);
    if (!breach) return false;
    const action = guardrail.action ?? 'pause';
    await this.changes.hold(row, environment, { ...breach, action });
    if (action === 'rollback') await this.changes.percentage(row, { environment, percentage: 0 });
    this.tell(row, environment, breach);
    return true;
  }

  private tell({ name }: EntryRow, environment: string, { reason }: Breach): void {
    this.logger.warn({ flag: name, environment, reason }, 'a guardrail has paused a rollout');
  }
}
