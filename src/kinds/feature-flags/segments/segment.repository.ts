import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { SegmentRow } from './segment.js';

export type SegmentContent = Pick<SegmentRow, 'key' | 'name' | 'description' | 'definition'>;

@Injectable()
export class SegmentRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** In the order they were made. */
  list(page: { limit: number; offset: number; afterId?: string }): Promise<SegmentRow[]> {
    return this.uow.query<SegmentRow & object>(
      `SELECT * FROM feature_flag_segment WHERE ($1::bigint IS NULL OR id > $1) ORDER BY id LIMIT $2 OFFSET $3`,
      [page.afterId ?? null, page.limit, page.offset],
    );
  }

  all(): Promise<SegmentRow[]> {
    return this.uow.query<SegmentRow & object>('SELECT * FROM feature_flag_segment ORDER BY id');
  }

  async count(): Promise<number> {
    const [{ n }] = await this.uow.query<{ n: string }>('SELECT count(*) AS n FROM feature_flag_segment');
    return Number(n);
  }

  async find(key: string): Promise<SegmentRow | undefined> {
    const rows = await this.uow.query<SegmentRow & object>('SELECT * FROM feature_flag_segment WHERE key = $1', [key]);
    return rows[0];
  }

  /** Undefined when the key is taken. */
  async insert(uid: string, { key, name, description, definition }: SegmentContent): Promise<SegmentRow | undefined> {
    const rows = await this.uow.query<SegmentRow & object>(
      `INSERT INTO feature_flag_segment (uid, key, name, description, definition) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (key) DO NOTHING RETURNING *`,
      [uid, key, name, description, JSON.stringify(definition)],
    );
    return rows[0];
  }

  async replace({ key, name, description, definition }: SegmentContent): Promise<SegmentRow> {
    const rows = await this.uow.query<SegmentRow & object>(
      `UPDATE feature_flag_segment SET name = $2, description = $3, definition = $4, revision = revision + 1,
         updated_at = clock_timestamp() WHERE key = $1 RETURNING *`,
      [key, name, description, JSON.stringify(definition)],
    );
    return rows[0];
  }

  async remove(key: string): Promise<void> {
    await this.uow.query('DELETE FROM feature_flag_segment WHERE key = $1', [key]);
  }
}
