import { Injectable } from '@nestjs/common';
import { toSummaryResponse } from '../../../entries/entry-response.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { toRelationshipResponse } from '../../../entries/relationships/relationship-response.js';
import { RelationshipRepository } from '../../../entries/relationships/relationship.repository.js';
import { RelationshipTypes } from '../../../entries/relationships/relationship-types.js';
import type { PluginMeshView } from '../http/plugin.dto.js';
import { PluginMesh } from './plugin-mesh.js';

const TYPES = ['provides', 'owns', 'belongs_to'];
const PAGE = { limit: 100, offset: 0 };

/** What there is of a plugin in the mesh, as the caller may see it. */
@Injectable()
export class MeshView {
  constructor(
    private readonly mesh: PluginMesh,
    private readonly relationships: RelationshipRepository,
    private readonly types: RelationshipTypes,
  ) {}

  async of(plugin: EntryRow): Promise<PluginMeshView> {
    const service = await this.mesh.serviceOf(plugin);
    const route = await this.mesh.routeOf(plugin);
    return {
      mesh_integration: (plugin.spec.mesh_integration as PluginMeshView['mesh_integration'] | undefined) ?? null,
      service: service ? toSummaryResponse(service) : null,
      route: route ? toSummaryResponse(route) : null,
      links: await this.linksAmong([plugin, service, route].filter((row) => row !== undefined)),
    };
  }

  private async linksAmong(rows: readonly EntryRow[]): Promise<PluginMeshView['links']> {
    const ids = new Set(rows.map(({ uid }) => uid));
    const typeIds = [...(await this.types.find(TYPES)).values()];
    const found = [];
    for (const { id } of rows) found.push(...(await this.relationships.list({ sourceId: id, typeIds }, PAGE)));
    return found
      .filter(({ target_uid }) => ids.has(target_uid))
      .map(toRelationshipResponse)
      .map(({ source_key, type, target_key }) => ({ source_key, type, target_key }));
  }
}
