import { Injectable } from '@nestjs/common';
import { visible } from '../../../entries/visibility.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** What a route was at a version, as it can be written again. */
export interface RouteState {
  name: string;
  version: string;
  title: string | null;
  description: string | null;
  feature: string | null;
  status: string;
  owner: string | null;
  tags: string[];
  metadata: Record<string, unknown>;
  spec: Record<string, unknown>;
  regions: string[];
  security_context: Record<string, unknown>;
}

export interface VersionRow {
  version: number;
  at: Date;
  actor: string;
  note: string | null;
  /** Public ids, names and what became of them. */
  changes: { id: string; name: string; change: 'added' | 'changed' | 'removed' }[];
}

export interface StateRow {
  route_id: string;
  uid: string;
  name: string;
  state: RouteState;
}

/** Versions that are kept, however old. */
const KEPT = 1000;

/** The mesh as it was. Inside ids of routes outlive them. */
@Injectable()
export class MeshVersionRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The newest first; below a number where one is given. What the caller may not see is left out of the changes. */
  async list(limit: number, before?: number): Promise<VersionRow[]> {
    const values: unknown[] = [limit, before ?? null];
    const seen = visible('r.route_id', values);
    const rows = await this.uow.query<Omit<VersionRow, 'version'> & { version: string }>(
      `SELECT v.version, v.at, v.actor, v.note, coalesce((
         SELECT json_agg(json_build_object('id', r.uid, 'name', r.name, 'change', CASE WHEN r.state IS NULL THEN 'removed'
           WHEN EXISTS (SELECT FROM mesh_route_revision p WHERE p.route_id = r.route_id AND p.version < r.version
             AND p.state IS NOT NULL) THEN 'changed' ELSE 'added' END) ORDER BY r.name)
         FROM mesh_route_revision r WHERE r.version = v.version AND ${seen}), '[]') AS changes
       FROM mesh_version v WHERE $2::bigint IS NULL OR v.version < $2 ORDER BY v.version DESC LIMIT $1`,
      values,
    );
    return rows.map((row) => ({ ...row, version: Number(row.version) }));
  }

  async exists(version: number): Promise<boolean> {
    return (await this.uow.query('SELECT FROM mesh_version WHERE version = $1', [version])).length > 0;
  }

  async head(): Promise<number> {
    const [{ version }] = await this.uow.query<{ version: string }>('SELECT version FROM mesh_head');
    return Number(version);
  }

  /** Every route as it was at a version, that the caller may see. */
  statesAt(version: number): Promise<StateRow[]> {
    const values: unknown[] = [version];
    const seen = visible('r.route_id', values);
    return this.uow.query<StateRow & object>(
      `SELECT * FROM (
         SELECT DISTINCT ON (r.route_id) r.route_id, r.uid, r.name, r.state FROM mesh_route_revision r
         WHERE r.version <= $1 AND ${seen} ORDER BY r.route_id, r.version DESC
       ) s WHERE s.state IS NOT NULL ORDER BY s.name, s.route_id`,
      values,
    );
  }

  /** Forgets versions that are old, but for what routes have been since: the oldest that is kept can be told whole. */
  async forgetOld(): Promise<void> {
    const [{ oldest }] = await this.uow.query<{ oldest: string | null }>(
      `SELECT min(version) AS oldest FROM (
         SELECT version FROM mesh_version WHERE at > clock_timestamp() - interval '90 days'
         UNION (SELECT version FROM mesh_version ORDER BY version DESC LIMIT ${KEPT})
       ) k`,
    );
    await this.uow.query('DELETE FROM mesh_version WHERE version < $1', [oldest]);
    await this.uow.query(
      `DELETE FROM mesh_route_revision r WHERE r.version < $1
         AND EXISTS (SELECT FROM mesh_route_revision n WHERE n.route_id = r.route_id AND n.version > r.version AND n.version <= $1)`,
      [oldest],
    );
  }
}
