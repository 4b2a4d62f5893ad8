import { SEARCH, hitsOf, names, searchedApp, until } from './search-fixture.js';
import type { TestApp } from '../support/test-app.js';
import type { Json } from '../support/api-client.js';

describe('the routes of search', () => {
  let app: TestApp;
  beforeAll(async () => {
    ({ app } = await searchedApp());
  });
  afterAll(() => app.close());

  const find = (body: object): Promise<Json[]> => hitsOf(app, body);

  describe('modes', () => {
    it('answers by text while there are no vectors, and says so', async () => {
      for (const [mode, degraded] of [
        ['hybrid', 'embeddings.off'],
        ['text', null],
        [undefined, 'embeddings.off'],
      ]) {
        const { status, headers } = await app.api.post(SEARCH, { query: 'video', mode });
        expect([status, headers.get('x-search-mode')]).toEqual([200, 'text']);
        expect(headers.get('x-search-degraded')).toBe(degraded);
      }
    });

    it('refuses search by vector alone while there are no vectors', async () => {
      const answer = await app.api.post(SEARCH, { query: 'video', mode: 'vector' });
      expect(answer).toMatchObject({ status: 422, body: { code: 'search.mode_unavailable' } });
    });
  });

  describe('by address', () => {
    it('takes the same filters and links to the next page', async () => {
      const first = await app.api.get(`${SEARCH}?q=libreoffice&type=resource,service&limit=2`);
      expect(names(first.body)).toEqual(['libreoffice', 'libreoffice-writer']);
      const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1];
      const second = await app.api.get(next!);
      expect(names(second.body)).toEqual(['writer2latex']);
      expect(second.headers.get('link')).toBeNull();
    });

    it('repeats tags that must all be there', async () => {
      const { body } = await app.api.get(`${SEARCH}?q=web&tag=edge&tag=http`);
      expect(names(body)).toEqual(['web-server']);
    });

    it('asks for the permission', async () => {
      const { body: key } = await app.api.post('/api/v1/gateway/keys', {
        name: 'no search',
        type: 'api_key',
        permissions: ['read:events'],
      });
      const answer = await app.api.as(key.key).get(`${SEARCH}?q=web`);
      expect(answer).toMatchObject({ status: 403 });
      expect(answer.body.detail).toContain('read:search');
    });
  });

  describe('highlights', () => {
    it('are safe HTML whatever the author wrote', async () => {
      const [hit] = await find({ query: 'encoder' });
      expect(hit.matched.highlight).toBe('Video player &amp; <mark>encoder</mark> Plays &quot;video');
      const nasty = {
        type: 'widget',
        name: 'nasty',
        title: '<img src=x onerror=alert(1)> zebra',
        description: '\uE000<script>\uE001 zebra',
      };
      await app.api.post('/api/v1/entities', nasty);
      const [{ matched }] = await find({ query: 'zebra' });
      expect(matched.highlight.replace(/<\/?mark>/g, '')).not.toMatch(/[<>]/);
      expect(matched.highlight).toBe('onerror=alert(1)&gt; <mark>zebra</mark>');
    });
  });

  describe('suggestions', () => {
    const suggest = async (q: string, limit = 10): Promise<Json[]> => {
      const answer = await app.api.get(`${SEARCH}/suggest?q=${encodeURIComponent(q)}&limit=${limit}`);
      expect(answer.status).toBe(200);
      return answer.body;
    };

    it('complete names, with what leads to the entry', async () => {
      expect((await suggest('Libre'))[0]).toEqual({
        text: 'libreoffice',
        kind: 'name',
        key: 'resource_libreoffice',
        type: 'resource',
        title: 'office productivity suite (metapackage)',
      });
    });

    it('find a name by a later word of it', async () => {
      expect(names((await suggest('prox')).map(({ text }) => ({ name: text })))).toContain('edge-proxy');
    });

    it('complete the last word', async () => {
      const found = await until(
        () => suggest('office prod'),
        (answer) => answer.some(({ kind }) => kind === 'word'),
      );
      expect(found.find(({ kind }) => kind === 'word')).toMatchObject({ text: 'office productivity', key: null });
    });

    it('correct a word nothing begins with', async () => {
      const found = await until(
        () => suggest('kubrenetes'),
        (answer) => answer.length > 0,
      );
      expect(found).toEqual([{ text: 'kubernetes', kind: 'correction', key: null, type: null, title: null }]);
    });

    it('take signs as they are', async () => {
      for (const q of ['%', '_', '\\', '   ', '😀']) expect(await suggest(q)).toEqual([]);
      expect((await app.api.get(`${SEARCH}/suggest`)).body).toEqual([]);
      const long = await app.api.get(`${SEARCH}/suggest?q=${'a'.repeat(129)}`);
      expect(long.body.errors[0].field).toBe('q');
    });
  });

  describe('hostile queries', () => {
    it('over the limits are refused, naming the limit', async () => {
      const long = await app.api.post(SEARCH, { query: 'a'.repeat(1001) });
      expect(long.status).toBe(400);
      expect(long.body.errors[0]).toEqual({ field: 'query', message: expect.stringContaining('1000') });
      const many = await app.api.post(SEARCH, { query: Array.from({ length: 33 }, (_, n) => `w${n}`).join(' ') });
      expect(many).toMatchObject({ status: 400, body: { code: 'search.too_many_terms' } });
      const address = await app.api.get(`${SEARCH}?q=${Array.from({ length: 33 }, (_, n) => `w${n}`).join('+')}`);
      expect(address.body.errors[0].field).toBe('q');
    });

    const texts = [
      '\u0000',
      "'; DROP TABLE entry; --",
      "\\' \\\\ ' ''",
      ':* & | ! <-> ()',
      "web:* & 'server'",
      '"unbalanced web',
      'or or or',
      '- -- --- -"',
      'مرحبا بالعالم',
      'ＷＥＢ ｓｅｒｖｅｒ',
      'a\u0301\u0301\u0301',
      '\uFEFF\u200B\u202E web',
      'x'.repeat(1000),
      Array.from({ length: 32 }, (_, n) => `-w${n}`).join(' '),
      Array.from({ length: 32 }, (_, n) => `"w${n} x"`).join(' or '),
      `${'a'.repeat(100)}-${'b.'.repeat(63)}`,
      'a-'.repeat(400),
      'http://user:pass@host:80/path?query=1#x <a href="x">y</a>',
      '%s %d %n ${7*7} {{7*7}}',
      '1e400 -1 0x10 NaN',
      '__proto__ constructor',
    ];
    it.each(texts)('%j is answered without failing', async (query) => {
      const answers = [
        await app.api.post(SEARCH, { query }),
        await app.api.get(`${SEARCH}?q=${encodeURIComponent(query)}`),
        await app.api.get(`${SEARCH}/suggest?q=${encodeURIComponent(query)}`),
      ];
      for (const { status } of answers) expect([200, 400]).toContain(status);
    });
  });
});
