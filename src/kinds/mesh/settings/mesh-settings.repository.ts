import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { currentActor } from '../../../platform/http/request-context.js';
import type { SettingRow } from '../snapshot/mesh-snapshot.repository.js';

/** Settings of the mesh, by name. Each change gives the mesh another version. */
@Injectable()
export class MeshSettingsRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async find(name: string): Promise<SettingRow | undefined> {
    const [row] = await this.uow.query<SettingRow & object>('SELECT * FROM mesh_setting WHERE name = $1', [name]);
    return row && { ...row, version: Number(row.version) };
  }

  /** In a transaction: as {@link find}, and nobody else changes it before its end. */
  async lock(name: string): Promise<SettingRow | undefined> {
    await this.uow.query(`SELECT pg_advisory_xact_lock(hashtextextended('mesh_setting ' || $1::text, 0))`, [name]);
    return this.find(name);
  }

  /** In a transaction. */
  async put(name: string, value: object): Promise<SettingRow> {
    await this.speak();
    const [row] = await this.uow.query<SettingRow & object>(
      `INSERT INTO mesh_setting AS s (name, value, version, updated_by) VALUES ($1, $2, 0, $3)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = clock_timestamp(), updated_by = excluded.updated_by
       RETURNING *`,
      [name, JSON.stringify(value), currentActor()],
    );
    return { ...row, version: Number(row.version) };
  }

  /** In a transaction: as whose, and why, the version that it makes is recorded. */
  async speak(note?: string): Promise<void> {
    await this.uow.query(
      `SELECT set_config('registry.mesh_actor', $1, true), set_config('registry.mesh_note', coalesce($2, current_setting('registry.mesh_note', true), ''), true)`,
      [currentActor(), note ?? null],
    );
  }
}
