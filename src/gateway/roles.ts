import { narrowed } from './permissions.js';
import type { KeyType } from './keys/key-format.js';

/** Built-in roles. A key stores the role's name; what it means is looked up at use. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  admin: ['*'],
  developer: ['read:*', 'write:plugin', 'write:service'],
  viewer: ['read:*'],
};

export const ROLE_NAMES = Object.keys(ROLES);

/**
 * The most a key may hold, by the type its prefix shows: what can administer is recognised as such wherever it leaks, and
 * an `ureg_` or `svc_` key never administers, whatever its row says.
 */
const BOUNDS: Readonly<Record<KeyType, readonly string[]>> = {
  api_key: ['read:*', 'read:secrets', 'write:*', 'write:secrets'],
  service_key: ['read:*', 'read:secrets', 'write:*', 'write:secrets'],
  admin_key: ['*'],
};

/** A key's permissions with its role's, written out. */
export const expanded = (permissions: readonly string[], role: string | null | undefined): string[] => [
  ...new Set([...permissions, ...(role && Object.hasOwn(ROLES, role) ? ROLES[role] : [])]),
];

/** What a key of this type can do with these permissions and this role. */
export const effective = (type: KeyType, permissions: readonly string[], role: string | null | undefined): string[] =>
  narrowed(expanded(permissions, role), BOUNDS[type]);

/** The permissions that a key of this type can never hold, of those asked for. */
export const beyondType = (type: KeyType, wanted: readonly string[]): string[] =>
  type === 'admin_key' ? [] : wanted.filter((permission) => !/^(read|write):/.test(permission));
