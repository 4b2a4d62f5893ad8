import { Injectable } from '@nestjs/common';
import { Outbox } from '../../../entries/outbox.js';
import { creationEvents, removalEvents } from '../../../entries/relationships/relationship-events.js';
import { RelationshipRepository } from '../../../entries/relationships/relationship.repository.js';
import type { RelationshipRow } from '../../../entries/relationships/relationship-response.js';
import { RelationshipTypes } from '../../../entries/relationships/relationship-types.js';
import { MADE_BY, PluginLinkRepository } from './plugin-link.repository.js';

export interface Link {
  sourceId: string;
  targetId: string;
  type: string;
  metadata?: Record<string, unknown>;
}

/** The relationships of plugins, written with their events. Everything here is part of a running transaction. */
@Injectable()
export class PluginLinks {
  constructor(
    private readonly links: PluginLinkRepository,
    private readonly relationships: RelationshipRepository,
    private readonly types: RelationshipTypes,
    private readonly outbox: Outbox,
  ) {}

  /** Makes those that are not there yet. */
  async relate(links: readonly Link[]): Promise<void> {
    if (links.length === 0) return;
    const types = await this.types.ensure(links.map(({ type }) => type));
    const made = await this.relationships.insertNew(
      links.map(({ sourceId, targetId, type, metadata = {} }) => ({
        sourceId,
        targetId,
        typeId: types.get(type)!,
        weight: 1,
        bidirectional: false,
        metadata,
      })),
    );
    await this.outbox.record(creationEvents(await this.rows(made.map(({ id }) => id))));
  }

  /** What an installed plugin depends on is what it was installed with, and what others said it depends on. */
  async install(id: string, needs: readonly { id: string; constraint: string }[]): Promise<void> {
    await this.uninstall(id);
    const links = new Map<string, Link>();
    for (const need of needs) {
      const known = links.get(need.id)?.metadata?.constraint;
      const constraint = known === undefined ? need.constraint : `${String(known)}; ${need.constraint}`;
      links.set(need.id, { sourceId: id, targetId: need.id, type: 'depends_on', metadata: { ...MADE_BY, constraint } });
    }
    await this.relate([...links.values()]);
  }

  async uninstall(id: string): Promise<void> {
    const made = await this.links.madeFor(id);
    if (made.length === 0) return;
    const rows = await this.rows(made);
    for (const edge of made) await this.relationships.delete(edge);
    await this.outbox.record(removalEvents(rows));
  }

  private async rows(ids: readonly string[]): Promise<RelationshipRow[]> {
    const rows: RelationshipRow[] = [];
    for (const id of ids) {
      const row = await this.relationships.find(id);
      if (row) rows.push(row);
    }
    return rows;
  }
}
