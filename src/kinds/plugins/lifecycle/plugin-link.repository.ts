import { Injectable } from '@nestjs/common';
import { currentViewer, visible } from '../../../entries/visibility.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** A plugin at the other end of a `depends_on`. */
export interface LinkedPlugin {
  id: string;
  name: string;
  version: string;
  status: string;
  /** Whether the caller may see it. */
  seen: boolean;
}

/** Marks the relationships that installing made, and uninstalling takes away. */
export const MADE_BY = { made_by: 'plugin_resolution' };

const COLUMNS = 'e.id, e.name, e.version, e.status';
const DEPENDS_ON = `JOIN relationship_type t ON t.id = r.type AND t.name = 'depends_on'`;

/** Which plugins depend on which, as they are installed. */
@Injectable()
export class PluginLinkRepository {
  constructor(private readonly uow: UnitOfWork) {}

  dependenciesOf(id: string): Promise<LinkedPlugin[]> {
    const values: unknown[] = [id];
    return this.uow.query<LinkedPlugin & object>(
      `SELECT ${COLUMNS}, ${visible('e.id', values, currentViewer())} AS seen FROM relationship r ${DEPENDS_ON}
       JOIN entry e ON e.id = r.target_id AND e.kind = 'plugin' WHERE r.source_id = $1 ORDER BY r.id`,
      values,
    );
  }

  dependentsOf(id: string, statuses: readonly string[]): Promise<LinkedPlugin[]> {
    const values: unknown[] = [id, statuses];
    return this.uow.query<LinkedPlugin & object>(
      `SELECT ${COLUMNS}, ${visible('e.id', values, currentViewer())} AS seen FROM relationship r ${DEPENDS_ON}
       JOIN entry e ON e.id = r.source_id AND e.kind = 'plugin' AND e.status = ANY($2::text[])
       WHERE r.target_id = $1 ORDER BY e.id`,
      values,
    );
  }

  /** Ids of the relationships that installing this plugin made. */
  async madeFor(id: string): Promise<string[]> {
    const rows = await this.uow.query<{ id: string }>(
      `SELECT r.id FROM relationship r ${DEPENDS_ON} WHERE r.source_id = $1 AND r.metadata @> $2::jsonb ORDER BY r.id`,
      [id, JSON.stringify(MADE_BY)],
    );
    return rows.map((row) => row.id);
  }

  /** How many other active plugins own a route. */
  async otherOwners(routeId: string, pluginId: string): Promise<number> {
    const [{ n }] = await this.uow.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM relationship r JOIN relationship_type t ON t.id = r.type AND t.name = 'owns'
       JOIN entry e ON e.id = r.source_id AND e.kind = 'plugin' AND e.status = 'active'
       WHERE r.target_id = $1 AND r.source_id <> $2`,
      [routeId, pluginId],
    );
    return n;
  }
}
