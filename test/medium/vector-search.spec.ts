import { EmbeddingIndexRepository } from '../../src/ai/embeddings/embedding-index.repository.js';
import { vectorText } from '../../src/ai/embeddings/embedding.repository.js';
import { IndexedVectorSearch } from '../../src/ai/embeddings/indexed-vector-search.js';
import { EmbeddingProviders } from '../../src/ai/embeddings/providers/embedding-providers.js';
import { VectorSearchRepository } from '../../src/ai/embeddings/vector-search.repository.js';
import type { VectorQuestion } from '../../src/ai/embeddings/vector-search.repository.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { Random } from '../support/random.js';
import { unitVector } from './embedding-fixture.js';

const ENTRIES = 1500;
const BATCH = 500;

/** Vectors in bundles, as texts about the same things lie; entries of every tenth are of kind `tool`, one of 150 is `rare`. */
describe('search by vector', () => {
  let database: TestDatabase;
  let vectors: VectorSearchRepository;
  let question: (vector: Float32Array, change?: Partial<VectorQuestion>) => VectorQuestion;
  const draw = new Random(7);
  const centres = Array.from({ length: 40 }, () => unitVector(draw));
  const near = (centre: Float32Array): Float32Array => {
    const noise = unitVector(draw);
    return centre.map((value, at) => value + 0.7 * noise[at]);
  };

  beforeAll(async () => {
    database = await testDatabase({ statementTimeout: 200_000 });
    const { uow } = database;
    const indexes = new EmbeddingIndexRepository(uow);
    await indexes.claim('m');
    // An index is built of what is there in a fraction of the time that growing it takes.
    const [{ indexdef }] = await uow.query<{ indexdef: string }>(
      `SELECT indexdef FROM pg_indexes WHERE indexname = 'entry_embedding_0_hnsw_idx'`,
    );
    await uow.query('DROP INDEX entry_embedding_0_hnsw_idx');
    for (let from = 0; from < ENTRIES; from += BATCH) await add(from);
    await uow.query(indexdef);
    await indexes.serve((await indexes.list())[0]);
    const [index] = await indexes.list();
    vectors = new VectorSearchRepository(uow);
    question = (vector, change) => ({ index, vector, filter: {}, without: [], limit: 10, ...change });
  }, 240_000);
  afterAll(() => database.close());

  async function add(from: number): Promise<void> {
    const rows = Array.from({ length: BATCH }, (_, n) => from + n);
    await database.uow.query(
      `WITH made AS (
         INSERT INTO entry (uid, kind, name, status, feature, checksum)
         SELECT gen_random_uuid(), CASE WHEN n % 10 = 0 THEN 'tool' ELSE 'library' END, 'e' || n, 'active',
           CASE WHEN n % 150 = 0 THEN 'rare' END, ''
         FROM unnest($1::int[]) AS s (n) RETURNING id, name
       )
       INSERT INTO entry_embedding (slot, entry_id, revision, model, content_hash, embedding)
       SELECT 0, made.id, 1, 'm', '', v.vector::halfvec(384)
       FROM unnest($1::int[], $2::text[]) AS v (n, vector) JOIN made ON made.name = 'e' || v.n`,
      [rows, rows.map((n) => vectorText(near(centres[n % centres.length])))],
    );
  }

  it('finds nearly all of the true neighbours by the graph', async () => {
    let found = 0;
    for (const centre of centres) {
      const wanted = near(centre);
      const [exact, approximate] = [await vectors.exact(question(wanted)), await vectors.approximate(question(wanted))];
      expect(exact).toHaveLength(10);
      expect(exact[0].similarity).toBeGreaterThanOrEqual(exact[9].similarity);
      const true10 = new Set(exact.map(({ id }) => id));
      found += approximate.filter(({ id }) => true10.has(id)).length;
    }
    expect(found / (10 * centres.length)).toBeGreaterThanOrEqual(0.95);
  });

  it('walks the graph, and does not sort all', async () => {
    const plans: string[] = [];
    const spied = Object.create(database.uow, {
      query: {
        value: async (sql: string, values: unknown[]) => {
          if (!sql.includes('near AS')) return database.uow.query(sql, values);
          const rows = await database.uow.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, values);
          plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
          return [];
        },
      },
    }) as typeof database.uow;
    for (const filter of [{}, { types: ['tool'] }])
      await new VectorSearchRepository(spied).approximate(question(centres[0], { filter }));
    expect(plans).toHaveLength(2);
    for (const plan of plans) expect(plan).toContain('Index Scan using entry_embedding_0_hnsw_idx');
  });

  it.each([
    ['all', {}, 10],
    ['a tenth', { types: ['tool'] }, 10],
    ['one in 150', { feature: ['rare'] }, 10],
    ['none', { feature: ['unheard-of'] }, 0],
  ])('is never short of results when %s pass the filter', async (_, filter, count) => {
    const search = new IndexedVectorSearch(
      new EmbeddingProviders({ id: 'm', embed: async () => [], health: async () => ({ ok: true }) }),
      new EmbeddingIndexRepository(database.uow),
      vectors,
    );
    // As where many entries pass by the planner's reckoning, and few in truth.
    jest.spyOn(vectors, 'estimate').mockResolvedValue(1_000_000);
    const found = await search.nearest(near(centres[3]), { limit: 10, filter });
    jest.restoreAllMocks();
    expect(found).toHaveLength(count);
    expect(found).toEqual(found!.toSorted((a, b) => b.similarity - a.similarity));
  });

  it('leaves out what it is told to', async () => {
    const [first, second] = await vectors.exact(question(centres[1]));
    for (const way of ['exact', 'approximate'] as const) {
      const [found] = await vectors[way](question(centres[1], { without: [first.id] }));
      expect(found.id).toBe(second.id);
    }
  });

  it('refuses what is no vector', async () => {
    const search = new IndexedVectorSearch(
      new EmbeddingProviders(undefined),
      new EmbeddingIndexRepository(database.uow),
      vectors,
    );
    for (const bad of [new Float32Array(3), new Float32Array(384), new Float32Array(384).fill(Number.NaN)])
      await expect(search.nearest(bad, { limit: 1 })).rejects.toThrow(RangeError);
    expect(await search.nearest(centres[0], { limit: 1 })).toBeUndefined();
  });
});
