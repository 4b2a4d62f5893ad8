import { DefinitionError, named } from '../definition-error.js';
import type { ImportedUnleashFlag, SegmentDefinition } from '../flag-definition.js';
import { LIMITS } from '../limits.js';
import type { UnleashConstraint, UnleashDependency, UnleashStrategy, UnleashVariant } from './unleash-format.js';
import { listAt, objectAt, textAt, replayed } from './unleash-document.js';
import type { Json } from './unleash-document.js';

/** What is known of a feature besides how it is evaluated. */
export interface UnleashFacts {
  readonly description?: string;
  /** `release`, `experiment`, `operational`, `kill-switch`, `permission`. */
  readonly type?: string;
  readonly project?: string;
  readonly stale: boolean;
  readonly archived: boolean;
  readonly tags: readonly string[];
}

export interface UnleashImport {
  /** Feature by feature; `environments` has a definition for every environment that the document knows it in. */
  readonly features: readonly {
    readonly name: string;
    readonly facts: UnleashFacts;
    readonly environments: ReadonlyMap<string, ImportedUnleashFlag>;
  }[];
  readonly segments: readonly SegmentDefinition[];
  /** What could not be taken over, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads what Unleash writes: the client API's features (also as delta events), the export of features, and the state
 * export in all its versions. A document without environments is taken for `environment`. Flags keep Unleash's bucketing:
 * no user moves. Throws a DefinitionError naming the field that is wrong.
 */
export function importUnleash(document: unknown, environment = 'default'): UnleashImport {
  const root = replayed(objectAt(document, 'document'));
  const warnings: string[] = [];
  const rows = 'featureStrategies' in root || 'featureEnvironments' in root;
  const settings = rows ? settingsOfRows(root, environment) : settingsInline(environment);
  const features = listAt(root, 'features').map((feature, i) => {
    const name = named(feature['name'], `features[${i}].name`, LIMITS.name);
    const environments = new Map<string, ImportedUnleashFlag>();
    for (const [where, one] of settings(name, feature)) {
      warnings.push(
        ...customStrategies(one.strategies).map(
          (type) => `${name} has the custom strategy ${type}, which never holds.`,
        ),
      );
      environments.set(where, {
        dialect: 'unleash',
        key: name,
        enabled: one.enabled && feature['archived'] !== true && !feature['archivedAt'],
        unleash: { name, strategies: one.strategies, variants: one.variants, dependencies: one.dependencies },
      });
    }
    return { name, facts: factsOf(name, feature, root), environments };
  });
  return { features, segments: segmentsOf(root, warnings), warnings: [...new Set(warnings)] };
}

interface Settings {
  readonly enabled: boolean;
  readonly strategies: readonly UnleashStrategy[];
  readonly variants: readonly UnleashVariant[];
  readonly dependencies: readonly UnleashDependency[];
}
type SettingsOf = (name: string, feature: Json) => Map<string, Settings>;

const listed = <T>(object: Json, field: string): readonly T[] => listAt(object, field) as unknown as readonly T[];

/** The client API, and state exports before environments: everything stands in the feature. */
function settingsInline(environment: string): SettingsOf {
  return (_name, feature) =>
    new Map([
      [
        environment,
        {
          enabled: feature['enabled'] === true,
          strategies: listed<UnleashStrategy>(feature, 'strategies'),
          variants: listed<UnleashVariant>(feature, 'variants'),
          dependencies: listed<UnleashDependency>(feature, 'dependencies'),
        },
      ],
    ]);
}

/** Exports: strategies and environments are lists of their own. */
function settingsOfRows(root: Json, environment: string): SettingsOf {
  const strategies = groupedBy(strategyRows(root), ({ feature }) => feature);
  const switches = groupedBy(
    listAt(root, 'featureEnvironments'),
    (row) => textAt(row, 'featureName') || textAt(row, 'name'),
  );
  const parents = groupedBy(listAt(root, 'dependencies'), (row) => textAt(row, 'feature'));
  return (name, feature) => {
    const dependencies = (parents.get(name) ?? []).flatMap((row) => listed<UnleashDependency>(row, 'dependencies'));
    const own = strategies.get(name) ?? [];
    const rows = switches.get(name) ?? [{ enabled: feature['enabled'] === true }];
    return new Map(
      rows.map((row) => {
        const where = textAt(row, 'environment') || environment;
        const variants = listed<UnleashVariant>(row, 'variants');
        return [
          where,
          {
            enabled: row['enabled'] === true,
            strategies: own.filter((one) => (one.environment || where) === where).map(({ strategy }) => strategy),
            variants: variants.length > 0 ? variants : listed<UnleashVariant>(feature, 'variants'),
            dependencies,
          },
        ];
      }),
    );
  };
}

interface StrategyRow {
  readonly feature: string;
  readonly environment: string;
  readonly order: number;
  readonly strategy: UnleashStrategy;
}

function strategyRows(root: Json): StrategyRow[] {
  const segments = groupedBy(listAt(root, 'featureStrategySegments'), (row) => textAt(row, 'featureStrategyId'));
  const rows = listAt(root, 'featureStrategies').map((row, i): StrategyRow => {
    const ids = [
      ...listed<number>(row, 'segments'),
      ...(segments.get(textAt(row, 'id')) ?? []).map((one) => Number(one['segmentId'])),
    ];
    const strategy: UnleashStrategy = {
      name: named(row['name'] ?? row['strategyName'], `featureStrategies[${i}].name`, LIMITS.name),
      title: textAt(row, 'title') || undefined,
      disabled: row['disabled'] === true,
      parameters: row['parameters'] as UnleashStrategy['parameters'],
      constraints: listed<UnleashConstraint>(row, 'constraints'),
      variants: listed<UnleashVariant>(row, 'variants'),
      segments: [...new Set(ids)],
    };
    const order = typeof row['sortOrder'] === 'number' ? row['sortOrder'] : 9999;
    return { feature: textAt(row, 'featureName'), environment: textAt(row, 'environment'), order, strategy };
  });
  return rows.sort((a, b) => a.order - b.order);
}

const BUILT_IN = new Set([
  'default',
  'userWithId',
  'gradualRolloutUserId',
  'gradualRolloutSessionId',
  'gradualRolloutRandom',
  'flexibleRollout',
  'remoteAddress',
  'applicationHostname',
]);

const customStrategies = (strategies: readonly UnleashStrategy[]): string[] =>
  strategies.map((one) => one?.name).filter((name) => typeof name === 'string' && !BUILT_IN.has(name));

function segmentsOf(root: Json, warnings: string[]): SegmentDefinition[] {
  const segments: SegmentDefinition[] = [];
  for (const [i, segment] of listAt(root, 'segments').entries()) {
    const { id } = segment;
    if (typeof id !== 'number') throw new DefinitionError(`segments[${i}].id`, 'must be a number');
    const name = textAt(segment, 'name') || undefined;
    if (Array.isArray(segment['constraints']))
      segments.push({ key: `unleash:${id}`, name, unleash: listed<UnleashConstraint>(segment, 'constraints') });
    else warnings.push(`Segment ${name ?? id} comes without its constraints: nobody is a member.`);
  }
  return segments;
}

function factsOf(name: string, feature: Json, root: Json): UnleashFacts {
  const tags = listAt(root, 'featureTags').filter((tag) => tag['featureName'] === name);
  return {
    description: textAt(feature, 'description') || undefined,
    type: textAt(feature, 'type') || undefined,
    project: textAt(feature, 'project') || undefined,
    stale: feature['stale'] === true,
    archived: feature['archived'] === true || Boolean(feature['archivedAt']),
    tags: tags.map((tag) => textAt(tag, 'tagValue') || textAt(tag, 'value')).filter(Boolean),
  };
}

function groupedBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
