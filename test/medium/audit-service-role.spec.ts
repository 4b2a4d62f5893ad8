import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { AuditSealer } from '../../src/gateway/audit/audit-sealer.js';
import { EventPartitions } from '../../src/streams/event-partitions.js';
import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

// The embedded database has one user, who may do everything.
(isNative() ? describe : describe.skip)('a service whose role owns nothing', () => {
  const role = `ureg_service_${randomBytes(4).toString('hex')}`;
  let place: TestPlace;
  let owner: Client;
  let service: TestApp;

  beforeAll(async () => {
    place = await testPlace();
    owner = new Client({ connectionString: place.env.DATABASE_URL });
    await owner.connect();
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'of a test'`);
    await owner.query(`SELECT grant_service_role('${role}')`);
    const url = new URL(place.env.DATABASE_URL);
    url.username = role;
    url.password = 'of a test';
    service = await testApp({ place: { ...place, env: { DATABASE_URL: url.toString() } } });
  });
  afterAll(async () => {
    await service.close();
    await owner.query(`DROP OWNED BY ${role}`);
    await owner.query(`DROP ROLE ${role}`);
    await owner.end();
    await place.drop();
  });

  it('works: the catalog, search, events, keys, limits and the trail', async () => {
    const { api } = service;
    const body = { type: 'service', name: 'owned', version: '1.0.0', tags: ['a'] };
    expect((await api.post('/api/v1/entities', body)).status).toBe(201);
    expect((await api.post('/api/v1/entities', { ...body, name: 'other' })).status).toBe(201);
    const edge = { source_id: 'svc_owned', target_id: 'svc_other', type: 'depends_on' };
    expect((await api.post('/api/v1/relationships', edge)).status).toBe(201);
    expect((await api.patch('/api/v1/entities/svc_owned', { title: 'Owned' })).status).toBe(200);
    expect((await api.get('/api/v1/search?q=owned')).body).toHaveLength(1);
    const key = { name: 'limited', type: 'api_key', permissions: ['read:*'] };
    const made = await api.post('/api/v1/gateway/keys', key, { 'idempotency-key': 'once' });
    expect(made.status).toBe(201);
    expect((await api.as(made.body.key).get('/api/v1/entities')).status).toBe(200);
    expect((await api.post('/api/v1/gateway/tokens', { refresh: true })).status).toBe(200);
    expect((await api.delete('/api/v1/entities/svc_other?force=true')).status).toBe(204);
    await eventually('the events are numbered', async () => (await api.get('/api/v1/events?since=0')).body.length > 5);
    await service.app.get(EventPartitions).makeAhead(new Date('2031-05-01T00:00:00Z'));
    expect(await service.app.get(EventPartitions).dropBefore(new Date('2020-01-01T00:00:00Z'))).toEqual([]);
    await service.app.get(AuditSealer).sealDue();
    const { body: verified } = await api.get('/api/v1/gateway/audit/verify');
    expect(verified).toMatchObject({ intact: true, unsealed: { rows: 0 } });
    expect(verified.checked).toBeGreaterThan(15);
  });

  it.each([
    `UPDATE audit SET actor = 'somebody else'`,
    'DELETE FROM audit',
    'TRUNCATE audit',
    'ALTER TABLE audit DISABLE TRIGGER ALL',
    'ALTER TABLE audit DISABLE TRIGGER audit_append_only',
    'ALTER TABLE audit ADD COLUMN more text',
    'DROP TRIGGER audit_append_only ON audit',
    'DROP TABLE audit CASCADE',
    `CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
    `CREATE OR REPLACE FUNCTION audit_text(a audit) RETURNS text LANGUAGE sql AS 'SELECT ''x'''`,
    'CREATE RULE nothing AS ON INSERT TO audit DO INSTEAD NOTHING',
    `SET session_replication_role = replica`,
    `INSERT INTO audit (at, actor, actor_type, action, outcome) VALUES ('2020-01-01', 'x', 'x', 'x', 'success')`,
    `INSERT INTO audit (id, actor, actor_type, action, outcome) OVERRIDING SYSTEM VALUE VALUES (1, 'x', 'x', 'x', 'success')`,
    `INSERT INTO audit (xid, actor, actor_type, action, outcome) VALUES ('1', 'x', 'x', 'x', 'success')`,
    `INSERT INTO audit_seal VALUES (999999, 1, 'x')`,
    'UPDATE audit_seal SET seq = seq + 1',
    'DELETE FROM audit_seal',
    'UPDATE audit_checkpoint SET mac = seq::text',
    'DELETE FROM audit_checkpoint',
    'UPDATE audit_head SET seq = 0',
    'TRUNCATE audit_seal, audit_checkpoint, audit_head',
    `SELECT grant_service_role(current_user)`,
  ])('is refused by PostgreSQL: %s', (sql) =>
    expect(service.uow.query(sql)).rejects.toThrow(/permission denied|must be (the )?owner/),
  );

  it('is made by no role that has the rights of the owner', async () => {
    await expect(owner.query('SELECT grant_service_role(current_user)')).rejects.toThrow('has all rights of the owner');
  });
});
