import { makeKey } from '../../src/gateway/keys/key-format.js';
import { BY_ADMIN, auditApp } from './audit-fixture.js';
import type { AuditApp } from './audit-fixture.js';
import { madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const SECRET = 'hunter2-4711';

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

describe('changes of the catalog', () => {
  it('say who, when, from where, what it was and what it is', async () => {
    const before = Date.now();
    const headers = { 'x-request-id': 'the-request' };
    const body = {
      type: 'service',
      name: 'audited',
      version: '1.0.0',
      title: 'One',
      metadata: { tier: 1, keep: true },
    };
    const { body: entry } = await call('POST', '/entities', { body, headers });
    const subject = { subject_type: 'entity', subject_id: entry.id, subject_key: 'svc_audited@1.0.0' };
    const [created, ...more] = await written();
    expect(more).toEqual([]);
    expect(created).toMatchObject({
      ...BY_ADMIN,
      ...subject,
      actor: trail.adminId,
      action: 'entity.create',
      address: '127.0.0.1',
      request_id: 'the-request',
      before: null,
      after: { id: entry.id, title: 'One', metadata: { tier: 1, keep: true } },
    });
    expect(created.at.getTime()).toBeGreaterThan(before - 5_000);

    await call('PATCH', `/entities/${entry.id}`, { body: { title: 'Two', metadata: { tier: 2 } } });
    expect(await written()).toMatchObject([
      {
        ...subject,
        action: 'entity.update',
        before: { title: 'One', metadata: { tier: 1 }, revision: 1 },
        after: { title: 'Two', metadata: { tier: 2 }, revision: 2 },
      },
    ]);
    await call('DELETE', `/entities/${entry.id}`);
    expect(await written()).toMatchObject([
      { ...subject, action: 'entity.delete', before: { title: 'Two' }, after: null },
    ]);
  });

  it('by bulk and import have a row each, and one a change whose transaction was rolled back has none', async () => {
    const items = ['b-1', 'b-2', 'b-3'].map((name) => ({ type: 'service', name, version: '1' }));
    await call('POST', '/entities/bulk', { body: items });
    expect((await written()).map(({ action, subject_key: key }) => `${action} ${key}`)).toEqual(
      ['b-1', 'b-2', 'b-3'].map((name) => `entity.create svc_${name}@1`),
    );
    await call('POST', '/entities/import?on_conflict=update', {
      body: `{"type":"service","name":"b-1","version":"1","title":"new"}\n{"type":"service","name":"b-4"}\n`,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect((await written()).map(({ action }) => action).sort()).toEqual(['entity.create', 'entity.update']);
    const refused = await app.call('POST', '/api/v1/entities/bulk?mode=atomic', {
      body: [{ type: 'service', name: 'b-5' }, { type: 'service', name: 'b-1', version: '1' }],
    }); // prettier-ignore
    expect(refused.status).toBe(409);
    expect(await written()).toEqual([]);
  });

  it('of relationships tell each, many in a row', async () => {
    for (const name of ['r-1', 'r-2', 'r-3'])
      await call('POST', '/entities', { body: { type: 'service', name, version: '1' } });
    await written();
    const edge = { source_id: 'svc_r-1', target_id: 'svc_r-2', type: 'depends_on' };
    const { body } = await call('POST', '/relationships', { body: edge });
    expect(await written()).toMatchObject([
      {
        action: 'relationship.create',
        subject_type: 'relationship',
        subject_id: body.id,
        after: { relationships: [{ id: body.id, source_key: 'svc_r-1@1', weight: 1 }] },
      },
    ]);
    await call('PUT', `/relationships/${body.id}`, { body: { weight: 3 } });
    expect(await written()).toMatchObject([
      {
        action: 'relationship.update',
        before: { relationships: [{ id: body.id, type: 'depends_on', weight: 1 }] },
        after: { relationships: [{ id: body.id, type: 'depends_on', weight: 3 }] },
      },
    ]);
    await call('POST', '/relationships/bulk?on_conflict=update', {
      body: [edge, { ...edge, target_id: 'svc_r-3' }, { ...edge, source_id: 'svc_r-2', target_id: 'svc_r-3' }],
    });
    expect(await written()).toMatchObject([
      { action: 'relationship.create', subject_id: null, after: { relationships: [{}, {}] } },
      { action: 'relationship.update', before: { relationships: [{ weight: 3 }] } },
    ]);
    await call('DELETE', '/entities/svc_r-3?force=true');
    expect((await written()).map(({ action }) => action)).toEqual(['relationship.delete', 'entity.delete']);
  });

  it('of feature categories and classification rules are there as well', async () => {
    await call('POST', '/feature-categories', { body: { name: 'audit-cat', title: 'Audit' } });
    const { body: rule } = await call('POST', '/classification/rules', {
      body: { match: 'audit.*', feature: 'audit-cat' },
    });
    await call('DELETE', `/classification/rules/${rule.id}`);
    expect(await written()).toMatchObject([
      { action: 'entity.create', subject_key: 'feature_audit-cat' },
      { action: 'classification_rule.create', subject_id: rule.id, after: { match: 'audit.*' } },
      { action: 'classification_rule.delete', subject_id: rule.id, before: { match: 'audit.*' } },
    ]);
  });
});

describe('secrets', () => {
  it('are in no row, and each time they are shown there is one', async () => {
    const body = {
      type: 'service',
      name: 'secretive',
      version: '1',
      metadata: { password: SECRET, tier: 1 },
      security_context: { encrypted_fields: ['password'] },
    };
    const { body: entry } = await call('POST', '/entities', { body });
    await call('PATCH', `/entities/${entry.id}`, { body: { metadata: { password: `${SECRET}-2` } } });
    const [created, updated] = await written(/^entity/);
    expect(created.after).toMatchObject({ metadata: { password: '********', tier: 1 } });
    expect(updated.after).toMatchObject({ changed_secrets: ['/password'] });

    const { key, id } = await madeKey(app, { permissions: ['read:entities', 'read:secrets'] });
    await written();
    expect((await call('GET', `/entities/${entry.id}`, { key })).body.metadata.password).toBe(`${SECRET}-2`);
    expect(await written()).toMatchObject([
      { action: 'secret.reveal', actor: id, subject_id: entry.id, subject_key: 'svc_secretive@1', details: { fields: ['/password'] } },
    ]); // prettier-ignore
    await call('GET', '/entities/export', { key });
    await call('GET', '/entities?name=secretive', { key });
    expect((await written()).map(({ action }) => action)).toEqual(['secret.reveal', 'secret.reveal']);
    const { key: blind } = await madeKey(app, { permissions: ['read:entities'] });
    await written();
    await call('GET', `/entities/${entry.id}`, { key: blind });
    expect(await written()).toEqual([]);
  });

  it('of keys and tokens neither', async () => {
    const made = await madeKey(app, { permissions: ['read:entities'] });
    const { body: token } = await call('POST', '/gateway/tokens', { key: made.key, body: { refresh: true } });
    const { body: next } = await call('POST', '/gateway/tokens/refresh', {
      key: null,
      body: { refresh_token: token.refresh_token },
    });
    await app.call('GET', '/api/v1/entities', { key: makeKey('api_key') });
    await app.call('GET', '/api/v1/entities', { key: `${made.key.slice(0, -1)}!` });
    await written();
    const [{ all }] = await app.uow.query<{ all: string }>(`SELECT string_agg(a::text, ' ') AS all FROM audit a`);
    const hashes = await app.uow.query<{ hash: Buffer }>('SELECT hash FROM api_key');
    const secrets = [
      made.key,
      app.adminKey,
      token.access_token,
      token.refresh_token,
      next.refresh_token,
      SECRET,
      ...hashes.flatMap(({ hash }) => [hash.toString('hex'), hash.toString('base64')]),
    ];
    for (const secret of secrets) expect(all.includes(secret)).toBe(false);
    expect(all).not.toMatch(/\b(ureg|svc|admin|refresh)_[0-9A-Za-z]{20}/);
    expect(all).not.toMatch(/eyJ[\w-]{10}/);
  });
});
