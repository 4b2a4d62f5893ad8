import type { ApiKey, KeyState } from './api-key.dto.js';
import type { ApiKeyRow } from './api-key.repository.js';
import { prefixOf } from './key-format.js';

function stateOf(row: ApiKeyRow): KeyState {
  if (row.revoked_at) return 'revoked';
  return row.expires_at && row.expires_at.getTime() <= Date.now() ? 'expired' : 'active';
}

export const toApiKeyResponse = (row: ApiKeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  type: row.type,
  status: stateOf(row),
  prefix: prefixOf(row.type),
  last_four: row.last_four,
  permissions: row.permissions,
  role: row.role,
  expires_at: row.expires_at,
  rate_limit:
    row.rate_limit === null || row.rate_window_seconds === null
      ? null
      : { limit: row.rate_limit, window_seconds: row.rate_window_seconds },
  allowed_ips: row.allowed_ips,
  metadata: row.metadata,
  origin: row.origin,
  created_by: row.created_by,
  rotation_group_id: row.rotation_group_id,
  rotated_from: row.rotated_from,
  replaced_at: row.replaced_at,
  leaked_at: row.leaked_at,
  leaked_url: row.leaked_url,
  last_used_at: row.last_used_at,
  last_used_ip: row.last_used_ip,
  use_count: Number(row.use_count),
  revision: row.revision,
  created_at: row.created_at,
  updated_at: row.updated_at,
  revoked_at: row.revoked_at,
});
