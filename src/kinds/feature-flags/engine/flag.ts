import { instantOf } from './conditions/instant.js';
import type { Decider, Decision } from './decision.js';
import { DefinitionError, listed, named } from './definition-error.js';
import type { Evaluation } from './evaluation.js';
import { FlagdDecider } from './flagd/flagd-flag.js';
import type { FlagDefinition, Prerequisite } from './flag-definition.js';
import { LIMITS } from './limits.js';
import { NativeDecider } from './native/native-flag.js';
import type { CompiledFlag, Run } from './run.js';
import { shownList } from './trace.js';
import { UnleashDecider } from './unleash/unleash-flag.js';

/** Throws a DefinitionError. */
export function compileFlag(flag: FlagDefinition): CompiledFlag {
  const key = named(flag.key, 'key', LIMITS.name);
  const decider = deciderOf(flag);
  const prerequisites = checkedPrerequisites(flag.prerequisites);
  const expiresAt = flag.expiresAt === undefined ? undefined : instantOf(flag.expiresAt);
  if (flag.expiresAt !== undefined && expiresAt === undefined)
    throw new DefinitionError('expiresAt', 'must be a time (RFC 3339)');
  const decide = (run: Run): Decision =>
    disabled(flag, decider, expiresAt, run) ?? unmet(prerequisites, decider, run) ?? decider.decide(run);
  return {
    key,
    answer: (run) => answered(flag, decider, decide, run),
    needs: [...prerequisites.map((one) => one.flag), ...(decider.needs ?? [])],
    segments: decider.segments,
    segmentsMayBeMissing: decider.segmentsMayBeMissing,
    changes: flag.enabled && expiresAt !== undefined ? [...decider.changes, expiresAt] : decider.changes,
    changesEverySecond: decider.changesEverySecond,
    hasUnleashParents: decider.hasUnleashParents,
  };
}

/** A flag that can't be evaluated as it is written, or may not be for what it depends on. */
export function brokenFlag(flag: FlagDefinition, because: string): CompiledFlag {
  const value =
    (flag.dialect ?? 'native') === 'native' ? ((flag as { defaultValue?: never }).defaultValue ?? false) : undefined;
  const decision: Decision = {
    enabled: false,
    value,
    reason: 'ERROR',
    errorCode: 'PARSE_ERROR',
    errorDetails: because,
  };
  const decider: Decider = { decide: () => decision, off: {}, segments: [], changes: [] };
  const answer = (run: Run): Evaluation => answered(flag, decider, () => decision, run);
  return { key: flag.key, answer, needs: [], segments: [], changes: [] };
}

function deciderOf(flag: FlagDefinition): Decider {
  switch (flag.dialect) {
    case 'unleash':
      return new UnleashDecider(flag);
    case 'flagd':
      return new FlagdDecider(flag);
    case 'native':
    case undefined:
      return new NativeDecider(flag);
    default:
      throw new DefinitionError('dialect', 'must be native, unleash or flagd');
  }
}

function answered(flag: FlagDefinition, decider: Decider, decide: (run: Run) => Decision, run: Run): Evaluation {
  run.trace?.begin('flag', flag.key);
  const decision = safely(decide, decider, run);
  run.trace?.end(decision.enabled, decision.errorDetails ?? `answers with ${decision.reason}`);
  return {
    key: flag.key,
    enabled: decision.enabled,
    value: decision.value,
    variant: decision.variant,
    reason: decision.reason,
    rule: decision.rule,
    errorCode: decision.errorCode,
    errorDetails: decision.errorDetails,
    metadata: flag.metadata,
    payload: decision.payload,
  };
}

/** A context may hold anything at all, and a flag's error must not reach whoever asks for a hundred flags. */
function safely(decide: (run: Run) => Decision, { off }: Decider, run: Run): Decision {
  const depth = run.trace?.depth ?? 0;
  try {
    return decide(run);
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error);
    run.trace?.unwind(depth, details);
    return { enabled: false, ...off, reason: 'ERROR', errorCode: 'GENERAL', errorDetails: details };
  }
}

function disabled({ enabled }: FlagDefinition, decider: Decider, expiresAt: number | undefined, run: Run) {
  const expired = expiresAt !== undefined && run.now >= expiresAt;
  if (expiresAt !== undefined)
    run.trace?.leaf('expiry', new Date(expiresAt).toISOString(), !expired, expired ? 'is over' : 'is still to come');
  if (enabled && !expired) return undefined;
  return {
    enabled: false,
    ...decider.off,
    reason: 'DISABLED',
    rule: expired && enabled ? 'expired' : undefined,
  } as const;
}

function checkedPrerequisites(prerequisites: readonly Prerequisite[] | undefined): readonly Prerequisite[] {
  const kept = listed(prerequisites, 'prerequisites', LIMITS.references);
  for (const [i, one] of kept.entries()) {
    named(one?.flag, `prerequisites[${i}].flag`, LIMITS.name);
    listed(one.variants, `prerequisites[${i}].variants`, LIMITS.variants);
  }
  return kept;
}

function unmet(prerequisites: readonly Prerequisite[], { off }: Decider, run: Run): Decision | undefined {
  for (const one of prerequisites)
    if (!met(one, run)) return { enabled: false, ...off, reason: 'DEFAULT', rule: `prerequisite ${one.flag}` };
  return undefined;
}

function met({ flag, enabled = true, variants }: Prerequisite, run: Run): boolean {
  run.trace?.begin('prerequisite', flag);
  const answer = run.answer(flag);
  const state = answer !== undefined && answer.reason !== 'ERROR' && answer.enabled === enabled;
  const fits = state && (!variants?.length || variants.includes(answer.variant ?? ''));
  run.trace?.end(
    fits,
    answer === undefined
      ? 'there is no such flag'
      : answer.reason === 'ERROR'
        ? 'can not be evaluated'
        : `is ${answer.enabled ? 'on' : 'off'}${answer.variant === undefined ? '' : ` with ${answer.variant}`}, must be ${enabled ? 'on' : 'off'}${variants?.length ? ` with one of ${shownList(variants)}` : ''}`,
  );
  return fits;
}
