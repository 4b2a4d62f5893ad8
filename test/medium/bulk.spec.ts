import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const BULK = '/api/v1/entities/bulk';
const NDJSON = { 'Content-Type': 'application/x-ndjson', Accept: 'application/x-ndjson' };
const lines = (items: readonly (object | string)[]): string =>
  items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join('\n');

describe('bulk', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const parsed = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const streamed = async (path: string, items: readonly (object | string)[]) =>
    parsed((await app.api.post(path, lines(items), NDJSON)).body);

  it('writes all of an array or nothing', async () => {
    const answer = await app.api.post(BULK, [
      { type: 'team', name: 'one' },
      { type: 'team', name: 'two' },
    ]);
    expect(answer).toMatchObject({
      status: 201,
      body: [
        { index: 0, status: 'created', key: 'team_one' },
        { index: 1, status: 'created' },
      ],
    });
    const refused = await app.api.post(BULK, [
      { type: 'team', name: 'three' },
      { type: 'team', name: 'one' },
    ]);
    expect(refused).toMatchObject({ status: 409, body: { code: 'entity.already_exists', index: 1 } });
    expect((await app.api.get('/api/v1/entities/team_three')).status).toBe(404);
    const invalid = await app.api.post(BULK, [
      { type: 'team', name: 'four' },
      { type: 'team', name: '?' },
    ]);
    expect(invalid).toMatchObject({ status: 400, body: { errors: [{ field: '1.name' }] } });
  });

  it('takes each item on its own merit, in order, when asked', async () => {
    const results = await streamed(`${BULK}?mode=best_effort`, [
      { type: 'user', name: 'ann' },
      { type: 'user', name: '!' },
      '{"type": "user", "name": ',
      { type: 'user', name: 'ann' },
      { type: 'user', name: 'bob' },
    ]);
    expect(results.map((result) => result.status)).toEqual(['created', 'failed', 'failed', 'failed', 'created']);
    expect(results[1].error).toMatchObject({ status: 400, errors: [{ field: 'name' }] });
    expect(results[3].error).toMatchObject({ status: 409, code: 'entity.already_exists' });
  });

  it('updates what differs and leaves alone what is the same', async () => {
    const items = Array.from({ length: 1200 }, (_, n) => ({ type: 'widget', name: `w${n}`, title: `Widget ${n}` }));
    const first = await streamed(`${BULK}?mode=best_effort&on_conflict=update`, items);
    expect(first.filter((result) => result.status === 'created')).toHaveLength(1200);
    const changed = items.map((item, n) => (n % 100 === 0 ? { ...item, title: 'Other' } : item));
    const second = await streamed(`${BULK}?mode=best_effort&on_conflict=update`, changed);
    expect(second.map((result) => result.index)).toEqual(items.map((_, n) => n));
    expect(second.filter((result) => result.status === 'updated')).toHaveLength(12);
    expect(second.filter((result) => result.status === 'unchanged')).toHaveLength(1188);
    expect((await app.api.get('/api/v1/entities/widget_w100')).body).toMatchObject({ title: 'Other', revision: 2 });
    const skipped = await streamed(`${BULK}?mode=best_effort&on_conflict=skip`, items.slice(0, 3));
    expect(skipped.map((result) => result.status)).toEqual(['skipped', 'skipped', 'skipped']);
  });

  it('relates many, with ends by key, and writes one event row for many of them', async () => {
    const edges = Array.from({ length: 600 }, (_, n) => ({
      source_id: 'widget_w0',
      target_id: `widget_w${n + 1}`,
      type: 'contains',
    }));
    const path = '/api/v1/relationships/bulk?mode=best_effort&on_conflict=update';
    const created = await streamed(path, [
      ...edges,
      { source_id: 'widget_w0', target_id: 'widget_none', type: 'contains' },
    ]);
    expect(created.filter((result) => result.status === 'created')).toHaveLength(600);
    expect(created.at(-1)).toMatchObject({ status: 'failed', error: { status: 404 } });
    expect((await streamed(path, edges)).every((result) => result.status === 'unchanged')).toBe(true);
    const heavier = await streamed(path, [
      { ...edges[0], weight: 3 },
      { ...edges[0], weight: 4 },
    ]);
    expect(heavier.map((result) => result.status)).toEqual(['updated', 'updated']);
    expect((await app.api.get('/api/v1/stats')).body.relationships_by_type.contains).toBe(600);
  });

  it('keeps two bulks of the same entries from spoiling each other', async () => {
    const items = Array.from({ length: 300 }, (_, n) => ({ type: 'memory', name: `m${n}` }));
    const path = `${BULK}?mode=best_effort&on_conflict=skip`;
    const results = await Promise.all([streamed(path, items), streamed(path, items.toReversed())]);
    const statuses = results.flat().map((result) => result.status);
    expect(statuses.filter((status) => status === 'created')).toHaveLength(300);
    expect(statuses.filter((status) => status === 'skipped')).toHaveLength(300);
  });

  it('refuses a body that is neither lines nor an array', async () => {
    expect((await app.api.post(BULK, { type: 'team' })).status).toBe(400);
    expect((await app.api.post(BULK, 'x', { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect(await app.api.post(`${BULK}?mode=sometimes`, [])).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'mode' }] },
    });
  });
});
