import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { NotFoundError } from '../../platform/errors/registry-error.js';
import type { KeyHash } from './key-hasher.js';
import type { KeyType } from './key-format.js';

/** A row of `api_key`, without the hash. */
export interface ApiKeyRow {
  id: string;
  name: string;
  type: KeyType;
  last_four: string;
  permissions: string[];
  role: string | null;
  /** What the role means, unless it is a built-in one. */
  role_permissions: string[] | null;
  allowed_ips: string[];
  rate_limit: number | null;
  rate_window_seconds: number | null;
  metadata: Record<string, unknown>;
  origin: 'api' | 'first' | 'env';
  created_by: string;
  expires_at: Date | null;
  revoked_at: Date | null;
  revoked_by: string | null;
  /** One for a key and all that took its place, one after the other: quota is counted for it. */
  rotation_group_id: string;
  rotated_from: string | null;
  /** When another key took its place. */
  replaced_at: Date | null;
  /** When and where it was first found where it does not belong. */
  leaked_at: Date | null;
  leaked_url: string | null;
  last_used_at: Date | null;
  last_used_ip: string | null;
  use_count: string;
  revision: number;
  created_at: Date;
  updated_at: Date;
}

/** What a maker or an editor decides about a key. */
export type ApiKeySettings = Pick<
  ApiKeyRow,
  | 'name'
  | 'permissions'
  | 'role'
  | 'role_permissions'
  | 'allowed_ips'
  | 'rate_limit'
  | 'rate_window_seconds'
  | 'metadata'
  | 'expires_at'
>;

export type NewApiKey = ApiKeySettings &
  Pick<ApiKeyRow, 'id' | 'type' | 'last_four' | 'origin' | 'created_by' | 'rotation_group_id' | 'rotated_from'> & {
    hash: KeyHash;
  };

export const API_KEY_COLUMNS = `id, name, type, last_four, permissions, role,
  (SELECT r.permissions FROM access_role r WHERE r.name = api_key.role) AS role_permissions, allowed_ips, rate_limit,
  rate_window_seconds, metadata, origin, created_by, expires_at, revoked_at, revoked_by, rotation_group_id, rotated_from,
  replaced_at, leaked_at, leaked_url, last_used_at, last_used_ip, use_count, revision, created_at,
  updated_at`;
export const LIVE = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())';
const UNRESTRICTED = `type = 'admin_key' AND ('*' = ANY (permissions) OR role = 'admin') AND ${LIVE}`;

