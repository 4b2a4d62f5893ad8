import { DefinitionError, named } from '../definition-error.js';
import type { ImportedFlagdFlag } from '../flag-definition.js';
import type { JsonValue } from '../json-value.js';
import { LIMITS } from '../limits.js';
import type { FlagdFlag } from './flagd-format.js';

export interface FlagdImport {
  readonly flags: readonly ImportedFlagdFlag[];
  /** What could not be taken over, in sentences. */
  readonly warnings: readonly string[];
}

type Json = { readonly [field: string]: JsonValue };
type Metadata = Readonly<Record<string, string | number | boolean>>;

/**
 * Reads flagd's JSON: `flags` by key, `$evaluators` put in where `$ref` names them, `metadata` of the set under that of
 * each flag. Flags keep flagd's bucketing. Throws a DefinitionError naming the field that is wrong.
 */
export function importFlagd(document: unknown): FlagdImport {
  const root = objectOf(document, 'document');
  const evaluators = root['$evaluators'] === undefined ? {} : objectOf(root['$evaluators'], '$evaluators');
  const common = metadataOf(root['metadata'], 'metadata');
  const warnings: string[] = [];
  const flags = Object.entries(objectOf(root['flags'], 'flags')).map(([key, value]): ImportedFlagdFlag => {
    const field = `flags.${key}`;
    named(key, field, LIMITS.name);
    const flag = objectOf(value, field);
    const { state } = flag;
    if (state !== 'ENABLED' && state !== 'DISABLED')
      throw new DefinitionError(`${field}.state`, 'must be ENABLED or DISABLED');
    const references = new References(evaluators, `${field}.targeting`);
    const targeting = flag['targeting'] === undefined ? undefined : references.resolved(flag['targeting']);
    for (const name of references.unknown)
      warnings.push(`${key} refers to ${name}, which is no evaluator: it can't be evaluated.`);
    return {
      dialect: 'flagd',
      key,
      enabled: state === 'ENABLED',
      metadata: { ...common, ...metadataOf(flag['metadata'], `${field}.metadata`) },
      flagd: {
        variants: objectOf(flag['variants'], `${field}.variants`),
        defaultVariant: defaultOf(flag, field),
        targeting,
      } satisfies FlagdFlag,
    };
  });
  return { flags, warnings };
}

function defaultOf(flag: Json, field: string): string | undefined {
  const value = flag['defaultVariant'] ?? undefined;
  if (value !== undefined && typeof value !== 'string')
    throw new DefinitionError(`${field}.defaultVariant`, 'must be the name of a variant');
  return value;
}

function objectOf(value: unknown, field: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DefinitionError(field, 'must be an object');
  return value as Json;
}

function metadataOf(value: unknown, field: string): Metadata {
  if (value === undefined || value === null) return {};
  const entries = Object.entries(objectOf(value, field));
  for (const [name, one] of entries)
    if (!['string', 'number', 'boolean'].includes(typeof one))
      throw new DefinitionError(`${field}.${name}`, 'must be a text, a number or a boolean');
  return Object.fromEntries(entries) as Metadata;
}

/** Puts evaluators in where they are named. They may name others; what grows too large, or names itself, is refused. */
class References {
  readonly unknown = new Set<string>();
  private readonly open: string[] = [];
  private nodes = 0;

  constructor(
    private readonly evaluators: Json,
    private readonly field: string,
  ) {}

  resolved(logic: JsonValue, depth = 0): JsonValue {
    if (++this.nodes > LIMITS.logicNodes || depth > LIMITS.logicDepth)
      throw new DefinitionError(this.field, 'is too large once its references are written out');
    if (Array.isArray(logic)) return (logic as readonly JsonValue[]).map((one) => this.resolved(one, depth + 1));
    if (typeof logic !== 'object' || logic === null) return logic;
    const entries = Object.entries(logic);
    const [[name, value] = []] = entries;
    if (name === '$ref' && entries.length === 1 && typeof value === 'string')
      return this.evaluator(value, logic, depth);
    return Object.fromEntries(entries.map(([key, one]) => [key, this.resolved(one, depth + 1)]));
  }

  private evaluator(name: string, reference: JsonValue, depth: number): JsonValue {
    if (this.open.includes(name))
      throw new DefinitionError(this.field, `refers to itself: ${[...this.open, name].join(' → ')}`);
    if (!Object.hasOwn(this.evaluators, name)) {
      this.unknown.add(name);
      return reference;
    }
    this.open.push(name);
    const result = this.resolved(this.evaluators[name], depth + 1);
    this.open.pop();
    return result;
  }
}
