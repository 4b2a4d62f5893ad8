import { Injectable } from '@nestjs/common';
import { ConflictError, ImpossibleError } from '../../../platform/errors/registry-error.js';
import type { Clause, FlagDefinition } from '../engine/flag-definition.js';
import { LIMITS } from '../engine/limits.js';
import { DEFAULT_ENVIRONMENT, definitionIn, environmentsOf, flagKeyOf } from './flag-definitions.js';
import type { FlagSource } from './flag-definitions.js';
import type { FeatureFlagSpec } from '../feature-flag.kind.js';
import { FlagReferencesRepository } from './flag-references.repository.js';

/** Checks what a flag says of other flags and of segments, in the transaction that writes it and after it was written. */
@Injectable()
export class FlagReferences {
  constructor(private readonly repository: FlagReferencesRepository) {}

  lock(): Promise<void> {
    return this.repository.lock();
  }

  /**
   * @throws ConflictError `feature_flag.key_taken`
   * @throws ImpossibleError `feature_flag.prerequisite_cycle` naming the circle, `feature_flag.segment_unknown`
   */
  async check(source: FlagSource): Promise<void> {
    await this.checkKey(source);
    await this.checkSegments(source);
    await this.checkCycles(source);
  }

  private async checkKey(source: FlagSource): Promise<void> {
    const key = flagKeyOf(source);
    const holder = await this.repository.holderOf(key, source.name);
    if (holder !== undefined)
      throw new ConflictError('feature_flag.key_taken', `The flag ${holder} answers to ${key} already.`, { key });
  }

  private async checkSegments(source: FlagSource): Promise<void> {
    // Nobody is in a segment of Unleash that is missing, as there.
    const { dialect } = source.spec as FeatureFlagSpec;
    const named = dialect === 'unleash' ? [] : segmentsNamedBy(source);
    if (named.length === 0) return;
    const there = new Set(await this.repository.segments(named));
    const missing = named.filter((key) => !there.has(key));
    if (missing.length > 0)
      throw new ImpossibleError(
        'feature_flag.segment_unknown',
        `There is no segment ${missing.join(', ')}.`,
        [{ field: 'segments', message: `name ${missing.join(', ')}, which there is not` }],
        { missing },
      );
  }

  /** Walks from the flag along all it needs. Every writer does, so a circle can only lead through the flag written last. */
  private async checkCycles(source: FlagSource): Promise<void> {
    const start = flagKeyOf(source);
    const cameFrom = new Map<string, string>();
    let frontier = [start];
    for (let depth = 0; frontier.length > 0; depth++) {
      if (depth > LIMITS.prerequisiteDepth)
        throw refused(
          `must not be nested deeper than ${LIMITS.prerequisiteDepth}`,
          'feature_flag.prerequisites_too_deep',
        );
      const next: string[] = [];
      for (const { key, needs } of await this.repository.needsOf(frontier))
        for (const need of needs) {
          if (need === start) throw circle([start, ...pathTo(key, cameFrom, start), start]);
          if (cameFrom.has(need)) continue;
          cameFrom.set(need, key);
          next.push(need);
        }
      frontier = next;
    }
  }
}

function pathTo(key: string, cameFrom: ReadonlyMap<string, string>, start: string): string[] {
  const path: string[] = [];
  for (let at: string | undefined = key; at !== undefined && at !== start; at = cameFrom.get(at)) path.unshift(at);
  return path;
}

const circle = (keys: readonly string[]): ImpossibleError =>
  refused(`must not lead back to the flag: ${keys.join(' → ')}`, 'feature_flag.prerequisite_cycle', keys);

const refused = (message: string, code: string, cycle?: readonly string[]): ImpossibleError =>
  new ImpossibleError(code, `Its prerequisites ${message}.`, [{ field: 'prerequisites', message }], cycle && { cycle });

/** Keys of the segments that a flag names, in any environment. */
export function segmentsNamedBy(source: FlagSource): string[] {
  const environments = [DEFAULT_ENVIRONMENT, ...Object.keys(environmentsOf(source))];
  return [...new Set(environments.flatMap((name) => segmentsOf(definitionIn(source, name))))];
}

/** Keys of the segments that a definition names. */
export function segmentsOf(definition: FlagDefinition): string[] {
  if (definition.dialect === 'flagd') return [];
  if (definition.dialect === 'unleash')
    return (definition.unleash.strategies ?? []).flatMap(({ segments }) =>
      (segments ?? []).map((one) => (typeof one === 'number' ? `unleash:${one}` : one)),
    );
  return [...(definition.segments ?? []), ...(definition.rules ?? []).flatMap(segmentsIn)];
}

/** Keys of the segments inside a clause. */
export function segmentsIn(clause: Clause): string[] {
  if ('all' in clause) return clause.all.flatMap(segmentsIn);
  if ('any' in clause) return clause.any.flatMap(segmentsIn);
  if ('not' in clause) return segmentsIn(clause.not);
  return 'segment' in clause ? [clause.segment] : [];
}
