import { Injectable } from '@nestjs/common';
import { EntriesService, draftOfRow } from '../../../entries/entries.service.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { EntryIds } from '../../../entries/entry-ids.js';
import { keyOn } from '../../../entries/kind/kind-entries.service.js';
import type { TransitionStep } from '../../../entries/kind/kind-hooks.js';
import { ImpossibleError } from '../../../platform/errors/registry-error.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { DeprecateInput } from '../plugin-inputs.js';
import { pluginKey } from '../plan/plan-errors.js';
import { pluginKind } from '../plugin.kind.js';

/** Deprecates a plugin and names what takes its place. Inside of a transaction. */
@Injectable()
export class PluginDeprecation {
  constructor(
    private readonly entries: EntriesService,
    private readonly ids: EntryIds,
  ) {}

  /** @throws InvalidError; ImpossibleError `plugin.successor_unknown`, `plugin.successor_itself` */
  async check({ row, input }: TransitionStep): Promise<void> {
    await this.successorOf(row, input);
  }

  /** Writes the successor down; `row` becomes what it is then. */
  async conclude({ input }: TransitionStep, row: EntryRow): Promise<void> {
    const successor = await this.successorOf(row, input);
    if (successor === undefined || row.spec.successor === successor) return;
    const changed = await this.entries.revise(
      row.uid,
      () => undefined,
      (present) => ({ ...draftOfRow(present), spec: { ...present.spec, successor } }),
    );
    Object.assign(row, changed);
  }

  private async successorOf(row: EntryRow, input: object): Promise<string | undefined> {
    const { successor } = validated(DeprecateInput, input);
    if (!successor) return undefined;
    const found = await this.ids.find(keyOn(pluginKind, successor));
    if (found?.kind !== 'plugin')
      throw new ImpossibleError('plugin.successor_unknown', `There is no plugin ${JSON.stringify(successor)}.`, [
        { field: 'successor', message: 'is not a registered plugin' },
      ]);
    if (found.id === row.id)
      throw new ImpossibleError('plugin.successor_itself', 'A plugin does not take its own place.', [
        { field: 'successor', message: 'is the plugin itself' },
      ]);
    return pluginKey(found);
  }
}
