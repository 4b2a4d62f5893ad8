import { InvalidError } from '../../../platform/errors/registry-error.js';

export const POLICIES = ['manual', 'auto_cpu', 'auto_memory', 'auto_queue', 'predictive'] as const;
export type Policy = (typeof POLICIES)[number];
export const SCALING_METRICS = ['cpu_percent', 'memory_percent'] as const;
export type ScalingMetric = (typeof SCALING_METRICS)[number];

export interface AutoscalingSettings {
  policy: Policy;
  /** Percent of a metric, or workloads per unit. */
  target: number;
  cooldown_seconds: number;
  stabilization_seconds: number;
  tolerance: number;
  /** What the predictive policy looks at. */
  metric: ScalingMetric;
  horizon_seconds: number;
  season_seconds: number;
}

export const TARGETS: Readonly<Record<Policy, number>> = {
  manual: 70,
  auto_cpu: 70,
  auto_memory: 80,
  auto_queue: 10,
  predictive: 70,
};

export const DEFAULTS: AutoscalingSettings = {
  policy: 'manual',
  target: TARGETS.manual,
  cooldown_seconds: 60,
  stabilization_seconds: 300,
  tolerance: 0.1,
  metric: 'cpu_percent',
  horizon_seconds: 300,
  season_seconds: 3600,
};

const MOST_PERCENT = 100;

/**
 * Settings with what was left out filled in.
 * @throws InvalidError naming `target`
 */
export function settled(
  given: { policy: Policy } & { [Field in keyof AutoscalingSettings]?: AutoscalingSettings[Field] | null },
): AutoscalingSettings {
  const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
  const settings: AutoscalingSettings = { ...DEFAULTS, target: TARGETS[given.policy], ...stated };
  if (settings.policy !== 'auto_queue' && settings.target > MOST_PERCENT)
    throw InvalidError.field('target', `must be at most ${MOST_PERCENT} percent for ${settings.policy}`);
  return settings;
}

/** The metric a policy goes by; undefined where it looks at none. */
export const metricOf = ({ policy, metric }: AutoscalingSettings): ScalingMetric | undefined =>
  (
    ({
      manual: undefined,
      auto_queue: undefined,
      auto_cpu: 'cpu_percent',
      auto_memory: 'memory_percent',
      predictive: metric,
    }) as const
  )[policy];
