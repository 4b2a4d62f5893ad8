import { DefinitionError, listed, named } from '../definition-error.js';
import type { Variant } from '../flag-definition.js';
import { LIMITS } from '../limits.js';
import type { Run } from '../run.js';
import { shown } from '../trace.js';
import { drawOf } from './bucket.js';

/** A flag's variants and their weights. */
export class VariantDraw {
  /** Whether there is anything to draw: more than one has a weight. */
  readonly drawn: boolean;
  private readonly ends: readonly number[];
  private readonly total: number;

  /** Throws a DefinitionError. */
  constructor(readonly variants: readonly Variant[]) {
    const keys = new Set<string>();
    let total = 0;
    this.ends = variants.map((variant, i) => {
      const key = named(variant.key, `variants[${i}].key`, LIMITS.name);
      if (keys.has(key)) throw new DefinitionError(`variants[${i}].key`, 'must differ from the others');
      keys.add(key);
      return (total += weightOf(variant, i));
    });
    this.total = total;
    this.drawn = variants.filter((variant, i) => weightOf(variant, i) > 0).length > 1;
    if (variants.length > 0 && !(total > 0)) throw new DefinitionError('variants', 'must have a weight above 0');
  }

  static of(variants: readonly Variant[] | undefined): VariantDraw {
    return new VariantDraw(listed(variants, 'variants', LIMITS.variants));
  }

  get(key: string, field: string): Variant {
    const variant = this.variants.find((one) => one.key === key);
    if (!variant) throw new DefinitionError(field, 'must be the key of a variant');
    return variant;
  }

  /** The only one with a weight; undefined when there are several, or none at all. */
  get only(): Variant | undefined {
    return this.drawn ? undefined : this.variants.find((variant) => (variant.weight ?? 1) > 0);
  }

  /** By weight. Call it only when something is `drawn`. */
  draw(text: string, run: Run): Variant {
    const position = drawOf(text) * this.total;
    let at = 0;
    while (position >= this.ends[at]) at++;
    const variant = this.variants[at];
    run.trace?.bucket(
      'variant',
      variant.key,
      { bucket: position, limit: this.ends[at] },
      `${shown(text)} falls at ${position.toFixed(3)} of ${this.total}`,
    );
    return variant;
  }
}

function weightOf({ weight = 1 }: Variant, at: number): number {
  if (typeof weight !== 'number' || !(weight >= 0 && weight <= 1_000_000_000))
    throw new DefinitionError(`variants[${at}].weight`, 'must be a number from 0 to 1000000000');
  return weight;
}
