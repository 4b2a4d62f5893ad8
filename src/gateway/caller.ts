import type { Rate } from '../platform/env/variable.js';
import { UnauthenticatedError } from '../platform/errors/registry-error.js';
import { currentRequest } from '../platform/http/request-context.js';
import type { Principal } from '../platform/http/request-context.js';
import { AllowList } from './allow-list.js';
import type { ApiKeyRow } from './keys/api-key.repository.js';
import { narrowed } from './permissions.js';
import { effective } from './roles/role-permissions.js';

/** Who a credential stands for, and whether it was the key itself or a token made from it. */
export interface Caller extends Principal {
  credential: 'key' | 'token';
  roles: readonly string[];
  /** The key and all it took the place of, as one, or the outside subject: what a quota is counted for. */
  lineage: string;
  /** Since when another key takes the place of this one, and when it ends. */
  replaced?: { at: Date; ends: Date };
  /** The key's own; others have the default. */
  rateLimit?: Rate;
}

/** A credential that held when it was looked up; what can be checked without the database is checked at every use. */
export interface Grant {
  caller: Caller;
  /** The key behind it; none behind a token of the outside issuer. */
  keyId?: string;
  allowed?: AllowList;
  /** Milliseconds since 1970; Infinity for never. */
  expiresAt: number;
}

export function grantOfKey(row: ApiKeyRow): Grant {
  return {
    caller: {
      id: row.id,
      type: row.type,
      name: row.name,
      permissions: effective(row.type, row),
      roles: row.role ? [row.role] : [],
      lineage: row.rotation_group_id,
      ...(row.replaced_at && row.expires_at && { replaced: { at: row.replaced_at, ends: row.expires_at } }),
      ...(row.expires_at && { expiresAt: row.expires_at }),
      credential: 'key',
      ...(row.rate_limit !== null &&
        row.rate_window_seconds !== null && { rateLimit: { limit: row.rate_limit, seconds: row.rate_window_seconds } }),
    },
    keyId: row.id,
    ...(row.allowed_ips.length > 0 && { allowed: new AllowList(row.allowed_ips) }),
    expiresAt: row.expires_at?.getTime() ?? Infinity,
  };
}

/** A token never outlives its key nor can do more than the key can now, whatever it could when it was made. */
export function grantOfToken(row: ApiKeyRow, permissions: readonly string[], expiresAt: Date): Grant {
  const key = grantOfKey(row);
  const end = new Date(Math.min(expiresAt.getTime(), key.expiresAt));
  return {
    ...key,
    caller: {
      ...key.caller,
      permissions: narrowed(permissions, key.caller.permissions),
      expiresAt: end,
      credential: 'token',
    },
    expiresAt: end.getTime(),
  };
}

const SUBJECT = 'oidc:';

/** Whether an id names a subject of the outside issuer rather than a key. */
export const isSubject = (id: string): boolean => id.startsWith(SUBJECT);

/**
 * Who holds a token of the outside issuer. `oidc:` keeps its subjects apart from keys, whatever they are called; the roles
 * bind it as they bind keys, without a key type's bounds: what the operator maps is given.
 */
export function grantOfSubject(
  { subject, name, ends }: { subject: string; name: string; ends: Date },
  roles: readonly string[],
  permissions: readonly string[],
): Grant {
  const id = `${SUBJECT}${subject}`;
  return {
    caller: { id, type: 'user', name, permissions, roles, lineage: id, expiresAt: ends, credential: 'token' },
    expiresAt: ends.getTime(),
  };
}

/** The caller of the running request; only for routes that are not public. */
export function callerOf(): Caller {
  const principal = currentRequest()?.principal;
  if (!principal) throw new UnauthenticatedError();
  return principal as Caller;
}
