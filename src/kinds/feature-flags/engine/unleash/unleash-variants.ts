import { DefinitionError, listed, named } from '../definition-error.js';
import type { JsonValue } from '../json-value.js';
import { LIMITS } from '../limits.js';
import { murmur3 } from '../../../../platform/hashing/murmur3.js';
import type { Run } from '../run.js';
import { shown } from '../trace.js';
import { unleashField } from './unleash-context.js';
import type { UnleashPayload, UnleashVariant } from './unleash-format.js';

const SEED = 86_028_157;
const STICKY_FIELDS = ['userId', 'sessionId', 'remoteAddress'].map(unleashField);
const chance = (): string => String(Math.round(Math.random() * 100_000));

export interface ChosenVariant {
  readonly name: string;
  readonly payload?: UnleashPayload;
  readonly value: JsonValue;
}

interface Override {
  readonly read: (context: Run['context']) => string | undefined;
  readonly values: ReadonlySet<string>;
}

/** Variants of a feature or strategy, chosen as Unleash's clients do. */
export class UnleashVariants {
  private readonly chosen: readonly ChosenVariant[];
  private readonly weights: readonly number[];
  private readonly overrides: readonly (readonly Override[])[];
  private readonly total: number;
  private readonly readSticky: ((context: Run['context']) => string | undefined) | undefined;

  /** `stickiness` where the variants say none. Throws a DefinitionError. */
  constructor(
    variants: readonly UnleashVariant[],
    private readonly groupId: string,
    stickiness: string | undefined,
    field: string,
  ) {
    this.chosen = variants.map((variant, i) => chosenOf(variant, `${field}[${i}]`));
    this.weights = variants.map(({ weight }) => (typeof weight === 'number' && weight > 0 ? weight : 0));
    this.total = this.weights.reduce((sum, weight) => sum + weight, 0);
    this.overrides = variants.map((variant, i) => overridesOf(variant, `${field}[${i}].overrides`));
    const name = variants[0]?.stickiness || stickiness || 'default';
    this.readSticky = name === 'default' ? undefined : unleashField(name);
  }

  /** Whether more than one can be chosen. */
  get drawn(): boolean {
    return this.weights.filter((weight) => weight > 0).length > 1;
  }

  get hasPayloads(): boolean {
    return this.chosen.some(({ payload }) => payload !== undefined);
  }

  /** Undefined when none has a weight. */
  choose(run: Run): ChosenVariant | undefined {
    if (this.total <= 0) return undefined;
    const overridden = this.overrides.findIndex((overrides) =>
      overrides.some(({ read, values }) => values.has(read(run.context) ?? '')),
    );
    if (overridden >= 0) {
      run.trace?.leaf('variant', this.chosen[overridden].name, true, 'an override names the asker');
      return this.chosen[overridden];
    }
    return this.drawnBy(this.stickyValue(run), run);
  }

  private stickyValue({ context }: Run): string {
    if (this.readSticky) return this.readSticky(context) || chance();
    for (const read of STICKY_FIELDS) {
      const value = read(context);
      if (value) return value;
    }
    return chance();
  }

  private drawnBy(id: string, run: Run): ChosenVariant | undefined {
    const bucket = (murmur3(`${this.groupId}:${id}`, SEED) % this.total) + 1;
    let limit = 0;
    const at = this.weights.findIndex((weight) => weight > 0 && (limit += weight) >= bucket);
    if (at < 0) return undefined;
    const { name } = this.chosen[at];
    run.trace?.bucket(
      'variant',
      name,
      { bucket, limit },
      `${shown(`${this.groupId}:${id}`)} falls at ${bucket} of ${this.total}`,
    );
    return this.chosen[at];
  }
}

function overridesOf({ overrides }: UnleashVariant, field: string): Override[] {
  return listed(overrides, field, LIMITS.references).map(({ contextName, values }, i) => ({
    read: unleashField(named(contextName, `${field}[${i}].contextName`, LIMITS.name)),
    values: new Set(listed(values, `${field}[${i}].values`, LIMITS.values).filter((value) => value !== '')),
  }));
}

function chosenOf({ name, payload }: UnleashVariant, field: string): ChosenVariant {
  named(name, `${field}.name`, LIMITS.name);
  if (payload === undefined || payload === null) return { name, value: true };
  if (typeof payload.value !== 'string' || typeof payload.type !== 'string')
    throw new DefinitionError(`${field}.payload`, 'must have a type and a value');
  return { name, payload, value: valueOf(payload) };
}

/** What an OpenFeature client gets: numbers and JSON as such where they are written well. */
function valueOf({ type, value }: UnleashPayload): JsonValue {
  if (type === 'number') return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
  if (type !== 'json') return value;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    return value;
  }
}
