import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntryDraft } from '../../entries/entry-draft.js';
import type { EntryRow } from '../../entries/entry-response.js';
import { HooksFor } from '../../entries/kind/kind-hooks.js';
import type { KindHooks, TransitionStep } from '../../entries/kind/kind-hooks.js';
import { ConflictError } from '../../platform/errors/registry-error.js';
import { PluginActivation } from './lifecycle/plugin-activation.js';
import { PluginDeprecation } from './lifecycle/plugin-deprecation.js';
import { PluginInstallation } from './lifecycle/plugin-installation.js';
import { PluginMesh } from './mesh/plugin-mesh.js';

const INSTALLED = ['installed', 'active', 'inactive'];

/** As it is stored: without classes and what is undefined. */
const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

/** What the states of a plugin mean for others and for the mesh. */
@Injectable()
@HooksFor('plugin')
export class PluginHooks implements KindHooks {
  constructor(
    private readonly installation: PluginInstallation,
    private readonly activation: PluginActivation,
    private readonly deprecation: PluginDeprecation,
    private readonly mesh: PluginMesh,
  ) {}

  /** What an installed plugin depends on was resolved and installed with it. */
  beforeSave(draft: EntryDraft, before?: EntryRow): void {
    if (!before || !INSTALLED.includes(before.status)) return;
    if (isDeepStrictEqual(stored(draft.spec.dependencies), stored(before.spec.dependencies))) return;
    throw new ConflictError(
      'plugin.installed',
      'The dependencies of an installed plugin do not change; uninstall it first, or register another version.',
      { state: before.status },
    );
  }

  async beforeTransition(step: TransitionStep): Promise<void> {
    if (step.verb === 'install') await this.installation.install(step);
    else if (step.verb === 'activate') await this.activation.activate(step);
    else if (step.verb === 'deactivate') await this.activation.deactivate(step);
    else if (step.verb === 'uninstall') await this.installation.uninstall(step);
    else if (step.verb === 'deprecate') await this.deprecation.check(step);
  }

  async afterTransition(step: TransitionStep, row: EntryRow): Promise<void> {
    if (step.verb === 'activate') await this.mesh.announce(row);
    else if (step.verb === 'deactivate' || step.verb === 'uninstall') await this.mesh.withdraw(row);
    else if (step.verb === 'deprecate') await this.deprecation.conclude(step, row);
  }

  async beforeRemove(row: EntryRow): Promise<void> {
    await this.mesh.withdraw(row);
  }
}
