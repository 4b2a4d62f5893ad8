import type { Capacity } from '../engine-capacity.js';
import type { AutoscalingSettings } from './autoscaling-settings.js';

export const REASONS = [
  'above_target', 'below_target', 'within_tolerance', 'at_maximum', 'at_minimum', 'stabilizing', 'cooldown',
  'metric_missing', 'no_units',
] as const; // prettier-ignore
export type Reason = (typeof REASONS)[number];
export const ACTIONS = ['scale_up', 'scale_down', 'none'] as const;
export type Action = (typeof ACTIONS)[number];

/** What was found once: as many units would do. */
export interface Recommendation {
  at: Date;
  units: number;
}

/** What the load is measured by: percent of each unit, or workloads for all units together. */
export type Load = { per: 'unit'; value: number | undefined } | { per: 'engine'; value: number };

export interface ScalingInputs {
  now: Date;
  capacity: Capacity;
  settings: Pick<AutoscalingSettings, 'target' | 'tolerance' | 'cooldown_seconds' | 'stabilization_seconds'>;
  load: Load;
  /** Of earlier looks. */
  recommendations: readonly Recommendation[];
  lastScaledAt: Date | null;
}

export interface Decision {
  action: Action;
  reason: Reason;
  /** In words, with its figures. */
  detail: string;
  desired: number;
  /** Those that still count, with the present one. */
  recommendations: Recommendation[];
}

/**
 * How many units an engine shall have, the way Kubernetes' HorizontalPodAutoscaler finds it: units times load over
 * target, rounded up; nothing while that ratio is within the tolerance of 1; within the bounds; downwards only to the
 * most that was recommended within the stabilisation window; and not again within the cooldown. Without a measurement
 * the engine keeps its size.
 */
export function decide(inputs: ScalingInputs): Decision {
  const { capacity, load, settings } = inputs;
  const { current } = capacity;
  const kept = inputs.recommendations.filter(({ at }) => secondsSince(at, inputs.now) < settings.stabilization_seconds);
  const stay = (reason: Reason, detail: string, recommendations = kept): Decision => ({
    action: 'none',
    reason,
    detail,
    desired: current,
    recommendations,
  });
  if (load.value === undefined) return stay('metric_missing', 'There is no fresh sample of the metric.');
  if (load.per === 'unit' && current === 0) return stay('no_units', 'No unit works whose load could be measured.');
  const { wanted, ratio } = wantedUnits(load.per, load.value, current, settings);
  const bounded = Math.min(Math.max(wanted, capacity.min), capacity.max);
  const recommendations = [...kept, { at: inputs.now, units: bounded }];
  const figures = `${describe(load, settings.target, ratio)}: ${wanted} units`;
  if (bounded === current)
    return stay(sizeKept(wanted, current), `${figures}, from ${capacity.min} to ${capacity.max}.`, recommendations);
  const desired =
    bounded > current ? bounded : Math.min(current, Math.max(...recommendations.map(({ units }) => units)));
  if (desired === current)
    return stay(
      'stabilizing',
      `${figures}; as many were needed within the last ${settings.stabilization_seconds} s.`,
      recommendations,
    );
  const rested = inputs.lastScaledAt ? secondsSince(inputs.lastScaledAt, inputs.now) : Infinity;
  if (rested < settings.cooldown_seconds)
    return stay('cooldown', `${figures}; scaled less than ${settings.cooldown_seconds} s ago.`, recommendations);
  const up = desired > current;
  return {
    action: up ? 'scale_up' : 'scale_down',
    reason: up ? 'above_target' : 'below_target',
    detail: `${figures}; from ${current} to ${desired}.`,
    desired,
    recommendations,
  };
}

const HAIR = 1e-9;

function wantedUnits(
  per: Load['per'],
  value: number,
  current: number,
  { target, tolerance }: ScalingInputs['settings'],
): { wanted: number; ratio: number | undefined } {
  const whole = per === 'engine' ? value / target : (current * value) / target;
  const ratio = current === 0 ? undefined : whole / current;
  // 77 / 70 is a hair more than 1.1, and 3 × 70 / 70 may come out above 3.
  if (ratio !== undefined && Math.abs(ratio - 1) <= tolerance + HAIR) return { wanted: current, ratio };
  return { wanted: Math.ceil(whole - HAIR), ratio };
}

function sizeKept(wanted: number, current: number): Reason {
  if (wanted > current) return 'at_maximum';
  return wanted < current ? 'at_minimum' : 'within_tolerance';
}

const describe = ({ per, value }: Load, target: number, ratio: number | undefined): string => {
  const shown = Number(value!.toFixed(2));
  const load = per === 'unit' ? `${shown} % of ${target} %` : `${shown} workloads at ${target} a unit`;
  return ratio === undefined ? load : `${load}, ratio ${ratio.toFixed(2)}`;
};

const secondsSince = (then: Date, now: Date): number => (now.getTime() - then.getTime()) / 1000;
