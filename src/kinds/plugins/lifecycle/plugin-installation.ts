import { isDeepStrictEqual } from 'node:util';
import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { EntryRepository } from '../../../entries/entry.repository.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import type { TransitionStep } from '../../../entries/kind/kind-hooks.js';
import { LifecycleService } from '../../../entries/kind/lifecycle.service.js';
import { ConflictError } from '../../../platform/errors/registry-error.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { InstallInput } from '../plugin-inputs.js';
import { inUse, pluginKey, systemUnmet } from '../plan/plan-errors.js';
import { Planner } from '../plan/planner.js';
import type { PlannedPlugin } from '../plan/planner.js';
import { pluginKind } from '../plugin.kind.js';
import { Cascade } from './cascade.js';
import { PluginLinkRepository } from './plugin-link.repository.js';
import type { LinkedPlugin } from './plugin-link.repository.js';
import { PluginLinks } from './plugin-links.js';

/** States in which a plugin is there; a deprecated one serves who uses it. */
const THERE = ['installed', 'active', 'inactive', 'deprecated'];

/** Installs a plugin with whatever its plan says is missing, and takes it away again. Inside of a transaction. */
@Injectable()
export class PluginInstallation {
  /** Set while the plan of another plugin is carried out: its versions are chosen already. */
  private readonly planned = new AsyncLocalStorage<true>();

  constructor(
    private readonly planner: Planner,
    private readonly lifecycle: LifecycleService,
    private readonly entries: EntryRepository,
    private readonly links: PluginLinks,
    private readonly linked: PluginLinkRepository,
    private readonly cascade: Cascade,
  ) {}

  /** @throws ImpossibleError as the planner, `plugin.system_unsatisfied`; ConflictError `plugin.plan_stale` */
  async install({ row, input }: TransitionStep): Promise<void> {
    if (this.planned.getStore()) return;
    const { host } = validated(InstallInput, input);
    const { order, system } = await this.planner.plan(row, host ?? undefined);
    if (system.verdicts.some(({ met }) => met === false)) throw systemUnmet(system);
    const rows = await this.locked(order);
    for (const { row: planned, needs } of order) {
      if (planned.id !== row.id) {
        const present = rows.get(planned.id)!;
        if (THERE.includes(present.status)) continue;
        await this.planned.run(true, () => this.lifecycle.step(pluginKind, planned.id, 'install'));
      }
      await this.links.install(
        planned.id,
        needs.map((need) => ({ id: need.row.id, constraint: need.constraint })),
      );
    }
  }

  /** @throws ConflictError `plugin.in_use` */
  async uninstall({ row, cascade }: TransitionStep): Promise<void> {
    const dependents = await this.dependents(row.id);
    if (dependents.length > 0) {
      const seen = dependents.filter(({ seen: visible }) => visible);
      if (!cascade || seen.length < dependents.length) throw inUse('installed', dependents.length, seen.map(pluginKey));
      for (const { id } of dependents) await this.cascade.from(row.id, () => this.takeAway(id));
    }
    await this.links.uninstall(row.id);
  }

  private async takeAway(id: string): Promise<void> {
    const present = await this.entries.lock(id);
    if (present?.status === 'active') await this.lifecycle.step(pluginKind, id, 'deactivate', { cascade: true });
    // Another one on the way may have taken it along.
    if (present && present.status !== 'registered')
      await this.lifecycle.step(pluginKind, id, 'uninstall', { cascade: true });
  }

  private async dependents(id: string): Promise<LinkedPlugin[]> {
    const all = await this.linked.dependentsOf(id, [...THERE, 'failed']);
    return all.filter((one) => !this.cascade.path.includes(one.id));
  }

  /** The plan's rows, locked in an order that every plan keeps. What changed since it was made spoils it. */
  private async locked(order: readonly PlannedPlugin[]): Promise<Map<string, EntryRow>> {
    const rows = new Map<string, EntryRow>();
    for (const { row } of order.toSorted((a, b) => (BigInt(a.row.id) < BigInt(b.row.id) ? -1 : 1))) {
      const present = await this.entries.lock(row.id);
      const { plugins } = (present?.spec.dependencies ?? {}) as { plugins?: string[] };
      if (!present || !isDeepStrictEqual(plugins ?? null, row.plugins) || present.status === 'archived')
        throw new ConflictError('plugin.plan_stale', `${pluginKey(row)} was changed in the meantime; try again.`);
      rows.set(row.id, present);
    }
    return rows;
  }
}
