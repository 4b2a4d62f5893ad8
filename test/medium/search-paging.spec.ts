import { CorpusStatistics } from '../../src/search/upkeep/corpus-statistics.js';
import { SearchService } from '../../src/search/search.service.js';
import type { Search, SearchHitResponse } from '../../src/search/search.service.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const ENTRIES = 6000;

describe('a search of very common words', () => {
  let app: TestApp;
  let service: SearchService;
  beforeAll(async () => {
    app = await testApp();
    service = app.app.get(SearchService);
    // Every entry but the first hundred has the word, in its description; one unpopular entry has it in its title.
    await app.uow.query(
      `INSERT INTO entry (uid, kind, name, title, description, status, owner, popularity, checksum)
       SELECT gen_random_uuid(), CASE WHEN n % 400 = 0 THEN 'dataset' ELSE 'resource' END, 'item-' || n,
              CASE WHEN n = 4321 THEN 'Common ground' END,
              CASE WHEN n > 100 THEN 'a common thing of number ' || n ELSE 'another' END,
              'active', CASE WHEN n % 400 = 0 THEN 'few' END, round((n % 97) / 10.0, 1), ''
       FROM generate_series(1, ${ENTRIES}) n`,
    );
    for (const table of ['entry', 'entry_document']) await app.uow.query(`ANALYZE ${table}`);
    await app.app.get(CorpusStatistics).refreshLexemes();
  });
  afterAll(() => app.close());

  const find = async (search: Partial<Search>) =>
    service.find({ query: 'common', field: 'query', mode: 'text', filter: {}, limit: 10, offset: 0, ...search });

  const pages = async (search: Partial<Search>, limit: number): Promise<SearchHitResponse[]> => {
    const hits: SearchHitResponse[] = [];
    for (;;) {
      const page = await find({ ...search, limit, offset: hits.length });
      hits.push(...page.hits);
      if (!page.more) return hits;
      expect(page.hits).toHaveLength(limit);
    }
  };

  it('never loses the entry that has them in its title', async () => {
    const { hits } = await find({});
    expect(hits[0].name).toBe('item-4321');
    expect(hits).toHaveLength(10);
  });

  it('pages through every match once, best first', async () => {
    const hits = await pages({}, 1000);
    expect(new Set(hits.map(({ name }) => name)).size).toBe(ENTRIES - 100);
    expect(hits).toHaveLength(ENTRIES - 100);
    for (let i = 1; i < hits.length; i++) expect(hits[i].score).toBeLessThanOrEqual(hits[i - 1].score);
  });

  it('gives the same order whatever the size of the page', async () => {
    const large = (await find({ limit: 620 })).hits.map(({ name }) => name);
    const small: string[] = [];
    for (let offset = 0; offset < 620; offset += 155)
      small.push(...(await find({ limit: 155, offset })).hits.map(({ name }) => name));
    expect(small).toEqual(large);
  });

  it('answers as many as asked through a filter that few entries pass', async () => {
    const { hits, more } = await find({ filter: { owner: 'few' }, limit: 15 });
    expect([hits.length, more]).toEqual([15, false]);
    const ten = await find({ filter: { types: ['dataset'] }, limit: 10 });
    expect([ten.hits.length, ten.more]).toEqual([10, true]);
  });

  it('goes on with entries of any word where those with all end', async () => {
    const hits = await pages({ query: 'common 150 another' }, 700);
    expect(new Set(hits.map(({ name }) => name)).size).toBe(hits.length);
    expect(hits).toHaveLength(ENTRIES);
    expect(hits[0].name).toBe('item-150');
  });

  it('lists without words by popularity, whole and once', async () => {
    const hits = await pages({ query: '', filter: { types: ['resource', 'dataset'] } }, 1000);
    expect(new Set(hits.map(({ name }) => name)).size).toBe(ENTRIES);
    expect(hits.slice(0, 60).every(({ name }) => Number(name.slice(5)) % 97 === 96)).toBe(true);
  });

  it('answers an empty page beyond the end', async () => {
    for (const query of ['common', 'common number', 'another', ''])
      expect(await find({ query, offset: 9000 })).toMatchObject({ hits: [], more: false });
  });
});
