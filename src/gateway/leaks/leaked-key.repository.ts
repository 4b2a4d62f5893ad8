import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { API_KEY_COLUMNS } from '../keys/api-key.repository.js';
import type { ApiKeyRow } from '../keys/api-key.repository.js';

/** Keys by what was found of them. */
@Injectable()
export class LeakedKeyRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Whatever their state, by the hash they are stored under in base64. */
  async byHash(hashes: readonly Buffer[]): Promise<Map<string, ApiKeyRow>> {
    const sql = `SELECT ${API_KEY_COLUMNS}, hash FROM api_key WHERE hash = ANY ($1::bytea[])`;
    const rows = await this.uow.query<ApiKeyRow & { hash: Buffer }>(sql, [hashes]);
    return new Map(rows.map(({ hash, ...row }) => [hash.toString('base64'), row]));
  }

  /** The first finding stays. */
  async mark(id: string, url: string | null): Promise<void> {
    await this.uow.query(
      `UPDATE api_key SET leaked_at = clock_timestamp(), leaked_url = $2, revision = revision + 1,
         updated_at = clock_timestamp() WHERE id = $1 AND leaked_at IS NULL`,
      [id, url],
    );
  }
}
