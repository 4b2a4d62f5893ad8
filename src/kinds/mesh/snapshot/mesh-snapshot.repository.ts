import { Injectable } from '@nestjs/common';
import { keyOf } from '../../../entries/entry-key.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { RouteRow } from '../table/compiled-route.js';

export interface SettingRow {
  name: string;
  value: unknown;
  version: number;
  updated_at: Date;
  updated_by: string;
}

const ROUTES = `
  SELECT e.id, e.uid, e.name, e.version, e.status, e.title, e.spec, e.tags, x.readers
  FROM entry e LEFT JOIN entry_restriction x ON x.entry_id = e.id WHERE e.kind = 'mesh_route'`;

/** Reads what is kept in memory, whoever asks: who may see a route is decided when it is answered. */
@Injectable()
export class MeshSnapshotRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Number of the newest version that is visible. */
  async head(): Promise<number> {
    const [{ version }] = await this.uow.query<{ version: string }>('SELECT version FROM mesh_head', [], 'mesh-head');
    return Number(version);
  }

  /** Inside ids of routes that were changed after a version, those that are gone included. */
  async changedAfter(version: number): Promise<string[]> {
    const rows = await this.uow.query<{ route_id: string }>(
      'SELECT DISTINCT route_id FROM mesh_route_revision WHERE version > $1',
      [version],
      'mesh-changes',
    );
    return rows.map(({ route_id }) => route_id);
  }

  /** These routes, or all; those that are gone are missing. */
  async routes(ids?: readonly string[]): Promise<RouteRow[]> {
    const rows = ids
      ? await this.uow.query<Omit<RouteRow, 'key'>>(`${ROUTES} AND e.id = ANY ($1::bigint[])`, [ids])
      : await this.uow.query<Omit<RouteRow, 'key'>>(ROUTES);
    return rows.map((row) => ({ ...row, key: keyOf('mesh_route', row.name, row.version) }));
  }

  async settingsAfter(version: number): Promise<SettingRow[]> {
    const rows = await this.uow.query<SettingRow & object>(
      'SELECT name, value, version, updated_at, updated_by FROM mesh_setting WHERE version > $1',
      [version],
    );
    return rows.map((row) => ({ ...row, version: Number(row.version) }));
  }
}
