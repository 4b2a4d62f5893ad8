import { ForbiddenError, InvalidError } from '../../platform/errors/registry-error.js';
import type { FieldError } from '../../platform/errors/registry-error.js';
import type { Principal } from '../../platform/http/request-context.js';
import { normalCidr } from '../allow-list.js';
import { PERMISSION_PATTERN, lacking } from '../permissions.js';
import { beyondType, permissionsOfRole } from '../roles/role-permissions.js';
import type { ApiKeyCreate } from './api-key.dto.js';
import type { ApiKeyRow, ApiKeySettings } from './api-key.repository.js';
import type { KeyType } from './key-format.js';

const MOST_METADATA_BYTES = 65_536;

/** The settings as a body would state them: what a merge patch is applied to. */
export const bodyOfRow = (row: ApiKeyRow): Omit<ApiKeyCreate, 'type'> => ({
  name: row.name,
  permissions: row.permissions,
  role: row.role,
  expires_at: row.expires_at?.toISOString() ?? null,
  rate_limit: row.rate_limit && row.rate_window_seconds
    ? { limit: row.rate_limit, window_seconds: row.rate_window_seconds }
    : null,
  allowed_ips: row.allowed_ips,
  metadata: row.metadata,
}); // prettier-ignore

/**
 * What a body says about a key, checked and in the form it is stored. `rolePermissions` is what a role of the operator's
 * own means. `before` is the key as it is when it is changed: a time of expiry that has passed may stay, but cannot be set.
 */
export function settingsOf(
  body: Omit<ApiKeyCreate, 'type'>,
  type: KeyType,
  rolePermissions: string[] | null,
  before?: ApiKeyRow,
): ApiKeySettings {
  const permissions = [...new Set((body.permissions ?? []).map(normalPermission))];
  const role = { role: body.role ?? null, role_permissions: rolePermissions };
  const cidrs = (body.allowed_ips ?? []).map(normalCidr);
  const expiresAt = body.expires_at ? new Date(body.expires_at) : null;
  const errors: FieldError[] = [
    ...permissionErrors(permissions, role, type),
    ...cidrs.flatMap((cidr, i) =>
      cidr ? [] : [{ field: `allowed_ips.${i}`, message: 'must be an IP address or a network such as 10.0.0.0/8' }],
    ),
  ];
  if (!body.name) errors.push({ field: 'name', message: 'must not be empty' });
  const expiryError = expiresAt && expiryErrorOf(expiresAt, before?.expires_at);
  if (expiryError) errors.push({ field: 'expires_at', message: expiryError });
  if (JSON.stringify(body.metadata ?? {}).length > MOST_METADATA_BYTES)
    errors.push({ field: 'metadata', message: `must be at most ${MOST_METADATA_BYTES} bytes of JSON` });
  assertNone(errors);
  return {
    name: body.name,
    permissions,
    ...role,
    allowed_ips: [...new Set(cidrs as string[])],
    rate_limit: body.rate_limit?.limit ?? null,
    rate_window_seconds: body.rate_limit?.window_seconds ?? null,
    metadata: body.metadata ?? {},
    expires_at: expiresAt,
  };
}

/** Throws what is wrong with a body, if anything is. */
export function assertNone(errors: FieldError[]): void {
  if (errors.length === 1) throw InvalidError.field(errors[0].field, errors[0].message);
  if (errors.length > 1) throw new InvalidError(`${errors.length} fields are wrong.`, errors);
}

export function expiryErrorOf(expiresAt: Date, before?: Date | null): string | undefined {
  const time = expiresAt.getTime();
  if (Number.isNaN(time)) return 'must be a date that exists';
  return time > Date.now() || time === before?.getTime() ? undefined : 'must be in the future';
}

/** `*:*` is `*`; case and spaces around do not count. */
export const normalPermission = (permission: string): string => {
  const text = permission.trim().toLowerCase();
  return text === '*:*' ? '*' : text;
};

/** Those that are no permission at all. */
export const patternErrors = (permissions: readonly string[]): FieldError[] =>
  permissions.flatMap((permission, i) =>
    PERMISSION_PATTERN.test(permission)
      ? []
      : [{ field: `permissions.${i}`, message: 'must be read:<area>, write:<area>, admin:<area> (an area or *) or *' }],
  );

function permissionErrors(
  permissions: readonly string[],
  role: Pick<ApiKeySettings, 'role' | 'role_permissions'>,
  type: KeyType,
): FieldError[] {
  if (permissions.length === 0 && !role.role)
    return [{ field: 'permissions', message: 'or role must say what the key may do' }];
  const errors = patternErrors(permissions);
  const beyond = beyondType(type, permissions);
  for (const permission of beyond.filter((one) => PERMISSION_PATTERN.test(one)))
    errors.push({
      field: `permissions.${permissions.indexOf(permission)}`,
      message: `needs a key of type admin_key: ${permission} includes administration`,
    });
  if (beyondType(type, permissionsOfRole(role)).length > 0)
    errors.push({ field: 'role', message: `${role.role} needs a key of type admin_key` });
  return errors;
}

/** Nobody hands on what they do not hold themselves. */
export function assertMayGrant(maker: Principal, wanted: readonly string[]): void {
  const missing = lacking(maker.permissions, wanted);
  if (missing.length === 0) return;
  throw new ForbiddenError(
    `You cannot grant what you do not hold: ${missing.join(', ')}.`,
    { missing },
    'key.beyond_maker',
  );
}
