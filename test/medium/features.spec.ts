import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const CATEGORIES = '/api/v1/feature-categories';
const RULES = '/api/v1/classification/rules';

describe('feature categories and classification', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  it('starts with the eight categories, counted', async () => {
    await app.api.post('/api/v1/entities', { type: 'service', name: 'llm-gateway' });
    const { body } = await app.api.get(CATEGORIES);
    expect(body.map((category: { name: string }) => category.name).toSorted()).toEqual([
      'ai-ml', 'cloud-native', 'data-engineering', 'devops-platform', 'observability', 'security-platform', 'system-ops', 'web3-blockchain',
    ]); // prettier-ignore
    expect(body[0]).toMatchObject({ key: 'feature_ai-ml', namespace: 'ose-ai-ml', entries: 1 });
    expect(body.every((category: { icon: string; category: string }) => category.icon && category.category)).toBe(true);
  });

  it('adds a category with a rule, classifies by it, and refuses to drop it while it is used', async () => {
    expect(await app.api.post(CATEGORIES, { name: 'payments', title: 'Payments' })).toMatchObject({
      status: 201,
      body: { namespace: 'ose-payments', entries: 0 },
    });
    const rule = await app.api.post(RULES, {
      match: '.*(stripe|pos).*',
      feature: 'payments',
      confidence: 0.95,
      priority: 10,
    });
    expect(rule).toMatchObject({ status: 201, body: { match: '.*(stripe|pos).*', priority: 10 } });
    const entry = await app.api.post('/api/v1/entities', { type: 'service', name: 'stripe-ml-bridge' });
    expect(entry.body).toMatchObject({
      feature: 'payments',
      classification: { confidence: 0.95, rule: '.*(stripe|pos).*' },
    });
    expect((await app.api.post('/api/v1/entities', { type: 'service', name: 'repository' })).body.feature).toBeNull();
    expect(await app.api.delete(`${CATEGORIES}/payments`)).toMatchObject({
      status: 409,
      body: { code: 'feature.in_use', entries: 1 },
    });
    expect((await app.api.delete(`${RULES}/${rule.body.id}`)).status).toBe(204);
    expect((await app.api.delete(`${CATEGORIES}/payments?force=true`)).status).toBe(204);
    expect((await app.api.delete(`${CATEGORIES}/payments`)).status).toBe(404);
    expect((await app.api.delete(`${CATEGORIES}/svc_llm-gateway`)).status).toBe(404);
  });

  it.each(['(a+)+(?=b)', '(', '\\1', 'x'.repeat(1001)])('refuses the rule %s', async (match) => {
    expect(await app.api.post(RULES, { match, feature: 'ai-ml' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'match' }] },
    });
  });

  it('refuses a rule for a category there is not', async () => {
    expect(await app.api.post(RULES, { match: 'x', feature: 'nothing' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'feature' }] },
    });
  });

  it('says how a subject would be classified', async () => {
    const { body } = await app.api.post('/api/v1/classification/test', { name: 'ai-metrics' });
    expect(body).toMatchObject({ feature: 'ai-ml', confidence: 0.9 });
    expect(body.candidates.map((candidate: { feature: string }) => candidate.feature)).toEqual([
      'ai-ml',
      'observability',
    ]);
    const own = await app.api.post('/api/v1/classification/test', { name: 'ai-metrics', match: 'met.ics' });
    expect(own.body).toMatchObject({ rule: 'met.ics', confidence: 1 });
  });
});
