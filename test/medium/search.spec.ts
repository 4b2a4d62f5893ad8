import { SEARCH, hitsOf, names, searchedApp, until } from './search-fixture.js';
import type { TestApp } from '../support/test-app.js';
import type { Json } from '../support/api-client.js';

describe('search', () => {
  let app: TestApp;
  let ids: Map<string, string>;
  beforeAll(async () => {
    ({ app, ids } = await searchedApp());
  });
  afterAll(() => app.close());

  const find = (body: object): Promise<Json[]> => hitsOf(app, body);

  describe('ranking', () => {
    it('puts the entry of that name first, then names that begin so, then entries with the words', async () => {
      const hits = await find({ query: 'LibreOffice' });
      expect(names(hits)).toEqual(['libreoffice', 'libreoffice-writer', 'writer2latex']);
      expect(hits.map((hit) => hit.score)).toEqual([1, expect.closeTo(0.95, 1), expect.closeTo(0.65, 0)]);
      expect(hits[1].score).toBeLessThan(1);
      expect(hits[2].score).toBeLessThan(0.9);
    });

    it('takes words for the name that joins them', async () => {
      expect(names(await find({ query: 'web server' }))[0]).toBe('web-server');
      expect(names(await find({ query: 'Kubernetes  OPERATOR' }))[0]).toBe('kubernetes-operator');
    });

    it('finds an entry by its key and by its id', async () => {
      expect(names(await find({ query: 'plugin_vision@1.0.0' }))[0]).toBe('vision');
      expect(names(await find({ query: ids.get('vision')! }))).toEqual(['vision']);
    });

    it('answers entries with any of the words after those with all, until the page is full', async () => {
      const hits = await find({ query: 'proxy latex' });
      expect(names(hits).toSorted()).toEqual(['edge-proxy', 'writer2latex']);
      for (const hit of hits) expect(hit.score).toBeLessThan(0.2);
    });

    it('puts a title before a description', async () => {
      const hits = await find({ query: 'operator', entity_types: ['model', 'dataset'] });
      expect(names(hits)).toEqual(['kubernetes-operator', 'bounding-boxes']);
    });

    it('answers whole entries with the reasons', async () => {
      const [hit] = await find({ query: 'video', limit: 1 });
      const { body: entry } = await app.api.get(`/api/v1/entities/${ids.get('vision')}`);
      expect(hit).toMatchObject({ ...entry, accessed_at: hit.accessed_at });
      expect(hit.matched).toEqual({
        text: expect.any(Number),
        vector: null,
        filters: null,
        highlight: expect.stringContaining('<mark>Video</mark>'),
        corrected: null,
      });
    });
  });

  describe('syntax', () => {
    it('keeps words in quotes together', async () => {
      expect(names(await find({ query: '"word processor"' }))).toEqual(['libreoffice-writer']);
      expect(await find({ query: '"processor word"' })).toEqual([]);
    });

    it('leaves out what has a minus', async () => {
      expect(names(await find({ query: 'libreoffice -latex' })).toSorted()).toEqual([
        'libreoffice',
        'libreoffice-writer',
      ]);
      expect(names(await find({ query: 'edge -"before every"' }))).toEqual(['web-server']);
    });

    it('leaves out of the whole catalog when there is nothing else', async () => {
      const found = names(await find({ query: '-libreoffice', entity_types: ['resource', 'service'] }));
      expect(found.toSorted()).toEqual(['edge-proxy', 'web-server']);
    });

    it('takes either side of an or', async () => {
      expect(names(await find({ query: 'latex or kubernetes' })).toSorted()).toEqual([
        'kubernetes-operator',
        'writer2latex',
      ]);
    });

    it('finds stop words only where they are all there is', async () => {
      expect(names(await find({ query: 'the web server' }))[0]).toBe('web-server');
      expect(await find({ query: 'the of' })).toEqual([]);
    });

    it('finds nothing for signs alone', async () => {
      for (const query of ['!!!', '"', '"" -', '()&|:*<->', '😀', '\\\\']) expect(await find({ query })).toEqual([]);
    });
  });

  describe('typing errors', () => {
    // The words of new entries are learned from their events.
    const corrected = (query: string): Promise<Json> =>
      until(
        () => app.api.post(SEARCH, { query }),
        (answer) => answer.headers.has('x-search-corrected'),
      );

    it('finds what was probably meant and says so', async () => {
      const { body, headers } = await corrected('vidoe playr');
      expect(headers.get('x-search-corrected')).toBe('video%20player');
      expect(names(body)[0]).toBe('vision');
      expect(body[0].matched.corrected).toBe('video player');
      expect(body[0].matched.highlight).toContain('<mark>Video</mark> <mark>player</mark>');
      expect(body[0].score).toBeLessThan(0.4);
    });

    it('forgives swapped letters', async () => {
      const { body, headers } = await corrected('kubrenetes');
      expect(headers.get('x-search-corrected')).toBe('kubernetes');
      expect(names(body)).toEqual(['kubernetes-operator']);
    });

    it('completes a word before it corrects one', async () => {
      const answer = await app.api.post(SEARCH, { query: 'kubern' });
      expect(names(answer.body)).toEqual(['kubernetes-operator']);
      expect(answer.headers.get('x-search-corrected')).toBeNull();
    });

    it('takes no word for mistyped that some descriptions have, also before words are counted', async () => {
      await app.api.post('/api/v1/entities', { type: 'resource', name: 'photon-lab', title: 'Photon lab' });
      const albums = ['album', 'folder', 'wall'];
      for (const name of albums)
        await app.api.post('/api/v1/entities', { type: 'resource', name, description: 'Keeps photos.' });
      expect((await corrected('photno')).headers.get('x-search-corrected')).toBe('photon');
      const { body, headers } = await app.api.post(SEARCH, { query: 'photos' });
      expect(headers.get('x-search-corrected')).toBeNull();
      expect(names(body).toSorted()).toEqual(albums);
    });

    it('takes words in quotes and left-out words as they are', async () => {
      for (const query of ['"vidoe"', '-vidoe latex']) {
        const answer = await app.api.post(SEARCH, { query });
        expect(answer.headers.get('x-search-corrected')).toBeNull();
      }
    });
  });

  describe('filters', () => {
    it('narrow every kind of hit', async () => {
      expect(names(await find({ query: 'libreoffice', entity_types: ['SERVICE'] }))).toEqual([]);
      expect(names(await find({ query: 'edge', filters: { owner: 'team-edge' } }))).toEqual(['web-server']);
      expect(names(await find({ query: 'edge', filters: { tags: ['edge', 'http'] } }))).toEqual(['web-server']);
      expect(names(await find({ query: 'operator', filters: { status: 'archived' } }))).toEqual(['bounding-boxes']);
      const metadata = { 'limits.cpu': 2, tier: 'gold' };
      expect(names(await find({ query: 'operator', filters: { metadata } }))).toEqual(['kubernetes-operator']);
      expect(names(await find({ query: 'operator', filters: { health: ['healthy'] } }))).toEqual([]);
    });

    it('list the entries when the query is empty', async () => {
      const hits = await find({ filters: { tags: ['edge'] } });
      expect(names(hits).toSorted()).toEqual(['edge-proxy', 'web-server']);
      expect(hits[0]).toMatchObject({ score: 0, matched: { text: null, vector: null, highlight: null } });
      expect(names(await find({ query: ' ', entity_types: ['model'] }))).toEqual(['kubernetes-operator']);
    });

    it('name the wrong one', async () => {
      const wrong: [object, string][] = [
        [{ filters: { status: ['gone'] } }, 'filters.status'],
        [{ filters: { nothing: 1 } }, 'filters.nothing'],
        [{ filters: [] }, 'filters'],
        [{ filters: { metadata: { a: { b: 1 } } } }, 'filters.metadata'],
        [{ filters: { metadata: { 'a..b': 1 } } }, 'filters.metadata'],
        [{ entity_types: ['thing'] }, 'entity_types'],
        [{ limit: 0 }, 'limit'],
        [{ limit: 1001 }, 'limit'],
        [{ offset: 10_001 }, 'offset'],
        [{ query: 7 }, 'query'],
        [{ mode: 'magic' }, 'mode'],
      ];
      for (const [body, field] of wrong) {
        const answer = await app.api.post(SEARCH, body);
        expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, field]);
      }
    });
  });
});
