import type { FeatureFlagSpec } from '../feature-flag.kind.js';
import type { Clause, FlagDefinition, Rule } from '../engine/flag-definition.js';
import type { UnleashFeature } from '../engine/unleash/unleash-format.js';
import type { FlagClause, FlagRule } from './flag-rule.dto.js';
import type { FlagEnvironment, FlagSettings } from './flag-settings.dto.js';

/** The environment where no flag says otherwise. */
export const DEFAULT_ENVIRONMENT = 'default';

/** States in which a flag answers its default to everybody. */
const OFF = new Set(['disabled', 'archived']);
const RULES_COME_FIRST = new Set(['canary', 'blue_green']);

/** What of a flag's row decides how it answers. */
export interface FlagSource {
  name: string;
  status: string;
  spec: object;
}

const given = <T>(value: T | null | undefined): T | undefined => value ?? undefined;

/** What applications ask for. */
export const flagKeyOf = ({ name, spec }: Pick<FlagSource, 'name' | 'spec'>): string =>
  (spec as FeatureFlagSpec).flag_key ?? name;

export const environmentsOf = ({ spec }: Pick<FlagSource, 'spec'>): Readonly<Record<string, FlagEnvironment>> =>
  (spec as FeatureFlagSpec).environments ?? {};

/** A flag's settings in one environment: what the environment says stands over the rest, field by field. */
export function settingsIn(source: Pick<FlagSource, 'spec'>, environment: string): FeatureFlagSpec & FlagEnvironment {
  const spec = source.spec as FeatureFlagSpec;
  const own = Object.hasOwn(spec.environments ?? {}, environment) ? spec.environments![environment] : undefined;
  return own ? { ...spec, ...withoutNulls(own) } : spec;
}

const withoutNulls = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null)) as Partial<T>;

/** The definition of a flag as it stands in one environment, in the engine's words. */
export function definitionIn(source: FlagSource, environment: string): FlagDefinition {
  const settings = settingsIn(source, environment);
  const base = {
    key: flagKeyOf(source),
    enabled: !OFF.has(source.status) && settings.enabled !== false,
    expiresAt: given(settings.expires_at),
    prerequisites: settings.prerequisites?.map(({ flag, enabled, variants }) => ({
      flag,
      enabled: given(enabled),
      variants: given(variants),
    })),
    metadata: settings.evaluation_metadata as Record<string, string> | undefined,
  };
  const definition = settings.definition ?? {};
  if (settings.dialect === 'unleash')
    return { ...base, dialect: 'unleash', unleash: { name: base.key, ...definition } satisfies UnleashFeature };
  if (settings.dialect === 'flagd') return { ...base, dialect: 'flagd', flagd: { variants: {}, ...definition } };
  return {
    ...base,
    defaultValue: given(settings.default_value),
    variants: settings.variants?.map(({ key, value, weight }) => ({ key, value, weight: given(weight) })),
    strategy: given(settings.strategy),
    percentage: source.status === 'testing' ? testingPercentage(settings) : given(settings.percentage),
    stickiness: given(settings.stickiness),
    rules: settings.rules?.map(ruleOf),
    segments: given(settings.segments),
  };
}

/** While a flag is tested, nobody has it but whom its rules or segments name. */
function testingPercentage({ rules, segments, strategy, percentage }: FlagSettings): number | undefined {
  const named = (rules?.length ?? 0) > 0 && !RULES_COME_FIRST.has(strategy ?? 'instant');
  return named || segments?.length ? given(percentage) : 0;
}

export function ruleOf(rule: FlagRule): Rule {
  return {
    ...clauseOf(rule),
    ...(rule.name != null && { name: rule.name }),
    ...(rule.variant != null && { variant: rule.variant }),
    ...(rule.percentage != null && { percentage: rule.percentage }),
  };
}

/** A clause in the engine's words. Which of its forms it has is checked when it is written. */
export function clauseOf(clause: FlagClause): Clause {
  if (clause.all != null) return { all: clause.all.map(clauseOf) };
  if (clause.any != null) return { any: clause.any.map(clauseOf) };
  if (clause.not != null) return { not: clauseOf(clause.not) };
  if (clause.segment != null) return { segment: clause.segment };
  return {
    attribute: clause.attribute!,
    operator: clause.operator!,
    values: given(clause.values),
    caseInsensitive: given(clause.case_insensitive),
  };
}
