import type { Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const ENTITIES = '/api/v1/entities';

describe('entries', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const create = async (body: object) => {
    const answer = await app.api.post(ENTITIES, body);
    expect(answer).toMatchObject({ status: 201 });
    return answer.body;
  };

  describe('registering', () => {
    it('answers the whole entry with its place and revision', async () => {
      const answer = await app.api.post(ENTITIES, {
        type: 'SERVICE',
        name: ' Checkout ',
        version: '1.2.0',
        title: 'Checkout',
        tags: ['payments', 'payments'],
        metadata: { tier: 1 },
      });
      expect(answer.status).toBe(201);
      expect(answer.headers.get('location')).toBe(`${ENTITIES}/${answer.body.id}`);
      expect(answer.headers.get('etag')).toBe('"1"');
      expect(answer.body).toMatchObject({
        key: 'svc_checkout@1.2.0',
        type: 'service',
        name: 'checkout',
        version: '1.2.0',
        status: 'created',
        health: 'unknown',
        tags: ['payments'],
        metadata: { tier: 1 },
        spec: {},
        revision: 1,
      });
      expect(answer.body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      expect(answer.body.checksum).toMatch(/^[0-9a-f]{64}$/);
      expect(answer.body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    it('makes the name from the title, with a suffix when it is taken', async () => {
      const first = await create({ type: 'agent', title: 'Café Concierge (v2)' });
      expect(first.name).toBe('cafe-concierge-v2');
      const second = await create({ type: 'agent', title: 'Café Concierge (v2)' });
      expect(second.name).toMatch(/^cafe-concierge-v2-[0-9a-f]{6}$/);
    });

    it('refuses a taken name, saying which', async () => {
      await create({ type: 'model', name: 'taken' });
      const answer = await app.api.post(ENTITIES, { type: 'model', name: 'taken' });
      expect(answer).toMatchObject({ status: 409, body: { code: 'entity.already_exists', key: 'model_taken' } });
      await create({ type: 'model', name: 'taken', version: '2' });
    });

    it.each([
      [{ type: 'service' }, 'name'],
      [{ type: 'spaceship', name: 'x' }, 'type'],
      [{ type: 'service', name: '-bad' }, 'name'],
      [{ type: 'service', name: 'x', status: 'drained' }, 'status'],
      [{ type: 'service', name: 'x', health: 'fine' }, 'health'],
      [{ type: 'service', name: 'x', tags: 'a' }, 'tags'],
      [{ type: 'service', name: 'x', surprise: 1 }, 'surprise'],
      [{ type: 'service', name: 'x', metadata: { text: 'y'.repeat(70_000) } }, 'metadata'],
      [{ type: 'service', name: 'x', metadata: { text: 'a\u0000b' } }, 'metadata.text'],
    ])('refuses %j, naming %s', async (body, field) => {
      const answer = await app.api.post(ENTITIES, body);
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toContainEqual(expect.objectContaining({ field }));
    });

    it.each([
      ['tensorflow-svc', 'ai-ml', 0.9],
      ['my-ai-service', 'ai-ml', 0.9],
      ['smart-contract-x', 'web3-blockchain', 0.85],
      ['html-mailer', null, 0],
    ])('classifies %s as %s and says by which rule', async (name, feature, confidence) => {
      const entry = await create({ type: 'service', name });
      expect(entry.feature).toBe(feature);
      expect(entry.classification).toMatchObject({ feature, confidence });
      expect(entry.classification.rule === null).toBe(feature === null);
    });

    it('keeps a feature that is given', async () => {
      const entry = await create({ type: 'service', name: 'given-ai', feature: 'observability' });
      expect(entry).toMatchObject({ feature: 'observability' });
      expect(entry).not.toHaveProperty('classification');
    });

    it('replays the first answer to the same idempotency key, and refuses another body', async () => {
      const headers = { 'Idempotency-Key': 'register-once' };
      const first = await app.api.post(ENTITIES, { type: 'skill', name: 'once' }, headers);
      const again = await app.api.post(ENTITIES, { type: 'skill', name: 'once' }, headers);
      expect(again).toMatchObject({ status: 201, body: first.body });
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(await app.api.post(ENTITIES, { type: 'skill', name: 'other' }, headers)).toMatchObject({ status: 422 });
    });
  });

  describe('reading', () => {
    it('finds an entry by id, by key, by its newest version, and a feature by its bare name', async () => {
      await create({ type: 'plugin', name: 'many', version: '1.9.0' });
      const newest = await create({ type: 'plugin', name: 'many', version: '1.10.0' });
      for (const id of [newest.id, 'plugin_many@1.10.0', 'plugin_many', 'PLUGIN_MANY'])
        expect((await app.api.get(`${ENTITIES}/${id}`)).body.id).toBe(newest.id);
      expect((await app.api.get(`${ENTITIES}/ai-ml`)).body.key).toBe('feature_ai-ml');
    });

    it('answers 304 to the revision a client has', async () => {
      const entry = await create({ type: 'plugin', name: 'cached' });
      const answer = await app.api.get(`${ENTITIES}/${entry.id}`, { 'If-None-Match': '"1"' });
      expect(answer.status).toBe(304);
    });

    it.each(['plugin_nobody', '0192f0c1-7c3a-7a10-9d5e-0242ac120002', '%20', 'plugin_many@9', "x' OR 1=1 --"])(
      'answers 404 to %s',
      async (id) => {
        expect(await app.api.get(`${ENTITIES}/${encodeURIComponent(id)}`)).toMatchObject({
          status: 404,
          body: { code: 'entity.not_found' },
        });
      },
    );

    it('includes relationships when asked', async () => {
      const [a, b] = [
        await create({ type: 'service', name: 'inc-a' }),
        await create({ type: 'service', name: 'inc-b' }),
      ];
      await app.api.post('/api/v1/relationships', { source_id: a.id, target_id: b.id, type: 'calls' });
      const answer = await app.api.get(`${ENTITIES}/svc_inc-b?include=relationships,embedding`);
      expect(answer.body).toMatchObject({
        embedding: null,
        relationships: [{ source_key: 'svc_inc-a', type: 'calls' }],
      });
    });
  });

  describe('changing', () => {
    it('replaces the writable part, and only that', async () => {
      const entry = await create({ type: 'api', name: 'put-me', title: 'Old', owner: 'me', tags: ['a'] });
      const answer = await app.api.put(`${ENTITIES}/${entry.id}`, { title: 'New' });
      expect(answer).toMatchObject({
        status: 200,
        body: { id: entry.id, title: 'New', owner: null, tags: [], revision: 2 },
      });
      expect(await app.api.put(`${ENTITIES}/${entry.id}`, { name: 'renamed' })).toMatchObject({
        status: 422,
        body: { code: 'entity.identity_fixed' },
      });
    });

    it('merges a patch as RFC 7396 has it', async () => {
      const entry = await create({
        type: 'api',
        name: 'patch-me',
        owner: 'me',
        metadata: { a: { b: 1, c: 2 }, d: [1, 2] },
      });
      const answer = await app.api.patch(
        `${ENTITIES}/${entry.id}`,
        { owner: null, metadata: { a: { b: null, e: 3 }, d: [9] } },
        { 'Content-Type': 'application/merge-patch+json' },
      );
      expect(answer).toMatchObject({
        status: 200,
        body: { owner: null, metadata: { a: { c: 2, e: 3 }, d: [9] }, revision: 2 },
      });
      expect(answer.body.metadata).toEqual({ a: { c: 2, e: 3 }, d: [9] });
    });

    it('leaves the revision alone when nothing changes', async () => {
      const entry = await create({ type: 'api', name: 'same', title: 'Same' });
      expect((await app.api.patch(`${ENTITIES}/${entry.id}`, { title: 'Same' })).body.revision).toBe(1);
    });

    it('refuses a stale revision', async () => {
      const entry = await create({ type: 'api', name: 'stale' });
      const path = `${ENTITIES}/${entry.id}`;
      expect((await app.api.patch(path, { title: 'one' }, { 'If-Match': '"1"' })).status).toBe(200);
      expect(await app.api.patch(path, { title: 'two' }, { 'If-Match': '"1"' })).toMatchObject({
        status: 412,
        body: { revision: 2 },
      });
      expect((await app.api.delete(path, { 'If-Match': '"1"' })).status).toBe(412);
      expect((await app.api.delete(path, { 'If-Match': '"2"' })).status).toBe(204);
    });

    it('lets one of two changes of the same revision through', async () => {
      const entry = await create({ type: 'api', name: 'race' });
      const answers = await Promise.all(
        ['a', 'b', 'c', 'd'].map((title) => app.api.patch(`${ENTITIES}/${entry.id}`, { title }, { 'If-Match': '"1"' })),
      );
      expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412]);
    });

    it('tells every change in the history: who, when and what', async () => {
      const entry = await create({ type: 'api', name: 'told', title: 'A' });
      await app.api.patch(`${ENTITIES}/${entry.id}`, { title: 'B' }, { 'X-Request-Id': 'change-1' });
      const { status, body } = await app.api.get(`${ENTITIES}/${entry.id}/history`);
      expect(status).toBe(200);
      expect(body).toMatchObject([
        {
          type: 'entity_updated',
          revision: 2,
          request_id: 'change-1',
          patch: [{ op: 'replace', path: '/title', value: 'B' }],
        },
        { type: 'entity_created', revision: 1, patch: [] },
      ]);
      expect(body[0].actor).toMatch(/^admin_key:/);
    });

    it('has every revision once, whatever else its kind tells of it', async () => {
      const entry = await create({ type: 'service', name: 'installed' });
      await app.api.put(`/api/v1/services/${entry.id}/config`, { timeout_ms: 5 });
      await app.api.post(`/api/v1/services/${entry.id}/install`);
      const { body, headers } = await app.api.get(`${ENTITIES}/${entry.id}/history?count=exact`);
      expect(body.map(({ type, revision }: Json) => [type, revision])).toEqual([
        ['entity_updated', 2],
        ['entity_created', 1],
      ]);
      expect(headers.get('x-total-count')).toBe('2');
    });
  });

  describe('removing', () => {
    it('is refused while others depend on it, unless forced', async () => {
      const [a, b] = [
        await create({ type: 'service', name: 'needs' }),
        await create({ type: 'service', name: 'needed' }),
      ];
      await app.api.post('/api/v1/relationships', { source_id: a.id, target_id: b.id, type: 'depends_on' });
      const refused = await app.api.delete(`${ENTITIES}/${b.id}`);
      expect(refused).toMatchObject({
        status: 409,
        body: {
          code: 'entity.in_use',
          detail: '1 entry depends on it; force=true removes it all the same.',
          dependents: 1,
          examples: ['svc_needs'],
        },
      });
      expect((await app.api.delete(`${ENTITIES}/${b.id}?force=true`)).status).toBe(204);
      expect((await app.api.get(`${ENTITIES}/${b.id}`)).status).toBe(404);
      expect((await app.api.get(`${ENTITIES}/${a.id}/relationships`)).body).toEqual([]);
    });
  });

  it('counts everything in the stats', async () => {
    const before = (await app.api.get('/api/v1/stats')).body;
    const entry = await create({ type: 'prompt', name: 'counted', status: 'pending' });
    const during = (await app.api.get('/api/v1/stats')).body;
    expect(during.total_entities).toBe(before.total_entities + 1);
    expect(during.by_type.prompt).toBe(1);
    expect(during.by_status.pending).toBe(1);
    await app.api.delete(`${ENTITIES}/${entry.id}`);
    const after = (await app.api.get('/api/v1/stats')).body;
    expect(after.total_entities).toBe(before.total_entities);
    expect(after.by_type).not.toHaveProperty('prompt');
    expect(after.database.size_bytes).toBeGreaterThan(0);
  });
});
