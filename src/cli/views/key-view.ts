import { relative } from '../output/time.js';
import { column, type View } from '../output/view.js';

/** An API key as the API shows it; only what the program reads is named. */
export interface ApiKey extends Record<string, unknown> {
  id: string;
  name: string;
  type: string;
  status: string;
  prefix: string;
  last_four: string;
  permissions: string[];
  role: string | null;
  expires_at: string | null;
  replaced_at: string | null;
  rate_limit: { limit: number; window_seconds: number } | null;
  revision: number;
}

/** The answer that holds the key itself, once; after a rotation also how long the former key works on. */
export interface ApiKeyMade extends ApiKey {
  key: string;
  former_expires_at?: string;
}

const FIELDS = [
  'id',
  'name',
  'type',
  'status',
  'prefix',
  'last_four',
  'permissions',
  'role',
  'expires_at',
  'rate_limit',
  'allowed_ips',
  'metadata',
  'origin',
  'created_by',
  'rotation_group_id',
  'rotated_from',
  'replaced_at',
  'last_used_at',
  'last_used_ip',
  'use_count',
  'revision',
  'created_at',
  'updated_at',
  'revoked_at',
] as const;

/** `replaced`: active until the grace of a rotation ends. */
export function keyState(key: ApiKey): string {
  return key.status === 'active' && key.replaced_at ? 'replaced' : key.status;
}

/** Enough to know a key by. */
export function keyEnds(key: Pick<ApiKey, 'prefix' | 'last_four'>): string {
  return `${key.prefix}…${key.last_four}`;
}

export const keyView: View<ApiKey> = {
  fields: FIELDS,
  columns: [
    column('NAME', 'name'),
    { title: 'KEY', value: keyEnds },
    column('TYPE', 'type'),
    { title: 'STATE', value: keyState, state: true },
    column('ROLE', 'role'),
    column('PERMISSIONS', 'permissions'),
    { title: 'LAST USED', value: (key) => relative(key.last_used_at, 'never') },
    { title: 'EXPIRES', value: (key) => relative(key.expires_at, 'never') },
    column('USES', 'use_count', { wide: true, right: true }),
    { title: 'RATE', value: ({ rate_limit: rate }) => rate && `${rate.limit}/${rate.window_seconds}s`, wide: true },
    column('FROM', 'allowed_ips', { wide: true }),
    column('REVISION', 'revision', { wide: true, right: true }),
    column('ID', 'id', { wide: true }),
  ],
  name: (key) => key.id,
};

export const keyMadeView: View<ApiKeyMade> = {
  columns: keyView.columns,
  fields: [...FIELDS, 'key', 'former_expires_at', 'key_file'],
  name: (key) => key.id,
};
