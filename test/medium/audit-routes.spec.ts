import { createHash } from 'node:crypto';
import { AuditSealer } from '../../src/gateway/audit/audit-sealer.js';
import { auditApp } from './audit-fixture.js';
import type { AuditApp } from './audit-fixture.js';
import { madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

interface Entry {
  id: string;
  at: string;
  actor: { id: string };
  action: string;
  outcome: string;
  address: string;
  subject: { id: string; key: string } | null;
  seal: { seq: number; hash: string; previous: string; content?: string } | null;
}

const AUDIT = '/gateway/audit';
let trail: AuditApp;
let app: GatewayApp;
let entryId: string;
let reader: { id: string; key: string };

const list = async (query: string): Promise<Entry[]> => (await trail.call('GET', `${AUDIT}?${query}`)).body;
const actions = async (query: string): Promise<string[]> => (await list(query)).map(({ action }) => action);
const sealAll = async (): Promise<void> => {
  const sealer = app.app.get(AuditSealer);
  for (let i = 0; i < 100; i++) if ((await sealer.sealDue()) === 0 && sealer.waitingSeconds() === 0) return;
  throw new Error('The trail is never sealed.');
};

beforeAll(async () => {
  trail = await auditApp();
  ({ app } = trail);
  const headers = { 'x-request-id': 'one-request' };
  const body = { type: 'service', name: 'filtered', version: '1.0.0' };
  entryId = (await trail.call('POST', '/entities', { body, headers })).body.id;
  await trail.call('POST', '/entities', { body: { ...body, version: '2.0.0' } });
  await trail.call('POST', '/entities', { body: { ...body, name: 'filtered-more' } });
  await trail.call('PATCH', `/entities/${entryId}`, { body: { title: 'x' } });
  reader = await madeKey(app, { name: 'reader', permissions: ['read:*'] });
  await app.call('POST', '/api/v1/entities', { key: reader.key, body });
  await app.call('GET', '/api/v1/entities', { key: null });
  await trail.written();
  await sealAll();
});
afterAll(() => trail.close());

describe('the list of the audit trail', () => {
  it('is the newest first, each row with who, what and its seal', async () => {
    const rows = await list('limit=1000');
    const times = rows.map(({ at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(rows.find(({ action, subject }) => action === 'entity.update' && subject?.id === entryId)).toEqual({
      id: expect.stringMatching(/^\d+$/),
      at: expect.stringMatching(/Z$/),
      actor: { id: trail.adminId, type: 'admin_key', name: expect.any(String), credential: 'key' },
      address: '127.0.0.1',
      request_id: expect.any(String),
      action: 'entity.update',
      outcome: 'success',
      subject: { type: 'entity', id: entryId, key: 'svc_filtered@1.0.0' },
      before: expect.objectContaining({ title: null }),
      after: expect.objectContaining({ title: 'x' }),
      details: null,
      seal: { seq: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it.each([
    ['action=entity.update', ['entity.update']],
    ['action=key.*&actor=system', ['key.create']],
    ['entity=svc_filtered@1.0.0', ['entity.update', 'entity.create']],
    ['entity=svc_filtered', ['entity.update', 'entity.create', 'entity.create']],
    ['request_id=one-request', ['entity.create']],
    ['outcome=denied', ['credential.refused', 'permission.denied']],
    ['outcome=denied&address=127.0.0.1', ['credential.refused', 'permission.denied']],
    ['outcome=failed', []],
    ['address=10.0.0.1', []],
    ['actor=anonymous', ['credential.refused']],
    ['action=permission.denied&from=2999-01-01T00:00:00Z', []],
    ['action=permission.denied&to=2000-01-01T00:00:00Z', []],
    ['action=permission.denied&from=2000-01-01T00:00:00Z&to=2999-01-01T00:00:00Z', ['permission.denied']],
    ['action=entit.*', []],
  ])('by %s', async (query, expected) => expect(await actions(query)).toEqual(expected));

  it('by id of what it was done to and by who did it, with or without the type', async () => {
    expect(await actions(`entity=${entryId}`)).toEqual(['entity.update', 'entity.create']);
    expect(await actions(`entity=${reader.id}`)).toEqual(['key.create']);
    expect(await actions(`actor=${reader.id}`)).toEqual(['permission.denied']);
    expect(await actions(`actor=api_key:${reader.id}`)).toEqual(['permission.denied']);
    expect((await actions('action=entity.*&limit=1000')).every((action) => action.startsWith('entity.'))).toBe(true);
  });

  it('in pages misses and repeats nothing', async () => {
    const whole = (await list('limit=1000')).map(({ id }) => id);
    const seen: string[] = [];
    for (let path: string | undefined = `${AUDIT}?limit=3`; path;) {
      const { body, headers } = await trail.call('GET', path);
      seen.push(...(body as Entry[]).map(({ id }) => id));
      path = /<\/api\/v1([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(whole);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['action=%25', 'action'],
    ['action=key', undefined],
    ['outcome=maybe', 'outcome'],
    ['from=yesterday', 'from'],
    ['from=2026-13-45T00:00:00Z', 'from'],
    ['to=2026-01-01T99:00:00Z', 'to'],
    ['to=9999-12-31T23:59:59-23:59', undefined],
    ['from=0000-01-01T00:00:00Z', undefined],
    ['entity=%00', 'entity'],
    ['actor=', 'actor'],
    ['cursor=x', 'cursor'],
    ['nonsense=1', 'nonsense'],
  ])('answers %s by what is wrong', async (query, field) => {
    const { status, body } = await app.call('GET', `/api/v1${AUDIT}?${query}`);
    expect(status).toBe(field === undefined ? 200 : 400);
    if (field !== undefined) expect(body.errors).toMatchObject([{ field }]);
  });

  it('refuses a cursor of another filter', async () => {
    const { headers } = await trail.call('GET', `${AUDIT}?limit=1`);
    const cursor = /cursor=([^&>]+)/.exec(headers.get('link') ?? '')![1];
    const { status, body } = await app.call('GET', `/api/v1${AUDIT}?limit=1&actor=system&cursor=${cursor}`);
    expect({ status, errors: body.errors }).toMatchObject({ status: 400, errors: [{ field: 'cursor' }] });
  });

  it.each(['', '/verify', '/export'])('%s is for who administers the trail', async (path) => {
    const auditor = await madeKey(app, { type: 'admin_key', permissions: ['admin:audit'] });
    expect((await app.call('GET', `/api/v1${AUDIT}${path}`, { key: auditor.key })).status).toBe(200);
    const refused = await app.call('GET', `/api/v1${AUDIT}${path}`, { key: reader.key });
    expect({ status: refused.status, missing: refused.body.missing }).toEqual({ status: 403, missing: 'admin:audit' });
  });
});

describe('the export of the audit trail', () => {
  const lines = async (query = ''): Promise<Entry[]> => {
    const { body, headers } = await trail.call('GET', `${AUDIT}/export${query}`);
    expect(headers.get('content-type')).toContain('application/x-ndjson');
    const text: string = body;
    return text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Entry); // prettier-ignore
  };

  it('is the oldest first, with the seal of each row, from which anybody can compute the chain', async () => {
    await sealAll();
    const rows = await lines('?proof=true');
    const { seq: end, hash: tip } = (await trail.call('GET', `${AUDIT}/verify`)).body.head;
    const sealed = rows.filter(({ seal }) => seal).toSorted((a, b) => a.seal!.seq - b.seal!.seq);
    let previous = '0'.repeat(64);
    for (const [i, { seal, id, action }] of sealed.entries()) {
      const { seq, hash, content } = seal!;
      expect({ seq, previous: seal!.previous }).toEqual({ seq: i + 1, previous });
      previous = createHash('sha256').update(Buffer.from(previous, 'hex')).update(content!).digest('hex');
      expect(hash).toBe(previous);
      const columns = JSON.parse(content!) as unknown[];
      expect([String(columns[0]), columns[9]]).toEqual([id, action]);
    }
    expect({ seq: sealed.length, hash: previous }).toEqual({ seq: end, hash: tip });
    const times = rows.map(({ at }) => at);
    expect(times).toEqual(times.toSorted());
  });

  it('takes the filters of the list, and is recorded', async () => {
    expect((await lines('?action=entity.update')).map(({ action }) => action)).toEqual(['entity.update']);
    const [{ actor, details }] = (await trail.call('GET', `${AUDIT}?action=audit.export&limit=1`)).body;
    expect({ actor: actor.id, details }).toEqual({
      actor: trail.adminId,
      details: { filter: { action: 'entity.update' } },
    });
    expect((await app.call('GET', `/api/v1${AUDIT}/export?from=never`)).status).toBe(400);
    expect((await app.call('GET', `/api/v1${AUDIT}/export?from=2026-13-45T00:00:00Z`)).status).toBe(400);
  });

  it('goes on over many pages', async () => {
    await app.uow.query(`
      INSERT INTO audit (actor, actor_type, action, outcome, after)
      SELECT 'system', 'system', 'test.many', 'success', jsonb_build_object('n', n, 'text', repeat('x', 10000))
      FROM generate_series(1, 1500) n`);
    const rows = await lines('?action=test.many');
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1500);
  });
});

describe('the verification of the audit trail', () => {
  it('says that it holds, and from where to where', async () => {
    await sealAll();
    const { body } = await trail.call('GET', `${AUDIT}/verify`);
    expect(body).toEqual({
      intact: true,
      checked: body.head.seq,
      head: { seq: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      broken: [],
      broken_total: 0,
      unsealed: { rows: expect.any(Number), oldest_seconds: expect.any(Number) },
      signed: { from: expect.any(Number), to: body.head.seq },
    });
    const head = `${body.head.seq}:${body.head.hash}`;
    const part = (await trail.call('GET', `${AUDIT}/verify?from_seq=5&expected_head=${head}`)).body;
    expect(part).toMatchObject({ intact: true, broken: [] });
    expect(part.checked).toBe(part.head.seq - 4);
    const wrong = `${body.head.seq}:${'0'.repeat(64)}`;
    expect((await trail.call('GET', `${AUDIT}/verify?expected_head=${wrong}`)).body).toMatchObject({
      intact: false,
      broken: [{ kind: 'expected_head', seq: body.head.seq }],
    });
  });

  it.each(['from_seq=0', 'from_seq=x', 'from_seq=99999999999999999999', 'expected_head=1', 'expected_head=1:zz'])(
    'answers %s by what is wrong',
    async (query) => {
      const { status, body } = await app.call('GET', `/api/v1${AUDIT}/verify?${query}`);
      expect({ status, fields: body.errors.length }).toEqual({ status: 400, fields: 1 });
    },
  );

  it('from a place that is not there looks at everything', async () => {
    const { body } = await trail.call('GET', `${AUDIT}/verify?from_seq=999999`);
    expect(body).toMatchObject({ intact: true, checked: body.head.seq });
  });
});
