const HASH = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9';

export const AUDIT_ENTRY = {
  id: '4712',
  at: '2026-05-01T12:00:00.000Z',
  actor: { id: '0192f0c1-7c3a-7a10-9d5e-0242ac120001', type: 'admin_key', name: 'First admin key', credential: 'key' },
  address: '127.0.0.1',
  request_id: 'req-1',
  action: 'key.revoke',
  outcome: 'success',
  subject: { type: 'key', id: '0192f0c1-7c3a-7a10-9d5e-0242ac120007', key: 'ci' },
  before: { status: 'active' },
  after: { status: 'revoked' },
  details: null,
  seal: { seq: 4711, hash: HASH },
};

export const VERIFICATION = {
  intact: true,
  checked: 4711,
  head: { seq: 4711, hash: HASH },
  broken: [],
  broken_total: 0,
  unsealed: { rows: 0, oldest_seconds: 0 },
  signed: { from: 12, to: 4711 },
};

export function auditAnswer(name: string | undefined): unknown {
  if (name === 'verify') return VERIFICATION;
  return name === 'export' ? AUDIT_ENTRY : [AUDIT_ENTRY];
}
