import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import type { Json } from '../support/api-client.js';

const SEARCH = '/api/v1/search';

describe('search', () => {
  let app: TestApp;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    app = await testApp();
    const entries = [
      { type: 'resource', name: 'libreoffice', version: '7.4', title: 'office productivity suite (metapackage)' },
      {
        type: 'resource',
        name: 'libreoffice-writer',
        version: '7.4',
        title: 'office productivity suite -- word processor',
      },
      { type: 'resource', name: 'writer2latex', title: 'export filter of LibreOffice Writer documents to LaTeX' },
      {
        type: 'service',
        name: 'web-server',
        title: 'Static files over HTTP',
        owner: 'team-edge',
        tags: ['edge', 'http'],
      },
      {
        type: 'service',
        name: 'edge-proxy',
        title: 'Web proxy',
        description: 'Stands before every web server.',
        tags: ['edge'],
      },
      {
        type: 'plugin',
        name: 'vision',
        version: '1.0.0',
        title: 'Video player & <b>encoder</b>',
        description: 'Plays "video".',
      },
      {
        type: 'model',
        name: 'kubernetes-operator',
        title: 'Kubernetes operator',
        metadata: { limits: { cpu: 2 }, tier: 'gold' },
      },
      {
        type: 'dataset',
        name: 'bounding-boxes',
        description: 'Labelled images; no operator needed.',
        status: 'archived',
      },
    ];
    for (const entry of entries) {
      const { status, body } = await app.api.post('/api/v1/entities', entry);
      expect(status).toBe(201);
      ids.set(entry.name, body.id);
    }
  });
  afterAll(() => app.close());

  const find = async (body: object): Promise<Json[]> => {
    const answer = await app.api.post(SEARCH, body);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body;
  };
  const names = (hits: Json[]): string[] => hits.map((hit) => hit.name);
  const until = async <T>(ask: () => Promise<T>, right: (answer: T) => boolean): Promise<T> => {
    for (let left = 50; ; left--) {
      const answer = await ask();
      if (right(answer) || left === 0) return answer;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

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

  describe('modes', () => {
    it('answers hybrid by text, and says so', async () => {
      for (const mode of ['hybrid', 'text', undefined]) {
        const answer = await app.api.post(SEARCH, { query: 'video', mode });
        expect([answer.status, answer.headers.get('x-search-mode')]).toEqual([200, 'text']);
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
      `${'a'.repeat(100)}-${'b.'.repeat(200)}`,
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
