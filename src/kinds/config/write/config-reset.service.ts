import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { keyOf } from '../../../entries/entry-key.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ImpossibleError, InvalidError } from '../../../platform/errors/registry-error.js';
import { configKind } from '../config.kind.js';
import { referenceOf } from '../config-reference.js';
import { ConfigRepository } from '../config.repository.js';
import type { PlacedValue } from '../config.repository.js';
import { placeProblem, scopeText } from '../scope.js';
import { withNote } from '../versions/change-note.js';
import type { ConfigReset, ConfigResetResult } from './config-bulk.dto.js';
import { ConfigWriter } from './config-writer.js';

const MOST = 1000;

/** Takes values back to their defaults, and overrides away. */
@Injectable()
export class ConfigResets {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: ConfigRepository,
    private readonly writer: ConfigWriter,
  ) {}

  /**
   * A value with a default goes back to it; without one, a global value stays as it is and that of a nearer scope is
   * removed, so that the wider one holds again.
   */
  async run({ keys, prefix, scope, scope_id: id, comment, dry_run: dry }: ConfigReset): Promise<ConfigResetResult[]> {
    if (!keys && typeof prefix !== 'string')
      throw InvalidError.field('body', 'must name keys or a prefix; an empty prefix means every key');
    const place = { scope: scope ?? 'global', scope_id: id ?? null };
    const problem = placeProblem(place);
    if (problem) throw InvalidError.field(...problem);
    const which = { keys: keys?.map((key) => referenceOf(key).name), prefix: prefix ?? undefined };
    const reset = async (): Promise<ConfigResetResult[]> => {
      await this.repository.lockAll();
      const values = await this.repository.ofScope(scopeText(place), which, MOST + 1);
      if (values.length > MOST)
        throw new ImpossibleError('config.too_many', `One reset changes at most ${MOST} values.`);
      const results: ConfigResetResult[] = [];
      for (const value of values) results.push(await this.one(value));
      return results;
    };
    return withNote({ origin: 'reset', comment }, () => (dry ? this.uow.tryOut(reset) : this.uow.run(reset)));
  }

  private async one({ name, version, spec }: PlacedValue): Promise<ConfigResetResult> {
    const target = { name, scopeText: version };
    const key = keyOf(configKind.name, name, version);
    const { default: fallback, value } = spec;
    if (fallback !== undefined && fallback !== null) {
      if (isDeepStrictEqual(fallback, value)) return { key, action: 'kept' };
      await this.writer.set(target, { value: fallback });
      return { key, action: 'set' };
    }
    if (version === '') return { key, action: 'kept' };
    // The wider value holds from now on; where there is none, others may still name the key.
    await this.writer.remove(target, key, false);
    return { key, action: 'removed' };
  }
}
