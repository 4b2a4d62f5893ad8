import { isDeepStrictEqual } from 'node:util';
import {
  DEFAULT_ENVIRONMENT,
  definitionIn,
  environmentsOf,
  flagKeyOf,
  settingsIn,
} from '../definition/flag-definitions.js';
import { segmentsOf } from '../definition/flag-references.js';
import type { FlagEnvironment } from '../definition/flag-settings.dto.js';
import type { FlagRow } from '../snapshot/flag-snapshot.repository.js';
import type { FlagPromoted, FlagSettingChange } from './promotion.dto.js';

/** What is promoted: everything that an environment may say, but for a rollout's own walk. */
const FIELDS: readonly (keyof FlagEnvironment)[] = [
  'enabled',
  'default_value',
  'variants',
  'strategy',
  'percentage',
  'stickiness',
  'rules',
  'segments',
  'prerequisites',
  'schedule',
  'guardrail',
  'expires_at',
  'definition',
];

/** What one environment's settings become by promotion, and how that differs. */
export interface PlannedFlag extends FlagPromoted {
  row: FlagRow;
  /** The environment's settings as they will stand; of `default` the whole spec. */
  settings: Record<string, unknown>;
}

/** What is there, to find what is missing. */
export interface Known {
  segments: ReadonlySet<string>;
  /** Flag keys that there are. */
  flags: ReadonlyMap<string, FlagRow>;
}

/** Makes `to` answer as `from` does: an environment then says what differs from the rest, and nothing else of it. */
export function planned(row: FlagRow, from: string, to: string, known: Known): PlannedFlag {
  const [source, target, rest] = [settingsIn(row, from), settingsIn(row, to), row.spec as FlagEnvironment];
  const changes: FlagSettingChange[] = [];
  const whole = isWhole(row, to);
  const settings: Record<string, unknown> = whole ? { ...row.spec } : { ...environmentsOf(row)[to] };
  for (const field of FIELDS) {
    const [before, after] = [shown(target[field]), shown(source[field])];
    if (isDeepStrictEqual(before, after)) continue;
    changes.push({ field, before, after });
    const inherited = !whole && isDeepStrictEqual(after, shown(rest[field]));
    if (inherited || source[field] === undefined) delete settings[field];
    else settings[field] = source[field];
  }
  const isNew = !whole && !Object.hasOwn(environmentsOf(row), to);
  const definition = definitionIn(row, from);
  const needs = definition.prerequisites?.map(({ flag }) => flag) ?? [];
  return {
    row,
    settings,
    key: flagKeyOf(row),
    action: changes.length === 0 ? 'unchanged' : isNew ? 'create' : 'update',
    changes,
    missing_segments: segmentsOf(definition).filter((key) => !known.segments.has(key)),
    missing_prerequisites: needs.filter((key) => isOff(known.flags.get(key), to)),
  };
}

/** The spec with these settings in one environment. */
export function specWith(
  { row, settings }: Pick<PlannedFlag, 'row' | 'settings'>,
  to: string,
): Record<string, unknown> {
  if (isWhole(row, to)) return { ...settings };
  return { ...row.spec, environments: { ...environmentsOf(row), [to]: settings } };
}

/** Whether what an environment says is the rest itself. */
const isWhole = (row: FlagRow, environment: string): boolean =>
  environment === DEFAULT_ENVIRONMENT && !Object.hasOwn(environmentsOf(row), environment);

/** An empty list says as little as none. */
function shown(value: unknown): unknown {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return null;
  return JSON.parse(JSON.stringify(value)) as unknown;
}

function isOff(row: FlagRow | undefined, environment: string): boolean {
  return row === undefined || !definitionIn(row, environment).enabled;
}
