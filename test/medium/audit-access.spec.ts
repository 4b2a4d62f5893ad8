import { BY_ADMIN, auditApp } from './audit-fixture.js';
import type { AuditApp } from './audit-fixture.js';
import { madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

let trail: AuditApp;
let app: GatewayApp;
let call: AuditApp['call'];
let written: AuditApp['written'];

beforeAll(async () => {
  trail = await auditApp();
  ({ app, call, written } = trail);
});
afterAll(() => trail.close());
beforeEach(() => written());

describe('keys, roles and tokens', () => {
  it('keys made, changed, rotated, completed and revoked', async () => {
    const made = await madeKey(app, { name: 'audited', permissions: ['read:entities'] });
    await call('PATCH', `/gateway/keys/${made.id}`, { body: { permissions: ['read:events'] } });
    const { body: rotated } = await call('POST', `/gateway/keys/${made.id}/rotate`, { body: {} });
    await call('POST', `/gateway/keys/${rotated.id}/rotate/complete`);
    await call('DELETE', `/gateway/keys/${rotated.id}`);
    const subject = { subject_type: 'key', subject_id: made.id, subject_key: 'audited' };
    expect(await written()).toMatchObject([
      { ...BY_ADMIN, ...subject, action: 'key.create', before: null, after: { permissions: ['read:entities'] } },
      { ...subject, action: 'key.update', before: { permissions: ['read:entities'] }, after: { permissions: ['read:events'] } },
      { action: 'key.create', subject_id: rotated.id, after: { rotated_from: made.id } },
      { ...subject, action: 'key.rotate', before: { replaced_at: null }, details: { new_key_id: rotated.id } },
      { ...subject, action: 'key.rotate_complete', before: { status: 'active' }, after: { status: 'expired' } },
      { action: 'key.revoke', subject_id: rotated.id, before: { status: 'active' }, after: { status: 'revoked' } },
    ]); // prettier-ignore
  });

  it('the first key, and the signing keys, by the service itself', async () => {
    const system = { actor: 'system', actor_type: 'system', address: null, request_id: null };
    const rows = await app.uow.query(`SELECT * FROM audit WHERE action = 'key.create' ORDER BY id LIMIT 1`);
    expect(rows).toMatchObject([{ ...system, subject_id: trail.adminId, after: { role: 'admin' } }]);
    await call('POST', '/gateway/signing-keys/rotate', { body: { withdraw: true } });
    await call('POST', '/gateway/tokens');
    expect(await written(/^signing/)).toMatchObject([
      { ...BY_ADMIN, action: 'signing_key.rotate', details: { withdrawn: true, retired: expect.any(Number) } },
      { action: 'signing_key.create', subject_type: 'signing_key' },
    ]);
  });

  it('roles made, changed and deleted', async () => {
    await call('POST', '/gateway/roles', { body: { name: 'auditor', permissions: ['read:*'] } });
    await call('PUT', '/gateway/roles/auditor', { body: { description: 'looks', permissions: ['read:events'] } });
    await call('DELETE', '/gateway/roles/auditor');
    const subject = { ...BY_ADMIN, subject_type: 'role', subject_key: 'auditor' };
    expect(await written()).toMatchObject([
      { ...subject, action: 'role.create', after: { permissions: ['read:*'] } },
      {
        ...subject,
        action: 'role.update',
        before: { description: '', permissions: ['read:*'] },
        after: { description: 'looks', permissions: ['read:events'] },
      },
      { ...subject, action: 'role.delete', before: { permissions: ['read:events'] }, after: null },
    ]);
  });

  it('tokens issued, renewed, stolen and revoked', async () => {
    const made = await madeKey(app, { permissions: ['read:*'] });
    const { body: token } = await call('POST', '/gateway/tokens', { key: made.key, body: { refresh: true } });
    const renewal = { key: null, body: { refresh_token: token.refresh_token } };
    await call('POST', '/gateway/tokens/refresh', renewal);
    const reused = await app.call('POST', '/api/v1/gateway/tokens/refresh', renewal);
    expect(reused.status).toBe(400);
    const { body: other } = await call('POST', '/gateway/tokens', { key: made.key });
    await call('POST', '/gateway/tokens/revoke', { key: null, body: { token: other.access_token } });
    const rows = await written(/^token/);
    expect(rows).toMatchObject([
      { action: 'token.issue', actor: made.id, credential: 'key', after: { permissions: ['read:*'] } },
      { action: 'token.issue', actor: made.id, credential: 'token' },
      { action: 'token.refresh_reused', outcome: 'denied', actor: 'anonymous', details: { key_id: made.id } },
      { action: 'token.issue', actor: made.id },
      { action: 'token.revoke', actor: 'anonymous', details: { key_id: made.id } },
    ]);
    expect(rows[4].subject_id).toBe(rows[3].subject_id);
  });
});
