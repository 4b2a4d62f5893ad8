import { NAME_PATTERN, slugOf } from '../../../entries/entry-key.js';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { DEFAULT_ENVIRONMENT } from '../definition/flag-definitions.js';
import { ENVIRONMENT_NAME } from '../definition/flag-settings.dto.js';
import { DefinitionError } from '../engine/definition-error.js';
import type { ImportedUnleashFlag, SegmentDefinition } from '../engine/flag-definition.js';
import { importFlagd } from '../engine/flagd/flagd-import.js';
import { importUnleash } from '../engine/unleash/unleash-import.js';
import type { UnleashFacts } from '../engine/unleash/unleash-import.js';
import type { SegmentContent } from '../segments/segment.repository.js';

/** What another tool's document holds, as bodies of this kind's import. */
export interface ForeignFlags {
  flags: Record<string, unknown>[];
  segments: SegmentContent[];
  /** What could not be taken over, in sentences. */
  warnings: readonly string[];
}

export const FOREIGN_FORMATS = ['unleash', 'flagd'] as const;
export type ForeignFormat = (typeof FOREIGN_FORMATS)[number];

/**
 * Reads Unleash's exports and states, and flagd's JSON. Flags keep the other tool's rules and bucketing: nobody is switched
 * by the move. `known` are the names of the flags that there are, by their keys. @throws InvalidError naming the field that is wrong
 */
export function foreignFlags(
  format: ForeignFormat,
  document: unknown,
  known: ReadonlyMap<string, string>,
): ForeignFlags {
  try {
    const names = new Names(known);
    return format === 'unleash' ? fromUnleash(document, names) : fromFlagd(document, names);
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    const field = error.field.replaceAll(/\[(\d+)\]/g, '.$1');
    throw InvalidError.field(field, error.message);
  }
}

function fromUnleash(document: unknown, names: Names): ForeignFlags {
  const { features, segments, warnings } = importUnleash(document);
  return {
    flags: features.map(({ name, facts, environments }) => ({
      ...names.of(name),
      description: facts.description?.slice(0, 4096),
      tags: tagsOf(facts),
      metadata: { unleash: { type: facts.type, project: facts.project, stale: facts.stale } },
      status: facts.archived ? 'archived' : [...environments.values()].some(({ enabled }) => enabled) ? 'enabled' : 'disabled', // prettier-ignore
      dialect: 'unleash',
      ...settingsOf(environments),
    })),
    segments: segments.map(segmentOf),
    warnings,
  };
}

/** Where Unleash's environments are, this registry's `default` is off: nobody is let in by a name that is not known. */
function settingsOf(environments: ReadonlyMap<string, ImportedUnleashFlag>): object {
  const all = [...environments].map(([name, flag]) => [environmentName(name), flag] as const);
  const rest = environments.get(DEFAULT_ENVIRONMENT);
  const others = all.filter(([name]) => name !== DEFAULT_ENVIRONMENT);
  const own = others.map(([name, { enabled, unleash }]) => [name, { enabled, definition: { ...unleash } }] as const);
  const switched = rest === undefined || (!rest.enabled && others.some(([, { enabled }]) => enabled));
  return {
    definition: { ...(rest ?? all[0]?.[1])?.unleash },
    ...((own.length > 0 || switched) && {
      environments: { ...Object.fromEntries(own), ...(switched && { [DEFAULT_ENVIRONMENT]: { enabled: false } }) },
    }),
  };
}

function environmentName(name: string): string {
  const own = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .slice(0, 64)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  if (own === '') return 'environment';
  return ENVIRONMENT_NAME.test(own) ? own : `environment-${own}`;
}

const tagsOf = ({ tags }: UnleashFacts): string[] => [...new Set(tags.map((tag) => tag.slice(0, 64)))].slice(0, 50);

const segmentOf = ({ key, name, unleash }: SegmentDefinition): SegmentContent => ({
  key,
  name: name ?? null,
  description: null,
  definition: { constraints: (unleash ?? []) as unknown as Record<string, unknown>[] },
});

function fromFlagd(document: unknown, names: Names): ForeignFlags {
  const { flags, warnings } = importFlagd(document);
  return {
    flags: flags.map(({ key, enabled, metadata, flagd }) => ({
      ...names.of(key),
      status: enabled ? 'enabled' : 'disabled',
      dialect: 'flagd',
      definition: { ...flagd },
      ...(metadata && Object.keys(metadata).length > 0 && { evaluation_metadata: metadata }),
    })),
    segments: [],
    warnings,
  };
}

/** Names made from other tools' keys, which may be written as no name is; of a flag that there is already its own. */
class Names {
  private readonly taken: Set<string>;

  constructor(private readonly known: ReadonlyMap<string, string>) {
    this.taken = new Set(known.values());
  }

  of(key: string): { name: string; flag_key?: string } {
    const name = this.known.get(key) ?? this.free(key);
    this.taken.add(name);
    return name === key ? { name } : { name, flag_key: key };
  }

  private free(key: string): string {
    const base = NAME_PATTERN.test(key) ? key : (slugOf(key) ?? 'flag');
    let name = base;
    for (let n = 2; this.taken.has(name); n++) name = `${base.slice(0, 100)}-${n}`;
    return name;
  }
}