@Injectable()
export class ApiKeyRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The living key stored under one of these hashes, and the hash it was found by. */
  async findLiveByHash(hashes: readonly KeyHash[]): Promise<{ row: ApiKeyRow; found: KeyHash } | undefined> {
    const [row] = await this.uow.query<ApiKeyRow & { hash: Buffer }>(
      `SELECT ${API_KEY_COLUMNS}, hash FROM api_key WHERE hash = ANY ($1::bytea[]) AND ${LIVE}`,
      [hashes.map(({ hash }) => hash)],
      'api_key_by_hash',
    );
    const found = row && hashes.find(({ hash }) => hash.length === row.hash.length && timingSafeEqual(hash, row.hash));
    return found && { row, found };
  }

  async findLive(id: string): Promise<ApiKeyRow | undefined> {
    const sql = `SELECT ${API_KEY_COLUMNS} FROM api_key WHERE id = $1 AND ${LIVE}`;
    return (await this.uow.query<ApiKeyRow>(sql, [id], 'api_key_live'))[0];
  }

  async get(id: string, lock = false): Promise<ApiKeyRow> {
    const sql = `SELECT ${API_KEY_COLUMNS} FROM api_key WHERE id = $1 ${lock ? 'FOR UPDATE' : ''}`;
    const [row] = await this.uow.query<ApiKeyRow>(sql, [id]);
    if (!row) throw new NotFoundError('key', id);
    return row;
  }

  /** Inserts nothing and answers undefined when a key of this hash is there already. */
  async insert(key: NewApiKey): Promise<ApiKeyRow | undefined> {
    const [row] = await this.uow.query<ApiKeyRow>(
      `INSERT INTO api_key (id, name, type, hash, hash_version, last_four, permissions, role, allowed_ips, rate_limit,
         rate_window_seconds, metadata, origin, created_by, expires_at, rotation_group_id, rotated_from)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
       ON CONFLICT (hash) DO NOTHING RETURNING ${API_KEY_COLUMNS}`,
      [
        key.id, key.name, key.type, key.hash.hash, key.hash.version, key.last_four, key.permissions, key.role,
        key.allowed_ips, key.rate_limit, key.rate_window_seconds, key.metadata, key.origin, key.created_by, key.expires_at,
        key.rotation_group_id, key.rotated_from,
      ], // prettier-ignore
    );
    return row;
  }

  async update(id: string, key: ApiKeySettings): Promise<ApiKeyRow> {
    const [row] = await this.uow.query<ApiKeyRow>(
      `UPDATE api_key SET name = $2, permissions = $3, role = $4, allowed_ips = $5, rate_limit = $6,
         rate_window_seconds = $7, metadata = $8, expires_at = $9, revision = revision + 1, updated_at = clock_timestamp()
       WHERE id = $1 RETURNING ${API_KEY_COLUMNS}`,
      [
        id, key.name, key.permissions, key.role, key.allowed_ips, key.rate_limit, key.rate_window_seconds, key.metadata,
        key.expires_at,
      ], // prettier-ignore
    );
    return row;
  }

  /** The key that this one took the place of, while it still works. */
  async livingPredecessor({ rotated_from: id }: ApiKeyRow): Promise<ApiKeyRow | undefined> {
    return id === null ? undefined : this.findLive(id);
  }

  /** The key that took the place of this one. */
  async successorOf(id: string): Promise<ApiKeyRow | undefined> {
    const sql = `SELECT ${API_KEY_COLUMNS} FROM api_key WHERE rotated_from = $1`;
    return (await this.uow.query<ApiKeyRow>(sql, [id]))[0];
  }

  /** From now on another key takes its place; it ends with the grace, or when it would have ended anyway. */
  async markReplaced(id: string, graceSeconds: number): Promise<ApiKeyRow> {
    const [row] = await this.uow.query<ApiKeyRow>(
      `UPDATE api_key SET replaced_at = clock_timestamp(),
         expires_at = least(expires_at, clock_timestamp() + make_interval(secs => $2)), revision = revision + 1,
         updated_at = clock_timestamp() WHERE id = $1 RETURNING ${API_KEY_COLUMNS}`,
      [id, graceSeconds],
    );
    return row;
  }

  async endNow(id: string): Promise<ApiKeyRow> {
    const [row] = await this.uow.query<ApiKeyRow>(
      `UPDATE api_key SET expires_at = least(expires_at, clock_timestamp()), revision = revision + 1,
         updated_at = clock_timestamp() WHERE id = $1 RETURNING ${API_KEY_COLUMNS}`,
      [id],
    );
    return row;
  }

  /** Those of `ids` that were replaced and not reported as still in use within the last hour; they are now. */
  async noteOldUse(ids: readonly string[]): Promise<ApiKeyRow[]> {
    return this.uow.query<ApiKeyRow>(
      `UPDATE api_key SET old_use_noted_at = clock_timestamp()
       WHERE id = ANY ($1::uuid[]) AND replaced_at IS NOT NULL
         AND (old_use_noted_at IS NULL OR old_use_noted_at <= clock_timestamp() - interval '1 hour')
       RETURNING ${API_KEY_COLUMNS}`,
      [ids],
    );
  }

  /** Those that were not revoked before. */
  async revoke(ids: readonly string[], by: string): Promise<ApiKeyRow[]> {
    return this.uow.query<ApiKeyRow>(
      `UPDATE api_key SET revoked_at = clock_timestamp(), revoked_by = $2, revision = revision + 1,
         updated_at = clock_timestamp() WHERE id = ANY ($1::uuid[]) AND revoked_at IS NULL RETURNING ${API_KEY_COLUMNS}`,
      [ids, by],
    );
  }

  /** Only what the environment itself replaced comes back; a key that somebody revoked never does. */
  async restore(id: string): Promise<void> {
    await this.uow.query(
      `UPDATE api_key SET revoked_at = NULL, revoked_by = NULL, revision = revision + 1, updated_at = clock_timestamp()
       WHERE id = $1`,
      [id],
    );
  }

  async rehash(id: string, { hash, version }: KeyHash): Promise<void> {
    await this.uow.query('UPDATE api_key SET hash = $2, hash_version = $3 WHERE id = $1', [id, hash, version]);
  }

  /** Every key stored under one of these hashes, whatever its state. */
  async findAnyByHash(hashes: readonly KeyHash[]): Promise<(ApiKeyRow & { hash: Buffer })[]> {
    if (hashes.length === 0) return [];
    const sql = `SELECT ${API_KEY_COLUMNS}, hash FROM api_key WHERE hash = ANY ($1::bytea[])`;
    return this.uow.query<ApiKeyRow & { hash: Buffer }>(sql, [hashes.map(({ hash }) => hash)]);
  }

  /** Whatever its state. */
  async findByHash(hashes: readonly KeyHash[]): Promise<ApiKeyRow | undefined> {
    const sql = `SELECT ${API_KEY_COLUMNS} FROM api_key WHERE hash = ANY ($1::bytea[])`;
    return (await this.uow.query<ApiKeyRow>(sql, [hashes.map(({ hash }) => hash)]))[0];
  }

  /** Living keys that may do everything, locked (in order, before any other) so that two calls cannot remove the last two. */
  async lockUnrestricted(): Promise<{ id: string; expires_at: Date | null }[]> {
    return this.uow.query(`SELECT id, expires_at FROM api_key WHERE ${UNRESTRICTED} ORDER BY id FOR UPDATE`);
  }

  /** Lets one process at a time decide which first key there is. */
  async lockTable(): Promise<void> {
    await this.uow.query('LOCK TABLE api_key IN SHARE ROW EXCLUSIVE MODE');
  }

  async liveOfOrigin(origin: ApiKeyRow['origin']): Promise<string[]> {
    const rows = await this.uow.query<{ id: string }>(`SELECT id FROM api_key WHERE origin = $1 AND ${LIVE}`, [origin]);
    return rows.map(({ id }) => id);
  }
}
