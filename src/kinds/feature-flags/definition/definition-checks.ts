import { InvalidError } from '../../../platform/errors/registry-error.js';
import type { FieldError } from '../../../platform/errors/registry-error.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import type { FeatureFlagSpec } from '../feature-flag.kind.js';
import { DefinitionError } from '../engine/definition-error.js';
import { compileFlag } from '../engine/flag.js';
import { compileSegment } from '../engine/segment.js';
import type { SegmentDefinition } from '../engine/flag-definition.js';
import { DEFAULT_ENVIRONMENT, definitionIn, environmentsOf, settingsIn } from './flag-definitions.js';
import type { FlagSource } from './flag-definitions.js';
import type { FlagClause } from './flag-rule.dto.js';
import { ENVIRONMENT_NAME, FlagEnvironment } from './flag-settings.dto.js';
import type { FlagSettings } from './flag-settings.dto.js';

const MOST_ENVIRONMENTS = 50;
const FORMS = ['attribute', 'segment', 'all', 'any', 'not'] as const;

/**
 * Refuses settings that can't be evaluated, in any environment; settles what environments say.
 * @throws InvalidError naming fields as `<path>.<field>`
 */
export function checkFlag(source: FlagSource, path = 'spec'): void {
  const spec = source.spec as FeatureFlagSpec;
  checkMetadata(spec, path);
  settleTimes(spec);
  settleEnvironments(spec, `${path}.environments`);
  checkSettings(spec, path);
  compiled(source, DEFAULT_ENVIRONMENT, path);
  for (const [name, settings] of Object.entries(environmentsOf(source))) {
    checkSettings(settings, `${path}.environments.${name}`);
    compiled(source, name, `${path}.environments.${name}`);
  }
}

/** @throws InvalidError naming fields below `path` */
export function checkSegment(segment: SegmentDefinition, clause: FlagClause | undefined, path = ''): void {
  const errors = clause ? formErrors(clause, 'clause') : [];
  if (errors.length > 0) throw refusal(errors, path);
  try {
    compileSegment(segment);
  } catch (error) {
    throw refusedBy(error, path);
  }
}

function settleEnvironments(spec: FeatureFlagSpec, path: string): void {
  const entries = Object.entries(spec.environments ?? {});
  if (entries.length > MOST_ENVIRONMENTS)
    throw InvalidError.field(path, `must be at most ${MOST_ENVIRONMENTS} environments`);
  for (const [name, settings] of entries) {
    if (!ENVIRONMENT_NAME.test(name))
      throw InvalidError.field(`${path}.${name.slice(0, 100)}`, 'must be a name of lower-case letters, digits and ._-');
    const own = settled(settings, `${path}.${name}`);
    settleTimes(own);
    spec.environments![name] = own;
  }
}

/** Times as they are written everywhere, so that texts compare as times do. */
function settleTimes(settings: FlagSettings): void {
  if (settings.expires_at) settings.expires_at = new Date(settings.expires_at).toISOString();
  for (const step of settings.schedule ?? [])
    if (!Number.isNaN(Date.parse(step.at ?? ''))) step.at = new Date(step.at).toISOString();
}

function settled(settings: unknown, path: string): FlagEnvironment {
  try {
    return { ...validated(FlagEnvironment, settings, path) };
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error;
    throw refusal(
      (error.errors ?? []).map(({ field, message }) => ({ field: field === path ? '' : field, message })),
      path,
    );
  }
}

function checkMetadata({ evaluation_metadata }: FeatureFlagSpec, path: string): void {
  for (const [name, value] of Object.entries(evaluation_metadata ?? {}))
    if (!['string', 'number', 'boolean'].includes(typeof value))
      throw InvalidError.field(`${path}.evaluation_metadata.${name}`, 'must be a text, a number or a boolean');
}

function checkSettings(settings: FlagSettings, path: string): void {
  const errors: FieldError[] = [];
  for (const [i, rule] of (settings.rules ?? []).entries()) errors.push(...formErrors(rule, `rules.${i}`));
  let last = -Infinity;
  for (const [i, { at }] of (settings.schedule ?? []).entries()) {
    const time = Date.parse(at ?? '');
    if (Number.isNaN(time)) errors.push({ field: `schedule.${i}.at`, message: 'is needed' });
    else if (time <= last) errors.push({ field: `schedule.${i}.at`, message: 'must be later than the step before' });
    last = time;
  }
  if (errors.length > 0) throw refusal(errors, path);
}

/** A clause has one form; an attribute has an operator. */
function formErrors(clause: FlagClause, field: string): FieldError[] {
  const forms = FORMS.filter((form) => clause[form] != null);
  if (forms.length !== 1) return [{ field, message: `must have exactly one of ${FORMS.join(', ')}` }];
  const [form] = forms;
  if (form === 'attribute')
    return clause.operator == null ? [{ field: `${field}.operator`, message: 'is needed beside attribute' }] : [];
  if (form === 'not') return formErrors(clause.not!, `${field}.not`);
  if (form === 'segment') return [];
  return clause[form]!.flatMap((one, i) => formErrors(one, `${field}.${form}.${i}`));
}

function compiled(source: FlagSource, environment: string, path: string): void {
  try {
    compileFlag({ ...definitionIn(source, environment), enabled: true });
  } catch (error) {
    throw refusedBy(error, path, settingsIn(source, environment).dialect ?? 'native');
  }
}

const WORDS: Readonly<Record<string, string>> = {
  defaultValue: 'default_value',
  expiresAt: 'expires_at',
  caseInsensitive: 'case_insensitive',
};

/** The engine's `rules[0].values[2]` as `rules.0.values.2`. */
function refusedBy(error: unknown, path: string, dialect = 'native'): unknown {
  if (!(error instanceof DefinitionError)) {
    if (dialect === 'native') return error;
    return refusal([{ field: 'definition', message: `is nothing that ${dialect} writes` }], path);
  }
  const field = error.field
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .map((word, at) => (at === 0 && word === dialect ? 'definition' : (WORDS[word] ?? word)))
    .join('.');
  const known = dialect === 'native' || /^(definition|expires_at|prerequisites|key)\b/.test(field);
  return refusal([{ field: known ? field : `definition.${field}`, message: error.message }], path);
}

function refusal(errors: readonly FieldError[], path: string): InvalidError {
  const fields = errors.map(({ field, message }) => ({
    field: [path, field].filter(Boolean).join('.'),
    message,
  }));
  return new InvalidError(
    fields.length === 1 ? `${fields[0].field} ${fields[0].message}` : `${fields.length} fields are wrong.`,
    fields,
  );
}
