import { narrowed } from '../permissions.js';
import type { KeyType } from '../keys/key-format.js';

/** Built-in roles: nobody changes them. A key stores a role's name; what it means is looked up at use. */
export const BUILT_IN_ROLES: Readonly<Record<string, readonly string[]>> = {
  admin: ['*'],
  developer: ['read:*', 'write:plugin', 'write:service'],
  viewer: ['read:*'],
};

export const isBuiltIn = (role: string): boolean => Object.hasOwn(BUILT_IN_ROLES, role);

/** What somebody was given: permissions by name and a role; `role_permissions` is what a role of the operator's means. */
export interface Held {
  permissions: readonly string[];
  role: string | null;
  role_permissions: readonly string[] | null;
}

/**
 * The most a key may hold, by the type its prefix shows: what can administer is recognised as such wherever it leaks, and
 * an `ureg_` or `svc_` key never administers, whatever its row says.
 */
const BOUNDS: Readonly<Record<KeyType, readonly string[]>> = {
  api_key: ['read:*', 'read:secrets', 'write:*', 'write:secrets'],
  service_key: ['read:*', 'read:secrets', 'write:*', 'write:secrets'],
  admin_key: ['*'],
};

/** What a role means; nothing, when there is none of this name. */
export const permissionsOfRole = ({ role, role_permissions: own }: Omit<Held, 'permissions'>): readonly string[] =>
  (role !== null && isBuiltIn(role) ? BUILT_IN_ROLES[role] : own) ?? [];

/** The permissions with the role's, written out. */
export const expanded = (held: Held): string[] => [...new Set([...held.permissions, ...permissionsOfRole(held)])];

/** What a key of this type can do with what it was given. */
export const effective = (type: KeyType, held: Held): string[] => narrowed(expanded(held), BOUNDS[type]);

/** Whether what was given allows everything for good: a role of the operator's does not count, as it may change. */
export const isUnrestricted = ({ permissions, role }: Held): boolean => permissions.includes('*') || role === 'admin';

/** The permissions that a key of this type can never hold, of those asked for. */
export const beyondType = (type: KeyType, wanted: readonly string[]): string[] =>
  type === 'admin_key' ? [] : wanted.filter((permission) => !/^(read|write):/.test(permission));
