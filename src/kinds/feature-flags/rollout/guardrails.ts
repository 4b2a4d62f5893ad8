import { Injectable } from '@nestjs/common';
import { EntryMetrics } from '../../../entries/kind/metrics/entry-metrics.service.js';
import type { FlagGuardrail } from '../definition/flag-settings.dto.js';
import { EvaluationCountRepository } from '../stats/evaluation-count.repository.js';
import { DEFAULT_ENVIRONMENT } from '../definition/flag-definitions.js';
import { EVERYWHERE } from './rollout-plan.js';
import type { RolloutRow } from './rollout.repository.js';

const WINDOW_SECONDS = 300;
const MOST_SAMPLES = 10_000;
const VARIANT = 'variant:';

/** What a guardrail says against going on. */
export interface Breach {
  metric: string;
  value: number;
  limit: number;
  samples: number;
  /** A sentence for people. */
  reason: string;
}

/** What was measured of a flag since an instant. */
interface Measured {
  value: number;
  samples: number;
}

const CROSSES: Record<string, { crosses: (value: number, limit: number) => boolean; words: string }> = {
  gt: { crosses: (value, limit) => value > limit, words: 'above' },
  gte: { crosses: (value, limit) => value >= limit, words: 'at or above' },
  lt: { crosses: (value, limit) => value < limit, words: 'below' },
  lte: { crosses: (value, limit) => value <= limit, words: 'at or below' },
};

/** Judges rollouts by what is measured of them. */
@Injectable()
export class Guardrails {
  constructor(
    private readonly metrics: EntryMetrics,
    private readonly counts: EvaluationCountRepository,
  ) {}

  /** Undefined while nothing speaks against it. What was measured before a rollout was resumed counts no more. */
  async breach(guardrail: FlagGuardrail, rollout: RolloutRow, now: Date): Promise<Breach | undefined> {
    const seconds = guardrail.window_seconds ?? WINDOW_SECONDS;
    const from = new Date(Math.max(now.getTime() - seconds * 1000, rollout.resumed_at?.getTime() ?? 0));
    const measured = await this.measured(guardrail, rollout, from);
    if (!measured || measured.samples < (guardrail.min_samples ?? 1)) return undefined;
    const { crosses, words } = CROSSES[guardrail.operator ?? 'gt'];
    if (!crosses(measured.value, guardrail.limit)) return undefined;
    const value = Number(measured.value.toPrecision(6));
    const { metric, limit } = guardrail;
    const of = guardrail.source === 'stats' ? 'evaluations' : 'samples';
    const reason = `${metric} is ${value}, ${words} the limit of ${limit}: of ${measured.samples} ${of} in ${seconds} s.`;
    return { metric, value, limit, samples: measured.samples, reason };
  }

  private measured(guardrail: FlagGuardrail, rollout: RolloutRow, from: Date): Promise<Measured | undefined> {
    return guardrail.source === 'stats'
      ? this.counted(guardrail.metric, rollout, from)
      : this.sampled(guardrail.metric, rollout, from);
  }

  /** The average. Samples with the tag `environment` count for that one only. */
  private async sampled(metric: string, rollout: RolloutRow, from: Date): Promise<Measured | undefined> {
    const all = await this.metrics.samples(rollout.flag_id, metric, { from, limit: MOST_SAMPLES });
    const { environment } = rollout;
    const own = all.filter(
      ({ at, tags }) =>
        (!rollout.resumed_at || at > rollout.resumed_at) &&
        (environment === EVERYWHERE || (tags?.environment ?? environment) === environment),
    );
    if (own.length === 0) return undefined;
    return { value: own.reduce((sum, { value }) => sum + value, 0) / own.length, samples: own.length };
  }

  /** Evaluations are counted by the hour, so the window begins with a full one. */
  private async counted(metric: string, rollout: RolloutRow, from: Date): Promise<Measured | undefined> {
    const rows = await this.counts.list(rollout.flag_id, {
      from,
      environment: rollout.environment === EVERYWHERE ? DEFAULT_ENVIRONMENT : rollout.environment,
    });
    const total = rows.reduce((sum, { count }) => sum + count, 0);
    if (metric === 'evaluations') return { value: total, samples: Math.max(total, 1) };
    if (total === 0) return undefined;
    const wanted = rows.filter(({ enabled, variant }) =>
      metric.startsWith(VARIANT) ? variant === metric.slice(VARIANT.length) : enabled,
    );
    return { value: wanted.reduce((sum, { count }) => sum + count, 0) / total, samples: total };
  }
}
