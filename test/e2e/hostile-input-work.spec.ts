import { gzipSync } from 'node:zlib';
import type { Answer, Header } from '../support/api-client.js';
import { longestSilenceOf } from '../support/longest-silence.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const ENTITIES = '/api/v1/entities';
const RELATIONSHIPS = '/api/v1/relationships';
const YAML = { 'Content-Type': 'application/yaml' };
const LINES = { 'Content-Type': 'application/x-ndjson' };

/** Small requests that would be much work for the service, each of which it once took on. */
describe('requests that ask for more than their share', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const longestSilence = (work: Promise<unknown>): Promise<number> => longestSilenceOf(app.api, work);

  const test = (match: string, text: string): Promise<Answer> =>
    app.api.post('/api/v1/classification/test', {
      match,
      name: text,
      title: text,
      tags: Array(100).fill(text.slice(0, 128)),
    });

  it.each(['(.a|a.)', '(....|a...)', '(?:aaaa|....)', 'a?'])(
    'an expression of many %s is answered at once',
    async (part) => {
      const text = `${'a'.repeat(127)}b${'a'.repeat(300)}`;
      expect(await longestSilence(test(`${part.repeat(60)}[bc]!`, text))).toBeLessThan(4_000);
      expect((await test(`${part.repeat(60)}[bc]!`, text)).body).toMatchObject({ feature: null, candidates: [] });
    },
  );

  it('expressions that would slow every entry are refused, alone and together', async () => {
    const alone = await app.api.post('/api/v1/classification/rules', { match: '(a?){1000}b', feature: 'ai-ml' });
    expect(alone).toMatchObject({ status: 400, body: { errors: [{ field: 'match' }] } });
    let answer = alone;
    for (let n = 0; n < 20 && answer.status !== 422; n++)
      answer = await app.api.post('/api/v1/classification/rules', { match: `${n}(z?){400}`, feature: 'ai-ml' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'classification.rules_too_costly' } });
  });

  it.each([
    ['brackets', `entries: ${'['.repeat(100_000)}`],
    ['closed brackets', `entries: ${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['dashes', '- '.repeat(100_000)],
    ['indents', Array.from({ length: 1000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
    [
      'aliases',
      `a: &a [x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f'].map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcde'[n]}`).join()}]`).join('\n')}`,
    ],
    ['a merge of itself', 'entries: &a\n- <<: *a\n  name: a'],
  ])('YAML of many %s is refused', async (_, text) => {
    const answer = await app.api.post(`${ENTITIES}/import?mode=atomic`, text, YAML);
    expect(answer).toMatchObject({ status: 400, body: { errors: expect.any(Array) } });
  });

  it('YAML that takes long to read keeps nobody waiting', async () => {
    const text = `entries: [${'a,'.repeat(100_000)}]`;
    let answer: Answer | undefined;
    const work = app.api.post(`${ENTITIES}/import`, text, YAML).then((one) => (answer = one));
    expect(await longestSilence(work)).toBeLessThan(4_000);
    expect(answer!.status).toBeLessThan(500);
  }, 120_000);

  it.each<[string, string, Header]>([
    ['lines of nothing', '\n'.repeat(30 * 1024 ** 2), LINES],
    ['numbers in lines', '0\n'.repeat(150_000), LINES],
    ['numbers in a list', `[${'0,'.repeat(150_000)}0]`, {}],
  ])(
    'a bulk of %s keeps nobody waiting, and its answer is no larger than its limit',
    async (_, text, headers) => {
      let answer: Answer | undefined;
      const packed = { ...headers, 'Content-Encoding': 'gzip' };
      const work = app.api
        .post(`${ENTITIES}/bulk?mode=best_effort`, gzipSync(text), packed)
        .then((one) => (answer = one));
      expect(await longestSilence(work)).toBeLessThan(4_000);
      if (text.includes('0')) expect(answer).toMatchObject({ status: 422, body: { code: 'bulk.too_many' } });
      else expect(answer).toMatchObject({ status: 200, body: [] });
    },
    120_000,
  );

  it('the paths of a long chain are cut in the middle', async () => {
    const names = Array.from({ length: 250 }, (_, n) => `chain-${n}`);
    await app.api.post(
      `${ENTITIES}/bulk`,
      names.map((name) => ({ type: 'resource', name, feature: 'ai-ml' })),
    );
    const edges = names
      .slice(1)
      .map((name, n) => ({ source_id: `resource_${names[n]}`, target_id: `resource_${name}`, type: 'depends_on' }));
    expect((await app.api.post(`${RELATIONSHIPS}/bulk`, edges)).status).toBe(201);
    const { body } = await app.api.get('/api/v1/graph/dependencies/resource_chain-0');
    const paths = (body.nodes as { path: string[] }[]).map(({ path }) => path);
    expect(paths.map(({ length }) => length)).toEqual(names.slice(1).map((_, n) => Math.min(100, n + 2)));
    expect(paths.at(-1)!.slice(0, 2)).toEqual(['resource_chain-0', 'resource_chain-151']);
    expect(paths.at(-1)!.at(-1)).toBe('resource_chain-249');
  });

  it('neighbours of very many types come in smaller pages, and all of them come', async () => {
    const leaves = Array.from({ length: 700 }, (_, n) => ({ type: 'team', name: `leaf-${n}`, feature: 'ai-ml' }));
    await app.api.post(`${ENTITIES}/bulk`, [{ type: 'team', name: 'hub', feature: 'ai-ml' }, ...leaves]);
    const to = (n: number, type: string) => ({ source_id: 'team_hub', target_id: `team_leaf-${n}`, type });
    const edges = [...leaves.map((_, n) => to(n, 'leads')), ...leaves.slice(0, 40).map((_, n) => to(n, `kind_${n}`))];
    expect((await app.api.post(`${RELATIONSHIPS}/bulk`, edges)).status).toBe(201);
    const seen = new Set<string>();
    const sizes: number[] = [];
    for (let query = 'limit=1000'; query !== '';) {
      const { body } = await app.api.get(`/api/v1/graph/neighbors/team_hub?${query}`);
      const page = body.neighbors.leads as { key: string }[];
      sizes.push(page.length);
      for (const { key } of page) seen.add(key);
      query = body.next.leads ? `limit=1000&cursor=${body.next.leads as string}` : '';
    }
    expect(seen.size).toBe(700);
    expect(sizes[0]).toBeLessThan(500);
  });

  it('alternatives by the hundred on one relationship are passed over', async () => {
    await app.api.post(
      `${ENTITIES}/bulk`,
      ['needs', 'needed', 'instead'].map((name) => ({ type: 'widget', name, feature: 'ai-ml' })),
    );
    const impact = async (names: number): Promise<unknown> => {
      const group = [
        { name: 'needed' },
        { name: 'instead' },
        ...Array.from({ length: names }, (_, n) => ({ name: `x${n}` })),
      ];
      const edge = {
        source_id: 'widget_needs',
        target_id: 'widget_needed',
        type: 'depends_on',
        metadata: { groups: [group] },
      };
      await app.api.post(`${RELATIONSHIPS}/bulk?on_conflict=update`, [edge]);
      return (await app.api.get('/api/v1/graph/impact/widget_needed')).body.nodes[0].has_alternative;
    };
    expect(await impact(2)).toBe(true);
    expect(await impact(2000)).toBe(false);
  });
});

describe('values that only the database would notice', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
    await app.api.post(
      `${ENTITIES}/bulk`,
      ['one', 'two'].map((name) => ({ type: 'service', name, feature: 'ai-ml' })),
    );
    for (const type of ['calls', 'owns'])
      await app.api.post(RELATIONSHIPS, { source_id: 'svc_one', target_id: 'svc_two', type });
    await app.api.patch(`${ENTITIES}/svc_one`, { title: 'Changed' });
    for (const name of ['a', 'b', 'c'])
      await app.api.post('/api/v1/gateway/keys', { name, type: 'api_key', permissions: ['read:*'] });
  });
  afterAll(() => app.close());

  it.each([1e-46, 1e-300, 5e-324])('a weight of %d is refused by name', async (weight) => {
    const edge = { source_id: 'svc_two', target_id: 'svc_one', type: 'calls', weight };
    for (const [path, field, body] of [
      [RELATIONSHIPS, 'weight', edge],
      [`${RELATIONSHIPS}/bulk`, '0.weight', [edge]],
    ] as const) {
      const answer = await app.api.post(path, body);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    }
  });

  it('takes the smallest weight there is', async () => {
    const edge = { source_id: 'svc_two', target_id: 'svc_one', type: 'calls', weight: 1e-44 };
    expect(await app.api.post(RELATIONSHIPS, edge)).toMatchObject({ status: 201, body: { weight: 1e-44 } });
  });

  const TIMES = [
    '0000-01-01T00:00:00.000Z',
    '2026-02-30T00:00:00.000Z',
    '-271821-04-20T00:00:00.000Z',
    '1',
    'now',
    'infinity',
  ];
  const IDS = [
    '0',
    '-1',
    '1e3',
    '9'.repeat(19),
    '9223372036854775808',
    '-'.repeat(36),
    `${'0'.repeat(35)}g`,
    '',
    1,
    null,
  ];
  it.each([
    ['entries by time', `${ENTITIES}?`, TIMES],
    ['entries by name', `${ENTITIES}?sort=name&`, [1, null, true]],
    ['entries by popularity', `${ENTITIES}?sort=-popularity&`, ['x', 1e39, -1e308, 1e-50, 5e-324, null]],
    ['history', `${ENTITIES}/svc_one/history?`, []],
    ['relationships', `${RELATIONSHIPS}?`, []],
    ['relationships of an entry', `${ENTITIES}/svc_one/relationships?`, []],
    ['feature categories', '/api/v1/feature-categories?', []],
    ['keys by time', '/api/v1/gateway/keys?', [...TIMES, '2026-01-01', '2026-01-01T00:00:00.000Z (x)']],
    ['keys by name', '/api/v1/gateway/keys?sort=name&', [1, null]],
  ])('a cursor of %s with other contents is refused', async (_, path, values: unknown[]) => {
    const first = await app.api.get(`${path}limit=1`);
    const cursor = /[?&]cursor=([^&>]+)/.exec(first.headers.get('link')!)![1];
    const [sort, [value], id, filter] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [
      string,
      unknown[],
      string,
      string,
    ];
    const own = value === undefined ? [] : [value];
    const forged = [
      ...values.map((other) => [sort, [other], id, filter]),
      ...IDS.filter((other) => other !== '0').map((other) => [sort, own, other, filter]),
      [sort, [...own, 'more'], id, filter],
      [sort, {}, id, filter],
    ];
    for (const content of forged) {
      const text = Buffer.from(JSON.stringify(content)).toString('base64url');
      const answer = await app.api.get(`${path}limit=1&cursor=${text}`);
      expect({ content, status: answer.status, errors: answer.body.errors as unknown }).toEqual({
        content,
        status: 400,
        errors: [{ field: 'cursor', message: expect.any(String) }],
      });
    }
  });

  it('keeps the rest of a query that has question marks in the address of the next page', async () => {
    for (const name of ['ask', 'ask-more'])
      await app.api.post(ENTITIES, { type: 'prompt', name, feature: 'ai-ml', tags: ['why?'] });
    const { headers } = await app.api.get(`${ENTITIES}?limit=1&tag=why?&sort=name`);
    expect(headers.get('link')).toMatch(/tag=why%3F&sort=name&cursor=/);
    const { headers: polled } = await app.api.get('/api/v1/events?limit=1&types=entity_created&since=0?');
    expect(polled.get('content-type')).toContain('problem+json');
  });
});
