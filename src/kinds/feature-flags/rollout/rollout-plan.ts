import { DEFAULT_ENVIRONMENT, environmentsOf, settingsIn } from '../definition/flag-definitions.js';
import type { FlagSource } from '../definition/flag-definitions.js';
import type { FlagScheduleStep, FlagSettings } from '../definition/flag-settings.dto.js';
import type { RolloutRow } from './rollout.repository.js';

/** How the tables call the place where no environment says otherwise. */
export const EVERYWHERE = '';

/** What a flag itself says in one place; what an environment leaves out is not its own rollout. */
export function ownSettings(source: Pick<FlagSource, 'spec'>, environment: string): FlagSettings {
  if (environment === EVERYWHERE) return settingsIn(source, DEFAULT_ENVIRONMENT);
  return environmentsOf(source)[environment] ?? {};
}

/** Places where a flag has a schedule or a guardrail of its own. */
export const rolloutPlaces = (source: Pick<FlagSource, 'spec'>): string[] =>
  [EVERYWHERE, ...Object.keys(environmentsOf(source))].filter((environment) => {
    const { schedule, guardrail } = ownSettings(source, environment);
    return (schedule?.length ?? 0) > 0 || guardrail != null;
  });

/** The first step after the last that was taken. */
export function nextStep(
  schedule: readonly FlagScheduleStep[] | null | undefined,
  steppedAt: Date | null,
): FlagScheduleStep | undefined {
  const after = steppedAt?.getTime() ?? -Infinity;
  return schedule?.find(({ at }) => Date.parse(at) > after);
}

/** The step to take now: the last whose time has come. Those before it that were missed are behind it. */
export function dueStep(
  schedule: readonly FlagScheduleStep[] | null | undefined,
  steppedAt: Date | null,
  now: Date,
): FlagScheduleStep | undefined {
  const after = steppedAt?.getTime() ?? -Infinity;
  return schedule?.findLast(({ at }) => Date.parse(at) > after && Date.parse(at) <= now.getTime());
}

export const freshRollout = (flagId: string, environment: string): RolloutRow => ({
  flag_id: flagId,
  environment,
  next_at: null,
  stepped_at: null,
  guarded: false,
  paused_at: null,
  reason: null,
  resumed_at: null,
});

/** The row as it must be for what the flag says now. */
export function plannedRollout(source: Pick<FlagSource, 'spec'>, known: RolloutRow): RolloutRow {
  const { schedule, guardrail } = ownSettings(source, known.environment);
  const next = nextStep(schedule, known.stepped_at);
  return { ...known, next_at: next ? new Date(next.at) : null, guarded: guardrail != null };
}

/** The merge patch of a flag's spec that makes its percentage this one, in one place. */
export function percentagePatch(environment: string, percentage: number, more: object = {}): object {
  const settings = { percentage, ...more };
  return environment === EVERYWHERE ? settings : { environments: { [environment]: settings } };
}
