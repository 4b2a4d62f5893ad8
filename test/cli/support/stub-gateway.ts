import { auditAnswer } from './stub-audit.js';
import { keyUsage, STATS } from './stub-usage.js';

/** A key as the gateway shows it. */
export const API_KEY = {
  id: '0192f0c1-7c3a-7a10-9d5e-0242ac120007',
  name: 'ci',
  type: 'api_key',
  status: 'active',
  prefix: 'ureg_',
  last_four: 'k3Xa',
  permissions: ['read:entities'],
  role: 'viewer',
  expires_at: null,
  rate_limit: { limit: 1000, window_seconds: 3600 },
  allowed_ips: ['10.0.0.0/8'],
  metadata: {},
  origin: 'api',
  created_by: 'admin_key:0192f0c1-7c3a-7a10-9d5e-0242ac120001',
  rotation_group_id: '0192f0c1-7c3a-7a10-9d5e-0242ac120007',
  rotated_from: null,
  replaced_at: null,
  last_used_at: null,
  last_used_ip: null,
  use_count: 0,
  revision: 4,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  revoked_at: null,
};

export const NEW_KEY = `ureg_${'N'.repeat(45)}k3Xa`;

export const ROLE = {
  name: 'release-manager',
  description: 'Registers releases',
  permissions: ['read:*', 'write:entities'],
  built_in: false,
  keys: 1,
  created_by: API_KEY.created_by,
  revision: 2,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
};

export const TOKEN = {
  access_token: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl',
  token_type: 'Bearer',
  expires_in: 900,
  permissions: ['read:entities'],
  refresh_token: `refresh_${'N'.repeat(49)}`,
  refresh_expires_in: 604_800,
};

const JWK = { kty: 'RSA', kid: 'kid-1', alg: 'RS256', use: 'sig', n: 'AQAB', e: 'AQAB' };

const DATA_KEY = {
  version: 2,
  purpose: 'seal',
  current: true,
  master_key_id: '5f1c0a9be2d34c77',
  available: true,
  created_at: '2026-05-01T12:00:00.000Z',
  wrapped_at: '2026-05-01T12:00:00.000Z',
};

/** Answers of the gateway in their shape; undefined for what is not its. */
export function gatewayAnswer(method: string, path: string): unknown {
  const [, area, name, verb] = /\/gateway\/([^/]+)(?:\/([^/]+))?(?:\/(.+))?$/.exec(path) ?? [];
  if (area === 'keys') return keyAnswer(method, name, verb);
  if (area === 'data-keys') return name === undefined ? [DATA_KEY] : { version: 3 };
  if (area === 'signing-keys') return { retired: 2, withdrawn: false };
  if (area === 'roles') return method === 'GET' && name === undefined ? [ROLE] : ROLE;
  if (area === 'tokens') return name === 'revoke' ? { revoked: true } : TOKEN;
  if (area === 'stats') return STATS;
  if (area === 'audit') return auditAnswer(name);
  if (area === 'permissions') return [{ permission: 'read:entities', routes: ['GET /api/v1/entities'] }];
  if (area === '.well-known') return { keys: [JWK] };
  if (area === 'whoami')
    return {
      id: API_KEY.id,
      type: 'admin_key',
      name: 'Test key',
      credential: 'key',
      permissions: ['*'],
      roles: [],
      expires_at: null,
    };
  return undefined;
}

function keyAnswer(method: string, name: string | undefined, verb: string | undefined): unknown {
  if (verb === 'usage') return keyUsage(API_KEY.id);
  if (method === 'GET') return name === undefined ? [API_KEY] : API_KEY;
  if (verb === 'rotate/complete' || method === 'PATCH') return API_KEY;
  return { ...API_KEY, key: NEW_KEY, ...(verb === 'rotate' && { former_expires_at: '2100-01-01T00:00:00.000Z' }) };
}
