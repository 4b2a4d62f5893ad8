import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const ENTITIES = '/api/v1/entities';

describe('lists of entries', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const create = async (body: object) => {
    const answer = await app.api.post(ENTITIES, body);
    expect(answer).toMatchObject({ status: 201 });
    return answer.body;
  };

  beforeAll(async () => {
    for (let n = 0; n < 25; n++)
      await create({
        type: 'dataset',
        name: `list-${String(n).padStart(2, '0')}`,
        owner: n % 2 ? 'odd' : 'even',
        tags: ['t', `m${n % 3}`],
        description: n === 7 ? 'A zebra crossing' : undefined,
      });
  });

  const walk = async (first: string): Promise<string[]> => {
    const names: string[] = [];
    for (let path: string | undefined = first; path;) {
      const answer = await app.api.get(path);
      expect(answer.status).toBe(200);
      names.push(...answer.body.map((entry: { name: string }) => entry.name));
      path = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    return names;
  };
  const all = Array.from({ length: 25 }, (_, n) => `list-${String(n).padStart(2, '0')}`);

  it.each([
    ['sort=name', all],
    ['sort=-name', all.toReversed()],
    ['sort=created_at', all],
    ['', all.toReversed()],
    ['sort=name&offset=0', all],
    ['sort=popularity', all],
  ])('pages through everything once by %s', async (query, names) => {
    expect(await walk(`${ENTITIES}?type=dataset&limit=7&${query}`)).toEqual(names);
  });

  it('filters by owner, by several tags, and by words', async () => {
    expect(await walk(`${ENTITIES}?type=dataset&owner=odd&limit=5&sort=name`)).toEqual(all.filter((_, n) => n % 2));
    expect(await walk(`${ENTITIES}?type=dataset&tag=t&tag=m0&sort=name`)).toEqual(all.filter((_, n) => n % 3 === 0));
    expect(await walk(`${ENTITIES}?type=dataset&q=zebras`)).toEqual(['list-07']);
  });

  it('counts exactly when asked', async () => {
    const answer = await app.api.get(`${ENTITIES}?type=dataset&owner=even&limit=2&count=exact`);
    expect(answer.headers.get('x-total-count')).toBe('13');
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=x',
    'cursor=garbage',
    'sort=password',
    'type=spaceship',
    'status=weird',
    'offset=-1',
    'count=yes',
    'surprise=1',
  ])('refuses %s, naming it', async (query) => {
    const answer = await app.api.get(`${ENTITIES}?${query}`);
    expect(answer.status).toBe(400);
    expect(new Set(answer.body.errors.map((error: { field: string }) => error.field))).toEqual(
      new Set([query.split('=')[0]]),
    );
  });

  it('refuses the cursor of another list', async () => {
    const link = (await app.api.get(`${ENTITIES}?type=dataset&limit=2`)).headers.get('link')!;
    const cursor = /cursor=([^&>]+)/.exec(link)![1];
    expect(await app.api.get(`${ENTITIES}?type=agent&limit=2&cursor=${cursor}`)).toMatchObject({ status: 400 });
  });
});
