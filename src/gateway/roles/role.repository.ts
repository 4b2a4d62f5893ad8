import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

/** A row of `access_role`. */
export interface RoleRow {
  name: string;
  description: string;
  permissions: string[];
  created_by: string;
  revision: number;
  created_at: Date;
  updated_at: Date;
}
export type RoleSettings = Pick<RoleRow, 'name' | 'description' | 'permissions'>;

const COLUMNS = 'name, description, permissions, created_by, revision, created_at, updated_at';
/** A key that expired may be given another end; one that was replaced or revoked never holds anything again. */
const MAY_HOLD = 'revoked_at IS NULL AND (replaced_at IS NULL OR expires_at > clock_timestamp())';

/** Roles of the operator's own making, and who holds a role. */
@Injectable()
export class RoleRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async find(name: string): Promise<RoleRow | undefined> {
    return (await this.uow.query<RoleRow>(`SELECT ${COLUMNS} FROM access_role WHERE name = $1`, [name]))[0];
  }

  /** `UPDATE` to change it; `SHARE` to hand it out: then nobody changes or deletes it meanwhile. */
  async lock(name: string, strength: 'UPDATE' | 'SHARE'): Promise<RoleRow | undefined> {
    const sql = `SELECT ${COLUMNS} FROM access_role WHERE name = $1 FOR ${strength}`;
    return (await this.uow.query<RoleRow>(sql, [name]))[0];
  }

  async list(): Promise<RoleRow[]> {
    return this.uow.query<RoleRow>(`SELECT ${COLUMNS} FROM access_role ORDER BY name`);
  }

  /** What the roles of these names mean, all together. */
  async permissionsOf(names: readonly string[]): Promise<string[]> {
    const sql = 'SELECT permissions FROM access_role WHERE name = ANY ($1::text[])';
    return (await this.uow.query<RoleRow>(sql, [names])).flatMap(({ permissions }) => permissions);
  }

  async count(): Promise<number> {
    return (await this.uow.query<{ n: number }>('SELECT count(*)::integer AS n FROM access_role'))[0].n;
  }

  /** Keys by the role they hold. */
  async holders(): Promise<Map<string, number>> {
    const rows = await this.uow.query<{ role: string; n: number }>(
      `SELECT role, count(*)::integer AS n FROM api_key WHERE role IS NOT NULL AND ${MAY_HOLD} GROUP BY role`,
    );
    return new Map(rows.map(({ role, n }) => [role, n]));
  }

  async holdersOf(name: string): Promise<number> {
    const sql = `SELECT count(*)::integer AS n FROM api_key WHERE role = $1 AND ${MAY_HOLD}`;
    return (await this.uow.query<{ n: number }>(sql, [name]))[0].n;
  }

  /** Undefined when there is one of this name. */
  async insert({ name, description, permissions }: RoleSettings, by: string): Promise<RoleRow | undefined> {
    const [row] = await this.uow.query<RoleRow>(
      `INSERT INTO access_role (name, description, permissions, created_by) VALUES ($1, $2, $3, $4)
       ON CONFLICT (name) DO NOTHING RETURNING ${COLUMNS}`,
      [name, description, permissions, by],
    );
    return row;
  }

  async update({ name, description, permissions }: RoleSettings): Promise<RoleRow> {
    const [row] = await this.uow.query<RoleRow>(
      `UPDATE access_role SET description = $2, permissions = $3, revision = revision + 1,
         updated_at = clock_timestamp() WHERE name = $1 RETURNING ${COLUMNS}`,
      [name, description, permissions],
    );
    return row;
  }

  async delete(name: string): Promise<void> {
    await this.uow.query('DELETE FROM access_role WHERE name = $1', [name]);
  }
}
