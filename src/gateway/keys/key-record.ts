import type { AuditSubject } from '../../platform/audit/audit-record.js';
import { changedParts } from '../../platform/audit/changed-parts.js';
import { toApiKeyResponse } from './api-key-response.js';
import type { ApiKeyRow } from './api-key.repository.js';

/** A key in the audit trail. */
export const keySubject = ({ id, name }: Pick<ApiKeyRow, 'id' | 'name'>): AuditSubject => ({
  type: 'key',
  id,
  key: name,
});

/** What a key is, as far as somebody decided it: neither its use nor when it changed. */
export function keyRecord(row: ApiKeyRow): object {
  const { last_used_at: _at, last_used_ip: _ip, use_count: _n, updated_at: _then, ...rest } = toApiKeyResponse(row);
  return rest;
}

export const keyChange = (before: ApiKeyRow, after: ApiKeyRow): { before: object; after: object } =>
  changedParts(keyRecord(before), keyRecord(after));
