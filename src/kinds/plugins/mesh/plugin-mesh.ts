import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { EntriesService, draftOfRow } from '../../../entries/entries.service.js';
import { keyOf } from '../../../entries/entry-key.js';
import { EntryRepository } from '../../../entries/entry.repository.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { ConflictError } from '../../../platform/errors/registry-error.js';
import { PluginLinkRepository } from '../lifecycle/plugin-link.repository.js';
import { PluginLinks } from '../lifecycle/plugin-links.js';
import { isManagedBy, meshOf, routeDraft, serviceDraft } from './mesh-drafts.js';

type Draft = ReturnType<typeof serviceDraft>;

const freely = (): void => undefined;

/** A plugin's service and route in the mesh: there while it is active. Inside of a transaction. */
@Injectable()
export class PluginMesh {
  constructor(
    private readonly entries: EntriesService,
    private readonly repository: EntryRepository,
    private readonly links: PluginLinks,
    private readonly linked: PluginLinkRepository,
  ) {}

  /** Registers what is missing, brings up to date what this plugin registered, and relates all of it. Repeatable. */
  async announce(plugin: EntryRow): Promise<void> {
    const mesh = meshOf(plugin);
    if (!mesh) return;
    const service = await this.ensure(plugin, serviceDraft(plugin, mesh));
    const serviceKey = keyOf('service', service.name, service.version);
    const route = await this.ensure(plugin, routeDraft(plugin, mesh, serviceKey));
    await this.turn(route.id, 'active');
    await this.links.relate([
      { sourceId: plugin.id, targetId: service.id, type: 'provides' },
      { sourceId: plugin.id, targetId: route.id, type: 'owns' },
      { sourceId: route.id, targetId: service.id, type: 'belongs_to' },
    ]);
  }

  /** Disables the route, unless another active plugin (a second version of this one, say) owns it too. */
  async withdraw(plugin: EntryRow): Promise<void> {
    const route = await this.routeOf(plugin);
    if (route && (await this.linked.otherOwners(route.id, plugin.id)) === 0) await this.turn(route.id, 'disabled');
  }

  async serviceOf(plugin: EntryRow): Promise<EntryRow | undefined> {
    const mesh = meshOf(plugin);
    return mesh && this.entries.find(keyOf('service', mesh.service_name, ''));
  }

  async routeOf(plugin: EntryRow): Promise<EntryRow | undefined> {
    const mesh = meshOf(plugin);
    return mesh && this.entries.find(keyOf('mesh_route', mesh.service_name, ''));
  }

  private async ensure(plugin: EntryRow, draft: Draft): Promise<EntryRow> {
    const key = keyOf(draft.type, draft.name, '');
    const present = (await this.entries.find(key)) ?? (await this.registered(draft, key));
    const wanted = JSON.parse(JSON.stringify(draft.spec)) as object;
    if (!isManagedBy(present, plugin) || isDeepStrictEqual(present.spec, wanted)) return present;
    return this.entries.revise(present.uid, freely, (row) => ({
      ...draftOfRow(row),
      spec: draft.spec,
      metadata: { ...row.metadata, ...draft.metadata },
    }));
  }

  private async registered(draft: Draft, key: string): Promise<EntryRow> {
    try {
      return (await this.entries.register(draft)).row;
    } catch (error) {
      // Whoever was faster registered the same.
      const present = error instanceof ConflictError ? await this.entries.find(key) : undefined;
      if (!present) throw error;
      return present;
    }
  }

  private async turn(id: string, status: string): Promise<void> {
    const row = await this.repository.lock(id);
    if (row && row.status !== status) await this.entries.restate(row, status);
  }
}
