import type { SequencedEvent } from '../../src/entries/event-handler.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { CorpusRepository } from '../../src/search/upkeep/corpus.repository.js';
import { CorpusStatistics } from '../../src/search/upkeep/corpus-statistics.js';
import { Popularity } from '../../src/search/upkeep/popularity.js';
import { Speller } from '../../src/search/vocabulary/speller.js';
import { VocabularyHandler } from '../../src/search/vocabulary/vocabulary.handler.js';
import { VocabularyRepository } from '../../src/search/vocabulary/vocabulary.repository.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

describe('what search keeps beside the catalog', () => {
  let database: TestDatabase;
  let uow: UnitOfWork;
  let corpus: CorpusRepository;
  beforeAll(async () => {
    database = await testDatabase();
    ({ uow } = database);
    corpus = new CorpusRepository(uow);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await uow.query('DELETE FROM entry');
    for (const table of ['lexeme_stat', 'search_word']) await uow.query(`DELETE FROM ${table}`);
    await uow.query(
      'UPDATE search_corpus SET docs = 0, refreshed_at = NULL, worded_docs = 0, worded_at = NULL, ranked_at = NULL',
    );
  });

  const add = async (name: string, title: string | null = null, tags: string[] = []): Promise<string> => {
    const [row] = await uow.query<{ id: string }>(
      `INSERT INTO entry (uid, kind, name, title, tags, status, checksum)
       VALUES (gen_random_uuid(), 'resource', $1, $2, $3, 'active', '') RETURNING id`,
      [name, title, tags],
    );
    return row.id;
  };
  const words = async (): Promise<string[]> =>
    (await uow.query<{ word: string }>('SELECT word FROM search_word ORDER BY word')).map(({ word }) => word);

  describe('statistics', () => {
    it('count in how many entries a lexeme is', async () => {
      for (let n = 0; n < 5; n++) await add(`item-${n}`, n < 4 ? 'stored libraries' : null);
      await new CorpusStatistics(corpus).refreshStale();
      const counts = await corpus.kept('lexemes');
      expect([counts.get('item'), counts.get('librari')]).toEqual([5, 4]);
      expect(counts.has('0')).toBe(false);
      expect(await corpus.state()).toMatchObject({ docs: 5, refreshedAt: expect.any(Date), wordedDocs: 5 });
    });

    it('follow what goes, and leave alone what hardly moved', async () => {
      for (let n = 0; n < 30; n++) await add(`item-${n}`, n < 4 ? 'rare' : null);
      const statistics = new CorpusStatistics(corpus);
      await statistics.refreshLexemes();
      await uow.query(`DELETE FROM entry WHERE title = 'rare' AND name <> 'item-0'`);
      await add('item-30');
      await add('item-31');
      await statistics.refreshLexemes();
      const counts = await corpus.kept('lexemes');
      expect([counts.get('item'), counts.has('rare')]).toEqual([30, false]);
      expect((await corpus.state()).docs).toBe(29);
    });

    it('cost nothing while they are fresh', async () => {
      await add('one');
      const statistics = new CorpusStatistics(corpus);
      await statistics.refreshStale();
      const { refreshedAt } = await corpus.state();
      await statistics.refreshStale();
      expect((await corpus.state()).refreshedAt).toEqual(refreshedAt);
    });
  });

  describe('popularity', () => {
    it('follows the relationships that lead to an entry, without changing the entry', async () => {
      const [hub, ...spokes] = await Promise.all(['hub', 'a', 'b', 'c'].map((name) => add(name)));
      const before = await uow.query('SELECT revision, updated_at FROM entry WHERE id = $1', [hub]);
      await uow.query(
        `INSERT INTO relationship (source_id, target_id, type)
         SELECT s, $1, t.id FROM unnest($2::bigint[]) s, relationship_type t WHERE t.name = 'depends_on'`,
        [hub, spokes],
      );
      const popularity = new Popularity(uow, corpus);
      expect(await popularity.refreshStale()).toBe(1);
      const [row] = await uow.query<{ popularity: number }>('SELECT popularity FROM entry WHERE id = $1', [hub]);
      expect(row.popularity).toBeCloseTo(1.4, 5);
      expect(await uow.query('SELECT revision, updated_at FROM entry WHERE id = $1', [hub])).toEqual(before);
      expect(await uow.query('SELECT FROM event')).toEqual([]);
      expect(await popularity.refresh()).toBe(0);

      await uow.query('DELETE FROM relationship WHERE target_id = $1', [hub]);
      expect(await popularity.refreshStale()).toBe(1);
      const [later] = await uow.query<{ popularity: number }>('SELECT popularity FROM entry WHERE id = $1', [hub]);
      expect(later.popularity).toBe(0);
    });
  });

  describe('vocabulary', () => {
    const event = (entity: object): SequencedEvent => ({
      seq: 1,
      span: 1,
      type: 'entity_created',
      entryId: '1',
      payload: { entity },
      at: new Date(),
      actor: 'system',
    });

    it('learns the words of names, titles and tags from events, however often they come', async () => {
      const handler = new VocabularyHandler(new VocabularyRepository(uow));
      const events = [
        event({ name: 'libstdc++-dev', title: 'The C++ library, 2023', tags: ['role::devel', 'x'] }),
        event({ name: 'ab', title: null, tags: [] }),
      ];
      await handler.handle(events);
      await handler.handle(events);
      expect(await words()).toEqual(['dev', 'devel', 'library', 'libstdc', 'role', 'the']);
    });

    it('is rebuilt with how often each word is used; what nobody uses goes', async () => {
      await uow.query(`INSERT INTO search_word (word) VALUES ('gone')`);
      await add('web-server', 'Web server');
      await add('web-proxy', null, ['http']);
      await new CorpusStatistics(corpus).refreshWords();
      expect(Object.fromEntries(await corpus.kept('words'))).toEqual({ web: 2, server: 1, proxy: 1, http: 1 });
    });

    it('corrects by one edit, by trigrams when there are five letters, and not what begins a word', async () => {
      const vocabulary = new VocabularyRepository(uow);
      await vocabulary.learn([{ name: 'kubernetes', title: 'nginx java redis', tags: [] }]);
      const speller = new Speller(vocabulary);
      expect(await speller.correct('Ngnix')).toBe('nginx');
      expect(await speller.correct('kbernets')).toBe('kubernetes');
      expect(await speller.correct('jva')).toBeUndefined();
      expect(await speller.correct('jaba')).toBe('java');
      expect(await speller.correct('kube')).toBeUndefined();
      expect(await speller.correct('unrelated')).toBeUndefined();
      expect(await speller.correct('%_\\')).toBeUndefined();
      expect(await speller.correct('x'.repeat(200))).toBeUndefined();
    });

    it('lists words by how they begin, taking signs as they are', async () => {
      const vocabulary = new VocabularyRepository(uow);
      await vocabulary.learn([{ name: 'web', title: 'website webbing other', tags: [] }]);
      expect((await vocabulary.beginning('web', 10)).map(({ word }) => word)).toEqual(['web', 'webbing', 'website']);
      for (const signs of ['%', '_eb', '\\']) expect(await vocabulary.beginning(signs, 10)).toEqual([]);
    });
  });
});
