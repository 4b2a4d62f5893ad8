import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const RELATIONSHIPS = '/api/v1/relationships';

describe('relationships', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
    for (const name of ['a', 'b', 'c', 'd']) await app.api.post('/api/v1/entities', { type: 'service', name });
  });
  afterAll(() => app.close());

  const relate = (source_id: string, target_id: string, type: string, more = {}) =>
    app.api.post(RELATIONSHIPS, { source_id, target_id, type, ...more });

  it('relates by key, by bare feature name, with weight and metadata', async () => {
    const answer = await relate('svc_a', 'svc_b', 'depends_on', { weight: 2.5, metadata: { why: 'data' } });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        source_key: 'svc_a',
        target_key: 'svc_b',
        type: 'depends_on',
        weight: 2.5,
        bidirectional: false,
        metadata: { why: 'data' },
      },
    });
    expect(answer.headers.get('location')).toBe(`${RELATIONSHIPS}/${answer.body.id}`);
    expect((await app.api.get(`${RELATIONSHIPS}/${answer.body.id}`)).body).toEqual(answer.body);
    expect(await relate('svc_a', 'ai-ml', 'belongs_to')).toMatchObject({
      status: 201,
      body: { target_key: 'feature_ai-ml' },
    });
  });

  it('takes a type of its own', async () => {
    expect(await relate('svc_a', 'svc_c', 'pays_for')).toMatchObject({ status: 201, body: { type: 'pays_for' } });
  });

  it('refuses the second of two identical edges, a loop, an unknown end and a bad type', async () => {
    await relate('svc_b', 'svc_c', 'calls');
    expect(await relate('svc_b', 'svc_c', 'calls')).toMatchObject({
      status: 409,
      body: { code: 'relationship.already_exists' },
    });
    expect(await relate('svc_b', 'svc_b', 'calls')).toMatchObject({
      status: 422,
      body: { code: 'relationship.self_loop' },
    });
    expect(await relate('svc_b', 'svc_nobody', 'calls')).toMatchObject({
      status: 404,
      body: { errors: [{ field: 'target_id' }] },
    });
    expect(await relate('svc_b', 'svc_c', 'No Type')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'type' }] },
    });
  });

  it('lists by ends and types, and of an entry by direction', async () => {
    await relate('svc_c', 'svc_d', 'owns');
    const keys = async (path: string) => (await app.api.get(path)).body.map((edge: { type: string }) => edge.type);
    expect(await keys(`${RELATIONSHIPS}?source_id=svc_c`)).toEqual(['owns']);
    expect(await keys(`${RELATIONSHIPS}?target_id=svc_d&types=owns,calls`)).toEqual(['owns']);
    expect(await keys(`${RELATIONSHIPS}?types=never_heard_of`)).toEqual([]);
    expect(await keys('/api/v1/entities/svc_d/relationships?direction=in')).toEqual(['owns']);
    expect(await keys('/api/v1/entities/svc_d/relationships?direction=out')).toEqual([]);
    expect((await app.api.get(`${RELATIONSHIPS}?limit=1&count=exact`)).headers.get('link')).toContain('cursor=');
    expect(await app.api.get(`${RELATIONSHIPS}?source_id=svc_nobody`)).toMatchObject({ status: 404 });
  });

  it('replaces weight, direction and metadata, never the ends', async () => {
    const { body } = await relate('svc_d', 'svc_a', 'calls');
    const path = `${RELATIONSHIPS}/${body.id}`;
    expect(await app.api.put(path, { weight: 7, bidirectional: true }, { 'If-Match': '"1"' })).toMatchObject({
      status: 200,
      body: { weight: 7, bidirectional: true, metadata: {}, revision: 2 },
    });
    expect(await app.api.put(path, { weight: 8 }, { 'If-Match': '"1"' })).toMatchObject({ status: 412 });
    expect(await app.api.put(path, { target_id: 'svc_b' })).toMatchObject({ status: 422 });
  });

  it('is dissolved once', async () => {
    const { body } = await relate('svc_d', 'svc_b', 'calls');
    expect((await app.api.delete(`${RELATIONSHIPS}/${body.id}`)).status).toBe(204);
    expect((await app.api.delete(`${RELATIONSHIPS}/${body.id}`)).status).toBe(404);
    for (const id of ['0', '-1', 'abc', '99999999999999999999'])
      expect((await app.api.get(`${RELATIONSHIPS}/${id}`)).status).toBe(404);
  });
});
