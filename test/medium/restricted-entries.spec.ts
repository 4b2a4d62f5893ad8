import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '../support/api-client.js';
import { CorpusStatistics } from '../../src/search/upkeep/corpus-statistics.js';
import { SocketFollower, StreamFollower } from '../support/event-followers.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const ENTITIES = '/api/v1/entities';
/** Consul lists what it knows of any name, be it nothing. */
const LISTS = /^\/v1\/(catalog|health)\/(service|checks|connect)\//;
/** A word that is nowhere else. */
const SECRET = 'zyxquartz';

interface Operation {
  parameters?: { name: string; in: string; example?: unknown }[];
}

describe('restricted entries', () => {
  let app: TestApp;
  let stranger: ApiClient;
  let reader: ApiClient;
  let readerId: string;
  let secretId: string;
  let openId: string;

  const key = async (): Promise<{ id: string; key: string }> => {
    const body = { name: 'k', type: 'service_key', permissions: ['read:*', 'write:*'] };
    return (await app.api.post('/api/v1/gateway/keys', body)).body;
  };
  const create = async (body: object): Promise<string> => {
    const answer = await app.api.post(ENTITIES, body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body.id as string;
  };
  const relate = (source_id: string, target_id: string, type = 'depends_on') =>
    app.api.post('/api/v1/relationships', { source_id, target_id, type });

  beforeAll(async () => {
    app = await testApp();
    const [mine, theirs] = [await key(), await key()];
    readerId = mine.id;
    reader = app.api.as(mine.key);
    stranger = app.api.as(theirs.key);
    openId = await create({ type: 'service', name: 'storefront', title: 'Shop window', tags: ['shop'] });
    await create({ type: 'service', name: 'billing', title: 'Bills' });
    secretId = await create({
      type: 'service',
      name: SECRET,
      version: '1.0.0',
      title: `The ${SECRET} ledger`,
      description: `Knows every ${SECRET}.`,
      tags: [SECRET],
      owner: SECRET,
      feature: 'ai-ml',
      security_context: { visibility: 'restricted', readers: [readerId] },
    });
    await relate('svc_storefront', `svc_${SECRET}`);
    await relate(`svc_${SECRET}`, 'svc_billing');
    await relate('svc_billing', 'svc_storefront');
    const statistics = app.app.get(CorpusStatistics);
    await statistics.refreshLexemes();
    await statistics.refreshWords();
  });
  afterAll(() => app.close());

  const leaks = (text: string): boolean => text.includes(SECRET) || text.includes(secretId);

  it('stay hidden from who asks in the same moment as those who may see them', async () => {
    const asked = [secretId, openId, secretId].flatMap((id) =>
      [app.api, reader, stranger].map((client) => client.get(`${ENTITIES}/${id}`)),
    );
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([
      200, 200, 404, 200, 200, 200, 200, 200, 404,
    ]);
  });

  it('are answered by no route of the whole document to who is not listed', async () => {
    const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as {
      paths: Record<string, Record<string, Operation>>;
    };
    const asked: string[] = [];
    for (const [path, { get }] of Object.entries(paths)) {
      if (!get) continue;
      const urls = [secretId, `svc_${SECRET}`, openId].map((id) => path.replaceAll(/\{\w+\}/g, id));
      const wanted = (get.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name);
      const query = new URLSearchParams();
      if (wanted.includes('q')) query.set('q', 'ledger');
      if (wanted.includes('root_id')) query.set('root_id', openId);
      if (wanted.includes('source')) query.set('source', openId);
      if (wanted.includes('target')) query.set('target', 'svc_billing');
      if (wanted.includes('include')) query.set('include', 'relationships');
      if (wanted.includes('wait')) query.set('wait', '0');
      for (const url of new Set(urls)) {
        if (url.startsWith('/metrics') || url.includes('/docs')) continue;
        // Spring's protocol answers whatever application is named, with its name: no entry need be called so.
        if (url.startsWith('/config-server/')) continue;
        const question = `${url}?${query.toString()}`;
        const answer = await stranger.get(question);
        asked.push(url);
        // What a refusal repeats of the question is no answer.
        const told = answer.status < 400 ? JSON.stringify(answer.body) : '';
        if (leaks(told)) throw new Error(`${question} answered ${told.slice(0, 300)}`);
        if (LISTS.test(url)) expect(answer.body).toEqual([]);
        else if (url.includes(SECRET) || url.includes(secretId))
          expect([url, answer.status < 300]).not.toEqual([url, true]);
      }
    }
    expect(asked.length).toBeGreaterThan(30);
  });

  it('are found by who is listed, and by who may do everything', async () => {
    for (const api of [reader, app.api]) {
      expect((await api.get(`${ENTITIES}/${secretId}`)).body.name).toBe(SECRET);
      expect((await api.get(`${ENTITIES}/svc_${SECRET}/history`)).status).toBe(200);
      expect((await api.get(`/api/v1/search?q=${SECRET}`)).body.map((hit: { id: string }) => hit.id)).toEqual([
        secretId,
      ]);
      const { nodes } = (await api.get(`/api/v1/graph?root_id=${openId}&depth=3`)).body;
      expect(nodes.map((node: { id: string }) => node.id)).toContain(secretId);
    }
  });

  it.each(['ledger', SECRET, `${SECRET}a`, 'zyxquart'])(
    '%s finds nothing of them, and suggests nothing',
    async (word) => {
      const found = await stranger.get(`/api/v1/search?q=${word}`);
      expect([found.status, leaks(JSON.stringify(found.body)), found.headers.get('x-search-corrected')]).toEqual([
        200,
        false,
        null,
      ]);
      expect(leaks(JSON.stringify((await stranger.get(`/api/v1/search/suggest?q=${word}`)).body))).toBe(false);
    },
  );

  it('are in no count', async () => {
    const total = async (api: ApiClient, path: string): Promise<number> =>
      Number((await api.get(path)).headers.get('x-total-count'));
    for (const path of [`${ENTITIES}?count=exact`, `${ENTITIES}?count=exact&feature=ai-ml`])
      expect((await total(app.api, path)) - (await total(stranger, path))).toBe(1);
    const edges = '/api/v1/relationships?count=exact';
    expect([await total(app.api, edges), await total(stranger, edges)]).toEqual([3, 1]);
    const stats = async (api: ApiClient) => (await api.get('/api/v1/stats')).body;
    const [all, some] = [await stats(app.api), await stats(stranger)];
    expect(all.total_entities - some.total_entities).toBe(1);
    expect(all.by_feature['ai-ml'] - some.by_feature['ai-ml']).toBe(1);
    expect([all.relationships_by_type.depends_on, some.relationships_by_type.depends_on]).toEqual([3, 1]);
    const held = async (api: ApiClient): Promise<number> =>
      (await api.get('/api/v1/feature-categories')).body.find((one: { name: string }) => one.name === 'ai-ml').entries;
    expect((await held(app.api)) - (await held(stranger))).toBe(1);
    const neighbors = (await stranger.get(`/api/v1/graph/neighbors/${openId}`)).body;
    expect([neighbors.out_degree, neighbors.in_degree, neighbors.count]).toEqual([0, 1, 1]);
  });

  it('are led through by no path, and make no cycle', async () => {
    const path = '/api/v1/graph/path?source=svc_storefront&target=svc_billing';
    expect((await app.api.get(path)).status).toBe(200);
    expect(await stranger.get(path)).toMatchObject({ status: 404, body: { code: 'graph.no_path' } });
    const cycles = async (api: ApiClient): Promise<number> => (await api.get('/api/v1/graph/cycles')).body.length;
    expect([await cycles(app.api), await cycles(stranger), await cycles(app.api)]).toEqual([1, 0, 1]);
    const impact = (await stranger.get('/api/v1/graph/impact/svc_billing')).body;
    expect(impact.nodes.map((node: { name: string }) => node.name)).not.toContain('storefront');
  });

  it('can be neither written nor related by who does not see them', async () => {
    const path = `${ENTITIES}/${secretId}`;
    expect((await stranger.patch(path, { title: 'mine' })).status).toBe(404);
    expect((await stranger.put(path, { title: 'mine' })).status).toBe(404);
    expect((await stranger.delete(path)).status).toBe(404);
    const edge = { source_id: 'svc_billing', target_id: secretId, type: 'calls' };
    expect((await stranger.post('/api/v1/relationships', edge)).status).toBe(404);
    const [{ id: known }] = (await app.api.get(`/api/v1/relationships?target_id=${secretId}`)).body;
    expect((await stranger.delete(`/api/v1/relationships/${known}`)).status).toBe(404);
    const taken = { type: 'service', name: SECRET, version: '1.0.0', title: 'mine' };
    const [result] = (await stranger.post(`${ENTITIES}/bulk?mode=best_effort&on_conflict=update`, [taken])).body;
    expect(result).toMatchObject({ status: 'failed', error: { status: 409 } });
    expect(result.id).toBeUndefined();
    expect((await app.api.get(path)).body.title).toBe(`The ${SECRET} ledger`);
    expect((await stranger.delete(`${ENTITIES}/svc_billing`)).body).toMatchObject({
      status: 409,
      code: 'entity.in_use',
    });
    expect(leaks(JSON.stringify((await stranger.delete(`${ENTITIES}/svc_billing`)).body))).toBe(false);
  });

  it('have events for their readers only, also when they are open later, or gone', async () => {
    const follow = (api: ApiClient) => StreamFollower.open(app.url, api.key!, '/api/v1/events?since=0');
    const listed = await follow(reader);
    const unlisted = await follow(stranger);
    const socket = await SocketFollower.follow(app.url, stranger.key!, { since: 0 });
    const gone = await create({
      type: 'service',
      name: `${SECRET}-2`,
      security_context: { visibility: 'restricted', readers: [`service_key:${readerId}`] },
    });
    await relate('svc_storefront', gone, 'calls');
    await app.api.delete(`${ENTITIES}/${gone}?force=true`);
    await app.api.patch(`${ENTITIES}/${secretId}`, { title: 'Ledger', security_context: { visibility: 'internal' } });
    const last = await create({ type: 'service', name: 'last-of-all' });
    const came = (follower: { text: string }) => () => follower.text.includes(last);
    await eventually('all came to the listed', came(listed));
    await eventually('all came to the unlisted', came(unlisted));
    await eventually('all came to the socket', () => JSON.stringify(socket.got).includes(last));
    expect(listed.text).toContain(gone);
    expect(listed.text).toContain('The zyxquartz ledger');
    for (const text of [unlisted.text, JSON.stringify(socket.got)]) {
      expect(text).not.toContain(gone);
      expect(text).not.toContain('The zyxquartz ledger');
    }
    for (const one of [listed, unlisted, socket]) one.cut();
    expect((await stranger.get(`${ENTITIES}/${secretId}`)).status).toBe(200);
    const polled = await stranger.get('/api/v1/events?since=0&limit=1000');
    expect(JSON.stringify(polled.body)).not.toContain('The zyxquartz ledger');
  });

  it('come to a connection that is open by what its key may see now, not by what it could when it was opened', async () => {
    const { id, key: credential } = await key();
    await app.api.post('/api/v1/gateway/roles', { name: 'auditors', permissions: ['read:events'] });
    const hold = (name: string | null) => app.api.patch(`/api/v1/gateway/keys/${id}`, { role: name });
    const streamed = await StreamFollower.open(app.url, credential, '/api/v1/events');
    const socket = await SocketFollower.follow(app.url, credential);
    const both = { streamed: () => streamed.text, socket: () => JSON.stringify(socket.got) };
    const made = async (name: string): Promise<string> => {
      const hidden = { visibility: 'restricted', readers: ['role:auditors'] };
      const restricted = await create({ type: 'service', name, security_context: hidden });
      const last = await create({ type: 'service', name: `${name}-open` });
      for (const text of Object.values(both)) await eventually('the open one came', () => text().includes(last));
      return restricted;
    };
    try {
      const before = await made('before-the-role');
      await hold('auditors');
      // A notice makes the open connections ask again; nobody is told when that is done.
      await pause(500);
      const during = await made('with-the-role');
      await hold(null);
      await pause(500);
      const after = await made('after-the-role');
      for (const text of Object.values(both)) {
        expect(text()).not.toContain(before);
        expect(text()).toContain(during);
        expect(text()).not.toContain(after);
      }
    } finally {
      for (const one of [streamed, socket]) one.cut();
    }
  });

  it('are described exactly or not at all', async () => {
    const attempt = (security_context: object) =>
      app.api.post(ENTITIES, { type: 'service', name: 'wrong', security_context });
    for (const [context, field] of [
      [{ visibility: 'Restricted' }, 'security_context.visibility'],
      [{ visibility: 'restricted', readers: 'me' }, 'security_context.readers'],
      [{ visibility: 'restricted', readers: [1] }, 'security_context.readers'],
    ] as const)
      expect(await attempt(context)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});
