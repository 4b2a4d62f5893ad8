import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const REGISTRY = '/v1/registry';

describe('the enterprise catalog', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const register = (title: string, more: object = {}) =>
    app.api.post(`${REGISTRY}/entries`, { title, category: 'model', ...more });

  it('registers, reads, replaces and removes an entry in its own words', async () => {
    const made = await register('Fraud detector', { owner: 'team-payments', tags: ['risk'], metadata: { tier: 1 } });
    expect(made).toMatchObject({
      status: 201,
      body: { entry_id: 'model_fraud-detector', title: 'Fraud detector', category: 'model', status: 'active' },
    });
    const path = `${REGISTRY}/entries/model_fraud-detector`;
    expect((await app.api.get(path)).body).toEqual(made.body);
    const changed = await app.api.put(path, { title: 'Detector', metadata: { tier: 2 } }, { 'If-Match': '"1"' });
    expect(changed).toMatchObject({
      status: 200,
      body: { title: 'Detector', owner: null, tags: [], metadata: { tier: 2 }, revision: 2 },
    });
    expect((await app.api.put(path, { title: 'x' }, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await app.api.delete(path)).status).toBe(204);
    expect((await app.api.get(path)).status).toBe(404);
  });

  it('is the same catalog as under its other names, and leaves what it has no word for', async () => {
    const whole = {
      type: 'model',
      name: 'ranker',
      health: 'degraded',
      spec: { layers: 3 },
      feature: 'ai-ml',
      regions: ['eu'],
    };
    await app.api.post('/api/v1/entities', whole);
    const alias = '/api/v1/registry/entries/model_ranker';
    expect((await app.api.put(alias, { title: 'Ranker' })).body.title).toBe('Ranker');
    expect((await app.api.get('/api/v1/entities/model_ranker')).body).toMatchObject({ ...whole, title: 'Ranker' });
    expect((await app.api.put(alias, { category: 'agent' })).body.code).toBe('entity.identity_fixed');
  });

  it('lists and searches by category, status, owner and compliance', async () => {
    await register('Churn model', { owner: 'team-growth', compliance_status: { soc2: { status: 'compliant' } } });
    await register('Churn agent', {
      category: 'agent',
      owner: 'team-growth',
      compliance_status: { soc2: { status: 'open' } },
    });
    const ids = async (path: string): Promise<string[]> =>
      (await app.api.get(`${REGISTRY}${path}`)).body.map((one: { entry_id: string }) => one.entry_id).toSorted();
    expect(await ids('/entries?owner=team-growth')).toEqual(['agent_churn-agent', 'model_churn-model']);
    expect(await ids('/entries?category=agent')).toEqual(['agent_churn-agent']);
    expect(await ids('/entries?compliance=soc2:compliant')).toEqual(['model_churn-model']);
    expect(await ids('/search?q=churn&category=model')).toEqual(['model_churn-model']);
    expect(await ids('/search?q=churn&owner=team-growth&limit=1')).toHaveLength(1);
    for (const [query, field] of [
      ['category=robot', 'category'],
      ['compliance=soc2', 'compliance'],
    ])
      expect(await app.api.get(`${REGISTRY}/entries?${query}`)).toMatchObject({
        status: 400,
        body: { errors: [{ field }] },
      });
  });

  it('relates entries, and says what an entry is related to', async () => {
    await register('Source');
    await register('Sink');
    const edge = { source_id: 'model_source', target_id: 'model_sink', type: 'provides' };
    expect((await app.api.post(`${REGISTRY}/relationships`, edge)).status).toBe(201);
    const related = await app.api.get(`${REGISTRY}/entries/model_sink/relationships?direction=in`);
    expect(related.body.map((one: { source_key: string }) => one.source_key)).toEqual(['model_source']);
  });

  it('registers up to ten thousand at once', async () => {
    const entries = Array.from({ length: 30 }, (_, i) => ({ category: 'prompt', title: `Prompt ${i}` }));
    const made = await app.api.post(`${REGISTRY}/bulk/register`, entries);
    expect([made.status, made.body.length, made.body[7].key]).toEqual([201, 30, 'prompt_prompt-7']);
    const many = Array.from({ length: 10_001 }, () => '{"category":"prompt","title":""}').join('\n');
    const refused = await app.api.post(`${REGISTRY}/bulk/register?mode=best_effort`, many, {
      'content-type': 'application/x-ndjson',
    });
    expect(refused).toMatchObject({ status: 422, body: { code: 'bulk.too_many' } });
  });

  it('exports every entry, as a spreadsheet too', async () => {
    await register('=cmd|calc, "quoted"', { name: 'formula' });
    const json = (await app.api.get(`${REGISTRY}/bulk/export`)).body as { entry_id: string }[];
    const lines = (await app.api.get(`${REGISTRY}/bulk/export?format=ndjson`)).body as string;
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(json);
    const csv = await app.api.get(`${REGISTRY}/bulk/export?format=csv`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect((csv.body as string).split('\r\n')[0]).toMatch(/^entry_id,title,category,/);
    expect(csv.body).toContain(`model_formula,"'=cmd|calc, ""quoted""",model`);
    expect((csv.body as string).split('\r\n').filter(Boolean)).toHaveLength(json.length + 1);
  });

  it('counts itself', async () => {
    const { body } = await app.api.get(`${REGISTRY}/analytics`);
    expect(body.by_category.prompt).toBe(30);
    expect((await app.api.get(`${REGISTRY}/health`)).body).toMatchObject({
      status: 'healthy',
      total_entries: body.total_entries,
    });
  });
});
