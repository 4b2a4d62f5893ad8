import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { NotFoundError } from '../../platform/errors/registry-error.js';
import { LIVE } from './api-key.repository.js';
import type { KeyType } from './key-format.js';
import { KEY_TYPES } from './key-format.js';
import { checkedKeyId } from './keys.service.js';

export interface KeyOfLine {
  id: string;
  name: string;
  type: KeyType;
  rotation_group_id: string;
  last_used_at: Date | null;
}

export interface KeyNumber {
  type: KeyType;
  active: number;
  expired: number;
  revoked: number;
}

const COLUMNS = 'id, name, type, rotation_group_id, last_used_at';

/** Keys as they follow each other by rotation, and how many there are. */
@Injectable()
export class KeyLines {
  constructor(private readonly uow: UnitOfWork) {}

  /** The key, those it took the place of and those that took its place, oldest first. @throws NotFoundError */
  async of(id: string): Promise<KeyOfLine[]> {
    const keys = await this.uow.query<KeyOfLine>(
      `SELECT ${COLUMNS} FROM api_key
       WHERE rotation_group_id = (SELECT rotation_group_id FROM api_key WHERE id = $1) ORDER BY created_at, id`,
      [checkedKeyId(id)],
    );
    if (keys.length === 0) throw new NotFoundError('key', id);
    return keys;
  }

  /** The newest key of each line, by `rotation_group_id`. */
  async newest(lines: readonly string[]): Promise<Map<string, KeyOfLine>> {
    const keys = await this.uow.query<KeyOfLine>(
      `SELECT DISTINCT ON (rotation_group_id) ${COLUMNS} FROM api_key WHERE rotation_group_id::text = ANY ($1)
       ORDER BY rotation_group_id, created_at DESC, id DESC`,
      [lines],
    );
    return new Map(keys.map((key) => [key.rotation_group_id, key]));
  }

  /** How many keys there are of each type, in each state. */
  async numbers(): Promise<KeyNumber[]> {
    const rows = await this.uow.query<KeyNumber>(
      `SELECT type, (count(*) FILTER (WHERE ${LIVE}))::integer AS active,
         (count(*) FILTER (WHERE revoked_at IS NULL AND NOT (${LIVE})))::integer AS expired,
         (count(*) FILTER (WHERE revoked_at IS NOT NULL))::integer AS revoked
       FROM api_key GROUP BY type`,
    );
    const byType = new Map(rows.map((row) => [row.type, row]));
    return KEY_TYPES.map((type) => byType.get(type) ?? { type, active: 0, expired: 0, revoked: 0 });
  }
}
