import { Injectable } from '@nestjs/common';
import { EntryRepository } from '../../../entries/entry.repository.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import type { TransitionStep } from '../../../entries/kind/kind-hooks.js';
import { LifecycleService } from '../../../entries/kind/lifecycle.service.js';
import { circular, inUse, inactiveDependencies, pluginKey } from '../plan/plan-errors.js';
import { pluginKind } from '../plugin.kind.js';
import { complaint } from '../resolution/constraint-error.js';
import { pluginConstraint } from '../resolution/plugin-constraint.js';
import { Cascade } from './cascade.js';
import { PluginLinkRepository } from './plugin-link.repository.js';
import type { LinkedPlugin } from './plugin-link.repository.js';

/** What a deprecated plugin serves it goes on to serve. */
const SERVING = ['active', 'deprecated'];

/** An active plugin's dependencies are active: that is kept from both sides. Inside of a transaction. */
@Injectable()
export class PluginActivation {
  constructor(
    private readonly lifecycle: LifecycleService,
    private readonly entries: EntryRepository,
    private readonly linked: PluginLinkRepository,
    private readonly cascade: Cascade,
  ) {}

  /** @throws ConflictError `plugin.dependencies_inactive`; ImpossibleError `plugin.dependency_cycle` */
  async activate({ row, cascade }: TransitionStep): Promise<void> {
    await this.assertNoCircle(row);
    const dependencies = await this.linked.dependenciesOf(row.id);
    const missing = withoutLink(row, dependencies);
    const waiting: LinkedPlugin[] = [];
    // Whoever deactivates one of them holds the same lock.
    for (const one of dependencies.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))) {
      const present = await this.entries.lock(one.id);
      if (present && !SERVING.includes(present.status)) waiting.push(one);
    }
    if (waiting.length === 0 && missing.length === 0) return;
    const seen = waiting.filter((one) => one.seen);
    if (!cascade || seen.length < waiting.length || missing.length > 0)
      throw inactiveDependencies([...seen.map(pluginKey), ...missing], waiting.length - seen.length);
    for (const { id } of waiting) await this.cascade.from(row.id, () => this.bringUp(id));
  }

  /** @throws ConflictError `plugin.in_use` */
  async deactivate({ row, cascade }: TransitionStep): Promise<void> {
    const path = this.cascade.path;
    const active = (await this.linked.dependentsOf(row.id, ['active'])).filter(({ id }) => !path.includes(id));
    if (active.length === 0) return;
    const seen = active.filter((one) => one.seen);
    if (!cascade || seen.length < active.length) throw inUse('active', active.length, seen.map(pluginKey));
    for (const { id } of active)
      await this.cascade.from(row.id, async () => {
        // Another one on the way may have taken it along.
        if ((await this.entries.lock(id))?.status === 'active')
          await this.lifecycle.step(pluginKind, id, 'deactivate', { cascade: true });
      });
  }

  private async bringUp(id: string): Promise<void> {
    const present = await this.entries.lock(id);
    if (!present || SERVING.includes(present.status)) return;
    if (['registered', 'failed'].includes(present.status)) await this.lifecycle.step(pluginKind, id, 'install');
    await this.lifecycle.step(pluginKind, id, 'activate', { cascade: true });
  }

  private async assertNoCircle(row: EntryRow): Promise<void> {
    const { path } = this.cascade;
    const from = path.indexOf(row.id);
    if (from < 0) return;
    const circle: EntryRow[] = [];
    for (const id of path.slice(from)) circle.push((await this.entries.find(id))!);
    throw circular([...circle, row]);
  }
}

/** Constraints of the plugin that nothing it is linked to is meant by: it was not installed here. */
function withoutLink({ spec }: EntryRow, linked: readonly LinkedPlugin[]): string[] {
  const { plugins } = (spec.dependencies ?? {}) as { plugins?: string[] | null };
  const names = new Set(linked.map(({ name }) => name));
  return (plugins ?? []).filter(
    (text) => complaint(pluginConstraint, text) === undefined && !names.has(pluginConstraint(text).name),
  );
}
