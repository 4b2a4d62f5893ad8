import { VectorSearch } from '../../src/entries/vectors/vector-search.js';
import type { Answer, Json } from '../support/api-client.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { EmbeddingService } from './embedding-fixture.js';
import { SEARCH, names } from './search-fixture.js';

const ENTITIES = '/api/v1/entities';
jest.setTimeout(120_000);

const TOOLS = [
  { type: 'service', name: 'gateway', title: 'HTTP proxy and load balancer', description: 'Spreads requests over web servers.' },
  { type: 'service', name: 'edge', title: 'Web server', description: 'Answers HTTP requests with files.', tags: ['edge'] },
  {
    type: 'resource',
    name: 'easel',
    title: 'Image editor',
    description: 'Retouches photos.',
    metadata: { homepage: 'https://paint.example' },
  },
  {
    type: 'resource',
    name: 'canvas',
    title: 'Drawing program for painters',
    description: 'Brushes and layers for pictures.',
    metadata: { homepage: 'https://paint.example' },
  },
  { type: 'resource', name: 'ledger', title: 'Accounting', description: 'Books, invoices and taxes of a company.' },
  {
    type: 'resource',
    name: 'vault',
    title: 'Photo archive',
    description: 'Keeps pictures of persons.',
    security_context: { visibility: 'restricted', readers: ['role:archivist'] },
  },
]; // prettier-ignore
/** As many as several pages hold, all about the like. */
const QUEUES = Array.from({ length: 60 }, (_, n) => ({
  type: 'pipeline',
  name: `queue-${n}`,
  title: n % 2 === 0 ? `Message broker number ${n}` : `Event stream of tenant ${n}`,
  tags: n % 6 === 0 ? ['audited'] : [],
}));

async function withEntries(app: TestApp, entries: object[]): Promise<void> {
  const { status, body } = await app.api.post(`${ENTITIES}/bulk`, entries);
  if (status !== 201) throw new Error(JSON.stringify(body));
  await eventually('every entry has a vector', async () => {
    const [size] = await app.app.get(VectorSearch).sizes();
    return size?.state === 'serving' && size.backlog === 0 && size.vectors >= entries.length;
  });
}

