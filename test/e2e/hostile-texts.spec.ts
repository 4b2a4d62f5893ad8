import type { Answer } from '../support/api-client.js';
import { longestSilenceOf } from '../support/longest-silence.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const ENTITIES = '/api/v1/entities';
const RELATIONSHIPS = '/api/v1/relationships';

/** Texts that are much work to read, or much to tell. */
describe('texts of people who wish no good', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ env: { RATE_LIMIT_DEFAULT: 'off' } });
  });
  afterAll(() => app.close());

  const longestSilence = (work: Promise<unknown>): Promise<number> => longestSilenceOf(app.api, work);

  it.each([
    ['tags', 'one word of nothing but signs', `a${'-'.repeat(49_998)}b`],
    ['tags', 'one word of nothing but possessives', `a${"'s".repeat(24_998)}b`],
    ['extract', 'addresses of nothing but brackets', `http://a/${')'.repeat(1980)} `.repeat(25)],
    ['extract', 'abbreviations', 'A. '.repeat(16_000)],
    ['extract', 'white space', `${'\n\t '.repeat(16_000)}A`],
    ['summarize', 'abbreviations', 'e.g. A. '.repeat(6_000)],
    ['summarize', 'sentences of one letter', 'a! '.repeat(16_000)],
    ['summarize', 'one sentence of other letters', '\ufdfa'.repeat(50_000)],
    ['classify', 'signs', `${'- '.repeat(12_000)}(${'a '.repeat(12_000)}`],
  ])('ai/%s of %s keeps nobody waiting', async (route, _, text) => {
    const description = route === 'tags' ? text : undefined;
    let answer: Answer | undefined;
    const work = app.api.post(`/api/v1/ai/${route}`, { text, description }).then((one) => (answer = one));
    expect(await longestSilence(work)).toBeLessThan(4_000);
    expect(answer!.status).toBe(200);
  });

  it('texts that are told in their full length come in smaller pages, and all of them come', async () => {
    const texts = Array.from({ length: 90 }, (_, n) => `${n} ${'told '.repeat(9_990)}`);
    for (const text of texts)
      expect((await app.api.post('/api/v1/ai/feedback', { text, category: 'service' })).status).toBe(201);
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let path: string | undefined = '/api/v1/ai/feedback?limit=80'; path;) {
      const { body, headers }: Answer = await app.api.get(path);
      sizes.push(body.length as number);
      seen.push(...(body as { text: string }[]).map(({ text }) => text.split(' ', 1)[0]));
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(texts.map((_, n) => String(n)));
    expect(sizes[0]).toBeLessThan(60);
  });

  it('what relationships ask of versions is cut where it is long, and keeps nobody waiting', async () => {
    const names = ['asks', ...Array.from({ length: 600 }, (_, n) => `asked-${n}`)];
    await app.api.post(
      `${ENTITIES}/bulk`,
      names.map((name) => ({ type: 'widget', name, version: '1.0.0', feature: 'ai-ml' })),
    );
    const groups = [names.slice(1, 1200).map((name) => ({ name, op: '>=', version: '1.0' }))];
    const ranges = Array.from({ length: 60 }, (_, n) => `^${n}`).join(';');
    const edges = names.slice(1).map((name, n) => ({
      source_id: 'widget_asks',
      target_id: `widget_${name}`,
      type: 'depends_on',
      metadata: n % 3 === 0 ? { groups } : { constraint: n % 3 === 1 ? ranges : `>= 1 ${' '.repeat(60_000)}x` },
    }));
    for (let at = 0; at < edges.length; at += 100)
      expect((await app.api.post(`${RELATIONSHIPS}/bulk`, edges.slice(at, at + 100))).status).toBe(201);
    for (const path of ['?root_id=widget_asks&include=constraints', '/dependencies/widget_asks?']) {
      let answer: Answer | undefined;
      const work = app.api.get(`/api/v1/graph${path}`).then((one) => (answer = one));
      expect(await longestSilence(work)).toBeLessThan(4_000);
      const told = (answer!.body.edges ?? answer!.body.nodes) as { constraint: string }[];
      expect(told.length).toBeGreaterThanOrEqual(600);
      expect(Math.max(...told.map(({ constraint }) => constraint.length))).toBe(1000);
    }
  });
});
