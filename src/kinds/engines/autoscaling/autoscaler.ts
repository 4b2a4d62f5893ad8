import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { EntryMetrics } from '../../../entries/kind/metrics/entry-metrics.service.js';
import { RegistryError } from '../../../platform/errors/registry-error.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { capacityOf } from '../engine-capacity.js';
import { EngineScaling } from '../engine-scaling.service.js';
import { metricOf } from './autoscaling-settings.js';
import type { ScalingMetric } from './autoscaling-settings.js';
import { AutoscalingRepository } from './autoscaling.repository.js';
import type { DecisionRow, ScaledEngine } from './autoscaling.repository.js';
import { forecast } from './forecast.js';
import { decide } from './scaling-decision.js';
import type { Decision, Load } from './scaling-decision.js';

const LOOK_MS = 10_000;
const HOUR_MS = 3_600_000;
const KEPT_DAYS = 30;
/** Samples not older than this are the present. */
const FRESH_SECONDS = 120;
/** Seasons of history that a forecast is made of. */
const SEASONS = 6;
const MOST_SAMPLES = 20_000;

interface Measured {
  load: Load;
  /** What the decision is recorded with. */
  inputs: Record<string, unknown>;
}

/** Looks at every running engine with a policy, decides, and scales; one process at a time. */
@Injectable()
export class Autoscaler implements OnModuleInit {
  private readonly logger: Logger;

  constructor(
    private readonly repository: AutoscalingRepository,
    private readonly metrics: EntryMetrics,
    private readonly scaling: EngineScaling,
    private readonly jobs: Jobs,
    logger: Logger,
  ) {
    this.logger = logger.child('autoscaler');
  }

  onModuleInit(): void {
    this.jobs.every('engine-autoscaler', LOOK_MS, () => this.look(), { lock: true });
    this.jobs.every('engine-decisions-retention', HOUR_MS, () => this.repository.forget(KEPT_DAYS), { lock: true });
  }

  async look(): Promise<void> {
    for (const engine of await this.repository.scaled()) {
      try {
        await this.lookAt(engine);
      } catch (err) {
        // One engine's trouble is not the others'.
        this.logger.error({ engine: engine.uid, err }, 'an engine could not be scaled');
      }
    }
  }

  private async lookAt(engine: ScaledEngine): Promise<void> {
    const capacity = capacityOf(engine);
    const { load, inputs } = await this.measured(engine);
    const { settings, now } = engine;
    const decision = decide({
      now,
      capacity,
      settings,
      load,
      recommendations: engine.recommendations.map(({ at, units }) => ({ at: new Date(at), units })),
      lastScaledAt: engine.last_scaled_at,
    });
    const { outcome, detail } = await this.applied(engine, decision);
    const reason = outcome === 'failed' ? 'driver_failed' : decision.reason;
    const scaled = outcome === 'done' || outcome === 'pending';
    await this.repository.remember(engine, reason, decision.recommendations, scaled);
    if (!scaled && reason === engine.last_reason) return;
    const { action, desired } = decision;
    await this.repository.record(engine.entry_id, {
      at: now,
      policy: settings.policy,
      action,
      reason,
      detail,
      current: capacity.current,
      desired,
      outcome,
      inputs: { ...inputs, capacity, target: settings.target, tolerance: settings.tolerance },
    });
  }

  private async applied(
    { uid }: ScaledEngine,
    { action, desired, detail }: Decision,
  ): Promise<{ outcome: DecisionRow['outcome']; detail: string }> {
    if (action === 'none') return { outcome: 'none', detail };
    try {
      const { outcome } = await this.scaling.scale(uid, desired);
      return { outcome: outcome.state, detail };
    } catch (err) {
      if (!(err instanceof RegistryError)) throw err;
      this.logger.warn({ engine: uid, err }, 'an engine was not scaled');
      return { outcome: 'failed', detail: `${detail} It failed: ${err.message}` };
    }
  }

  private async measured(engine: ScaledEngine): Promise<Measured> {
    const metric = metricOf(engine.settings);
    if (!metric) return { load: { per: 'engine', value: engine.backlog }, inputs: { backlog: engine.backlog } };
    if (engine.settings.policy === 'predictive') return this.predicted(engine, metric);
    const value = await this.present(engine, metric);
    return { load: { per: 'unit', value }, inputs: { metric, value: value ?? null } };
  }

  /** The greater of what is and what is coming: a forecast never takes away what is needed now. */
  private async predicted(engine: ScaledEngine, metric: ScalingMetric): Promise<Measured> {
    const { settings, now, entry_id } = engine;
    const { season_seconds: seasonSeconds, horizon_seconds: horizonSeconds } = settings;
    const from = new Date(now.getTime() - SEASONS * seasonSeconds * 1000);
    const samples = await this.metrics.series(entry_id, metric, { from, limit: MOST_SAMPLES });
    const told = forecast(samples, { now, seasonSeconds, horizonSeconds });
    const value = await this.present(engine, metric);
    const inputs = { metric, value: value ?? null, forecast: told?.value ?? null, history_steps: told?.steps ?? 0 };
    if (!told) return { load: { per: 'unit', value }, inputs: { ...inputs, fallback: 'history_too_short' } };
    return { load: { per: 'unit', value: value === undefined ? undefined : Math.max(told.value, value) }, inputs };
  }

  /** The mean of the last two minutes; undefined without a sample. */
  private async present({ entry_id, now }: ScaledEngine, metric: ScalingMetric): Promise<number | undefined> {
    const from = new Date(now.getTime() - FRESH_SECONDS * 1000);
    const samples = await this.metrics.series(entry_id, metric, { from, limit: MOST_SAMPLES });
    return samples.length > 0 ? samples.reduce((sum, { value }) => sum + value, 0) / samples.length : undefined;
  }
}
