import type { ApiClient, Json } from '../support/api-client.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { CorpusStatistics } from '../../src/search/upkeep/corpus-statistics.js';

const ENTITIES = '/api/v1/entities';
const TEXT = 'Reads invoices and books them into the ledger';
/** A word that is nowhere else. */
const SECRET = 'zyxquartz';
/** What is told of the whole service, whoever asks: when and by how many changes something was worked out, sizes, scores of words, what was searched. */
const OF_THE_SERVICE = new Set(['computed_at', 'graph_version', 'size_bytes', 'lexemes', 'average_length', 'counted_at', 'words', 'cache', 'queue_depth', 'popularity', 'queries', 'score', 'text', 'filters']); // prettier-ignore

jest.setTimeout(180_000);

/** What a caller learns who may not see an entry must be what it would learn if there were no such entry. */
describe('what answers tell of entries that the caller may not see', () => {
  let app: TestApp;
  let stranger: ApiClient;
  let openId: string;
  let secretId: string;

  const create = async (body: object): Promise<string> => {
    const answer = await app.api.post(ENTITIES, { feature: 'data-engineering', ...body });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body.id as string;
  };
  const relate = async (source: string, target: string): Promise<void> => {
    const edge = { source_id: source, target_id: target, type: 'depends_on' };
    expect((await app.api.post('/api/v1/relationships', edge)).status).toBe(201);
  };

  beforeAll(async () => {
    app = await testApp({ env: { EMBEDDING_PROVIDER: 'local', RATE_LIMIT_DEFAULT: 'off' } });
    const body = { name: 'k', type: 'service_key', permissions: ['read:*'] };
    stranger = app.api.as((await app.api.post('/api/v1/gateway/keys', body)).body.key as string);
    const metadata = { repository: 'https://git.example.com/books', requires: [SECRET, 'billing'] };
    openId = await create({ type: 'service', name: 'storefront', description: `${TEXT} of ${SECRET}-core`, metadata });
    await create({ type: 'service', name: 'billing', description: 'Writes invoices' });
    await create({ type: 'service', name: 'ledger', description: 'Keeps the ledger of invoices', tags: ['books'] });
    await create({ type: 'service', name: 'payroll', description: 'Pays people' });
    for (const [from, to] of [
      ['storefront', 'billing'],
      ['billing', 'ledger'],
      ['payroll', 'ledger'],
    ])
      // prettier-ignore
      await relate(`svc_${from}`, `svc_${to}`);
  });
  afterAll(() => app.close());

  const QUESTIONS: [method: 'get' | 'post', path: string, body?: object][] = [
    ['get', '/api/v1/entities/svc_storefront/related?limit=100'],
    ['get', '/api/v1/entities/svc_ledger/related?by=meaning,relationship'],
    ['get', '/api/v1/graph?root_id=svc_storefront&depth=5&direction=both&include=constraints'],
    ['get', '/api/v1/graph/neighbors/svc_ledger'],
    ['get', '/api/v1/graph/dependencies/svc_storefront'],
    ['get', '/api/v1/graph/impact/svc_ledger'],
    ['get', '/api/v1/graph/path?source=svc_storefront&target=svc_ledger'],
    ['get', '/api/v1/graph/paths?source=svc_storefront&target=svc_ledger&direction=both&max_depth=10&limit=100'],
    ['get', '/api/v1/graph/paths?source=svc_storefront&target=svc_payroll'],
    ['get', '/api/v1/graph/cycles?count=exact'],
    ['get', '/api/v1/graph/centrality?metric=betweenness&fresh=true&count=exact'],
    ['get', '/api/v1/graph/centrality/svc_ledger'],
    ['get', '/api/v1/graph/communities?fresh=true'],
    ['get', '/api/v1/graph/components?fresh=true'],
    ['get', '/api/v1/graph/components?connection=strong&types=depends_on'],
    ['get', '/api/v1/graph/suggestions/svc_storefront?limit=100'],
    ...['dot', 'graphml', 'mermaid', 'cytoscape'].flatMap((format): [method: 'get', path: string][] => [
      ['get', `/api/v1/graph/export?format=${format}`],
      ['get', `/api/v1/graph/export?format=${format}&root_id=svc_storefront&direction=both`],
    ]),
    ['get', `/api/v1/search?q=${SECRET}`],
    ['get', `/api/v1/search?q=ledger&mode=vector`],
    ['get', '/api/v1/search?q=invoices'],
    ['get', '/api/v1/search?q=invoices&fusion=rrf'],
    ['get', '/api/v1/search'],
    ['get', '/api/v1/search/facets'],
    ['get', '/api/v1/search/facets?q=invoices'],
    ['get', '/api/v1/search/suggest?q=zyx'],
    ['get', '/api/v1/search/suggest?q=led'],
    ['get', '/api/v1/search/trending'],
    ['get', '/api/v1/search/stats?sample=10'],
    ['get', '/v1/registry/search?q=ledger'],
    ['post', '/api/v1/search', { query: 'ledger', filters: { metadata: { repository: 'https://git.example.com/books' } } }],
    ['post', '/api/v1/ai/classify', { text: TEXT }],
    ['post', '/api/v1/ai/tags', { text: TEXT }],
    ['post', '/api/v1/ai/extract', { text: `"${SECRET}" and svc_${SECRET}, svc_${SECRET}@1.0.0, svc_ledger` }],
    ['get', '/api/v1/ai/status'],
    ['get', '/api/v1/ai/feedback'],
  ]; // prettier-ignore

  /** Without what is told of the whole service. */
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => (OF_THE_SERVICE.has(key) || key.endsWith('_ms') || key.endsWith('_at') ? [] : [[key, plain(inner)]])),
    ); // prettier-ignore
  };
  async function answers(api: ApiClient): Promise<Map<string, unknown>> {
    const statistics = app.app.get(CorpusStatistics);
    await statistics.refreshLexemes();
    await statistics.refreshWords();
    const found = new Map<string, unknown>();
    for (const [method, path, body] of QUESTIONS) {
      const { status, body: told, headers } = await (method === 'get' ? api.get(path) : api.post(path, body));
      const total = headers.get('x-total-count');
      found.set(`${method} ${path}`, { status, total, told: plain(told) });
    }
    return found;
  }
  const embedded = () =>
    eventually('all have vectors', async () => {
      const { vectors } = (await app.api.get('/api/v1/search/stats')).body;
      return vectors?.state === 'serving' && vectors.indexes.every(({ backlog }: Json) => backlog === 0);
    });

  it('is what they told before there were such entries', async () => {
    await embedded();
    const before = await answers(stranger);
    expect([...before.values()].map((one) => (one as { status: number }).status)).toEqual(QUESTIONS.map(() => 200));
    secretId = await create({
      type: 'service',
      name: SECRET,
      version: '1.0.0',
      title: `The ${SECRET} ledger of invoices`,
      description: TEXT,
      tags: [SECRET, 'books'],
      metadata: { repository: 'https://git.example.com/books' },
      security_context: { visibility: 'restricted', readers: [] },
    });
    await create({ type: 'service', name: `${SECRET}-core`, description: TEXT, security_context: { visibility: 'restricted', readers: [] } }); // prettier-ignore
    for (const other of ['storefront', 'payroll', 'ledger', 'billing']) {
      await relate(`svc_${SECRET}`, `svc_${other}`);
      await relate(`svc_${other}`, `svc_${SECRET}`);
    }
    await embedded();
    const seen = await answers(app.api);
    const after = await answers(stranger);
    const wrong = [...after].flatMap(([path, answer]) => {
      const [was, is] = [before.get(path), answer].map((one) => JSON.stringify(one, null, 1));
      return was === is ? [] : [`${path}\n${firstDifference(was, is)}`];
    });
    expect(wrong).toEqual([]);
    expect([...after.values()].map((one) => JSON.stringify(one)).filter((text) => text.includes(secretId))).toEqual([]);
    // Who may see them is told of them: the questions are such that they would have been.
    const told = [...seen].filter(([, answer]) => JSON.stringify(answer).includes(SECRET)).map(([path]) => path);
    expect(told.length).toBeGreaterThan(20);
    expect(openId).toBeDefined();
  });
});

function firstDifference(was: string, is: string): string {
  const [a, b] = [was.split('\n'), is.split('\n')];
  const at = a.findIndex((line, n) => line !== b[n]);
  return `was ${a.slice(at - 2, at + 3).join(' ')}\nis  ${b.slice(at - 2, at + 3).join(' ')}`;
}