describe('search by words and meaning', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ env: { EMBEDDING_PROVIDER: 'local' } });
    await withEntries(app, [...TOOLS, ...QUEUES]);
  });
  afterAll(() => app.close());

  const ask = (body: object, api = app.api): Promise<Answer> => api.post(SEARCH, body);
  const find = async (body: object): Promise<Json[]> => (await ask(body)).body;
  const viewer = async () => {
    const key = { name: 'viewer', type: 'api_key', permissions: ['read:*'] };
    return app.api.as((await app.api.post('/api/v1/gateway/keys', key)).body.key);
  };

  it('finds what means the same in other words, and says what each leg found', async () => {
    const answer = await ask({ query: 'retouching pictures', limit: 3 });
    expect(answer.headers.get('x-search-mode')).toBe('hybrid');
    expect(answer.headers.get('x-search-degraded')).toBeNull();
    expect(names(answer.body)).toEqual(expect.arrayContaining(['easel', 'canvas']));
    const [{ matched, score }] = answer.body;
    expect(matched).toMatchObject({ vector: expect.any(Number), filters: expect.any(Number) });
    expect(score).toBeGreaterThan(answer.body[1].score);
    expect(score).toBeLessThan(1);
  });

  it('puts what is named so first', async () => {
    const [first, second] = await find({ query: 'canvas' });
    expect([first.name, first.score]).toEqual(['canvas', 1]);
    expect(second?.score ?? 0).toBeLessThan(1);
  });

  it('brings in by meaning nothing that quotes and minus leave out', async () => {
    expect(names(await find({ query: '"image editor"' }))).toEqual(['easel']);
    expect(names(await find({ query: 'pictures -brushes' }))).not.toContain('canvas');
  });

  it('answers by words alone, or by meaning alone, when asked', async () => {
    const [byWords] = await find({ query: 'brushes', mode: 'text' });
    expect(byWords).toMatchObject({ name: 'canvas', matched: { vector: null, filters: null } });
    const byMeaning = await ask({ query: 'web proxies', mode: 'vector', limit: 2 });
    expect(byMeaning.headers.get('x-search-mode')).toBe('vector');
    expect(names(byMeaning.body).toSorted()).toEqual(['edge', 'gateway']);
    expect(byMeaning.body[0].matched).toMatchObject({ text: null, vector: byMeaning.body[0].score });
  });

  it('takes a vector instead of what the query means', async () => {
    const vectors = app.app.get(VectorSearch);
    const vector = Array.from((await vectors.vectorOf('accounting of a company'))!.values, (value) => 1e6 * value);
    expect((await find({ vector, limit: 1 }))[0].name).toBe('ledger');
    expect(names(await find({ query: 'proxy', vector, limit: 3 }))).toEqual(
      expect.arrayContaining(['gateway', 'ledger']),
    );
    for (const wrong of [[1, 2], vector.map(() => 0), 'x']) {
      const refused = await ask({ vector: wrong });
      expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'vector']);
    }
  });

  it('answers the vector of an entry, which finds that entry', async () => {
    const { embedding } = (await app.api.get(`${ENTITIES}/resource_ledger?include=embedding`)).body;
    expect(embedding.model).toMatch(/^static-en-384@/);
    const [first] = await find({ vector: embedding.values, limit: 1 });
    expect(first).toMatchObject({ name: 'ledger', score: expect.closeTo(1, 2) });
  });

  it('weighs the legs as asked, in either way of putting them together', async () => {
    for (const fusion of ['weighted', 'rrf']) {
      const [byWords] = await find({ query: 'servers', fusion, weights: { vector: 0, text: 1, filters: 0 } });
      expect(byWords.matched.text).toBeGreaterThan(0);
    }
    const none = await ask({ query: 'web', weights: { vector: 0, text: 0, filters: 0 } });
    expect([none.status, none.body.errors[0].field]).toEqual([400, 'weights']);
    const wrong = await ask({ query: 'web', weights: { text: -1 } });
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'weights.text']);
  });

  it.each(['hybrid', 'vector'] as const)(
    'is never short of results in mode %s where the filter leaves some',
    async (mode) => {
      const found = await find({ query: 'message broker', mode, filters: { tags: ['audited'] }, limit: 10 });
      expect(found).toHaveLength(10);
      for (const { tags } of found) expect(tags).toContain('audited');
    },
  );

  it.each(['hybrid', 'vector'] as const)('pages in mode %s neither repeat nor leave out', async (mode) => {
    const found: string[] = [];
    let next: string | undefined = `${SEARCH}?q=message+broker&mode=${mode}&type=pipeline&limit=17`;
    while (next) {
      const page: Answer = await app.api.get(next);
      found.push(...names(page.body));
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(new Set(found).size).toBe(found.length);
    if (mode === 'vector') expect(found).toHaveLength(QUEUES.length);
    else expect(found).toEqual(expect.arrayContaining(QUEUES.filter((_, n) => n % 2 === 0).map(({ name }) => name)));
  });

  it('keeps from who may not see it what is restricted', async () => {
    const api = await viewer();
    for (const mode of ['hybrid', 'vector']) {
      expect(names(await find({ query: 'photo archive', mode }))).toContain('vault');
      const { body } = await ask({ query: 'photo archive', mode }, api);
      expect(names(body)).not.toContain('vault');
      expect(body.length).toBeGreaterThan(0);
    }
    expect(names((await api.get(`${ENTITIES}/resource_easel/related`)).body)).not.toContain('vault');
    expect((await api.get(`${ENTITIES}/resource_vault/related`)).status).toBe(404);
  });

  it('relates entries by meaning, relationships and source, and says why', async () => {
    for (const [source_id, target_id] of [
      ['svc_gateway', 'svc_edge'],
      ['pipeline_queue-1', 'resource_ledger'],
      ['pipeline_queue-2', 'resource_ledger'],
    ])
      expect((await app.api.post('/api/v1/relationships', { source_id, target_id, type: 'depends_on' })).status).toBe(
        201,
      );
    const reasons = async (id: string, other: string): Promise<string[]> => {
      const { body } = await app.api.get(`${ENTITIES}/${id}/related?limit=100`);
      const found = body.find((entry: Json) => entry.name === other);
      return (found?.reasons ?? []).map((reason: Json) => reason.kind).toSorted();
    };
    expect(await reasons('svc_gateway', 'edge')).toEqual(['meaning', 'relationship']);
    expect(await reasons('resource_easel', 'canvas')).toEqual(['meaning', 'source']);
    expect(await reasons('pipeline_queue-1', 'queue-2')).toContain('shared');
    const { body } = await app.api.get(`${ENTITIES}/resource_easel/related?by=source`);
    expect(body).toMatchObject([{ name: 'canvas', score: 0.5, reasons: [{ kind: 'source', score: 1 }] }]);
  });

  it('judges its own index by every distance', async () => {
    const { status, body } = await app.api.get(`${SEARCH}/stats?sample=20`);
    expect(status).toBe(200);
    expect(body.vectors).toMatchObject({ state: 'serving', model: expect.stringMatching(/^static-en-384@/) });
    expect(body.recall).toMatchObject({ at: 10, recall: 1 });
    expect(body.recall.sample).toBeGreaterThan(10);
    expect((await app.api.get(`${SEARCH}/stats`)).body.recall).toEqual(body.recall);
  });

  it('is made true again when asked', async () => {
    await app.uow.query(
      `UPDATE entry_document SET tsv = '' WHERE entry_id = (SELECT id FROM entry WHERE name = 'ledger')`,
    );
    expect(names(await find({ query: 'invoices', mode: 'text' }))).toEqual([]);
    const asked = await app.api.post(`${SEARCH}/reindex`, undefined);
    expect([asked.status, asked.body.asked_at]).toEqual([202, expect.any(String)]);
    await eventually('the indexes are true again', async () => {
      const { body } = await app.api.get(`${SEARCH}/stats`);
      return body.reindex.changed === 1;
    });
    expect(names(await find({ query: 'invoices', mode: 'text' }))).toEqual(['ledger']);
    expect((await (await viewer()).post(`${SEARCH}/reindex`, undefined)).status).toBe(403);
  });
});

describe('search while the model cannot be had', () => {
  it('goes by words, says so, and asks for meaning again afterwards', async () => {
    const service = new EmbeddingService();
    const app = await testApp({ env: await service.start() });
    try {
      await withEntries(app, TOOLS);
      const mode = async (wanted?: string): Promise<(string | null)[]> => {
        const { headers, body } = await app.api.post(SEARCH, { query: 'web requests', mode: wanted });
        expect(names(body)).toContain('gateway');
        return [headers.get('x-search-mode'), headers.get('x-search-degraded')];
      };
      expect(await mode()).toEqual(['hybrid', null]);
      service.away = true;
      for (const wanted of ['hybrid', 'vector']) expect(await mode(wanted)).toEqual(['text', 'embeddings.unavailable']);
      service.away = false;
      await eventually('meaning is asked for again', async () => (await mode())[0] === 'hybrid');
    } finally {
      await app.close();
      await service.stop();
    }
  });
});
