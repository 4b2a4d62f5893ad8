import { EntryAccess } from '../../src/entries/entry-access.js';
import { SearchActivity } from '../../src/search/activity/search-activity.js';
import type { TestApp } from '../support/test-app.js';
import { SEARCH, names, searchedApp, until } from './search-fixture.js';

describe('what is searched and read', () => {
  let app: TestApp;
  beforeAll(async () => {
    ({ app } = await searchedApp());
    await until(
      async () => app.uow.query<{ word: string }>(`SELECT word FROM search_word WHERE word = 'operator'`),
      (rows) => rows.length > 0,
    );
  });
  afterAll(() => app.close());

  const written = async (): Promise<void> => {
    await app.app.get(SearchActivity).flush();
    await app.app.get(EntryAccess).flush();
  };
  const trending = async (window = '7d', api = app.api) => (await api.get(`${SEARCH}/trending?window=${window}`)).body;

  it('is told most recent first, and what finds nothing is not told', async () => {
    for (const query of ['kubernetes operator', 'Kubernetes  Operator', 'web server', 'unheardofword'])
      await app.api.post(SEARCH, { query });
    for (const id of ['plugin_vision', 'plugin_vision', 'svc_edge-proxy']) await app.api.get(`/api/v1/entities/${id}`);
    await written();
    const now = await trending();
    expect(now).toMatchObject({ window: '7d', half_life_hours: 42 });
    expect(now.queries).toMatchObject([
      { query: 'kubernetes operator', searches: 2 },
      { query: 'web server', searches: 1 },
    ]);
    expect(now.entries).toMatchObject([
      { key: 'plugin_vision@1.0.0', reads: 2 },
      { key: 'svc_edge-proxy', reads: 1 },
    ]);
  });

  it('fades, and falls out of the window', async () => {
    await app.uow.query(
      `INSERT INTO search_query VALUES (date_trunc('hour', now()) - interval '3 days', 'web proxy', 5)`,
    );
    const [first, second] = (await trending()).queries;
    expect([first.query, second.query]).toEqual(['kubernetes operator', 'web proxy']);
    expect(second.score).toBeLessThan(second.searches / 2);
    expect((await trending('24h')).queries).toHaveLength(2);
  });

  it('tells no word that only restricted entries have, and no restricted entry', async () => {
    const secret = { type: 'widget', name: 'zirconium', security_context: { visibility: 'restricted', readers: [] } };
    expect((await app.api.post('/api/v1/entities', secret)).status).toBe(201);
    await app.api.post(SEARCH, { query: 'zirconium' });
    await app.api.get('/api/v1/entities/widget_zirconium');
    await written();
    const key = { name: 'viewer', type: 'api_key', permissions: ['read:*'] };
    const viewer = app.api.as((await app.api.post('/api/v1/gateway/keys', key)).body.key);
    expect(JSON.stringify(await trending('7d', viewer))).not.toContain('zirconium');
    expect(names((await trending()).entries)).toContain('zirconium');
  });

  it('refuses a window there is not', async () => {
    const { status, body } = await app.api.get(`${SEARCH}/trending?window=1y`);
    expect([status, body.errors[0].field]).toEqual([400, 'window']);
  });

  it('counts what is found by type, status and tag', async () => {
    const { status, body } = await app.api.get(`${SEARCH}/facets?q=web`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: { value: 2, relation: 'exact' }, sampled: null });
    expect(body.facets).toMatchObject({
      type: [{ value: 'service', count: 2 }],
      tags: [
        { value: 'edge', count: 2 },
        { value: 'http', count: 1 },
      ],
    });
    expect((await app.api.get(`${SEARCH}/facets?type=plugin`)).body.total.value).toBe(1);
    expect((await app.api.get(`${SEARCH}/facets?q=unheardofword`)).body.total.value).toBe(0);
  });
});
