import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export interface ConfigRow {
  config: Record<string, unknown>;
  revision: number;
  updated_at: Date;
  updated_by: string;
}

const COLUMNS = 'c.config, c.revision, c.updated_at, c.updated_by';

@Injectable()
export class EntryConfigRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async find(entryId: string): Promise<ConfigRow | undefined> {
    const sql = `SELECT ${COLUMNS} FROM entry_config c WHERE c.entry_id = $1`;
    return (await this.uow.query<ConfigRow & object>(sql, [entryId], 'entry-config-get'))[0];
  }

  /** Undefined when it is as it was. Under the lock of its entry. */
  async save(entryId: string, config: object, actor: string): Promise<ConfigRow | undefined> {
    const rows = await this.uow.query<ConfigRow & object>(
      `INSERT INTO entry_config AS c (entry_id, config, updated_by) VALUES ($1, $2::jsonb, $3)
       ON CONFLICT (entry_id) DO UPDATE SET config = excluded.config, updated_by = excluded.updated_by,
         revision = c.revision + 1, updated_at = clock_timestamp()
       WHERE c.config <> excluded.config
       RETURNING ${COLUMNS}`,
      [entryId, JSON.stringify(config), actor],
      'entry-config-save',
    );
    return rows[0];
  }
}
