import { SocketFollower } from '../support/event-followers.js';
import type { Message } from '../support/event-followers.js';
import { eventually } from '../support/processes.js';
import { ENTITIES, EventsFixture } from './events-fixture.js';

describe('following events over /ws', () => {
  let events: EventsFixture;

  beforeAll(async () => {
    events = await EventsFixture.start({ CORS_ORIGINS: 'https://console.example', WS_CONNECTIONS_PER_KEY: '3' });
  });
  afterEach(() => events.cutAll());
  afterAll(() => events.close());

  it('a change arrives within moments, with who and when, exactly as it is read', async () => {
    const before = await events.head();
    const follower = await events.follow();
    expect(follower.got[0]).toEqual({ type: 'subscribed', seq: before, since: before });
    const { classification: _, ...entity } = await events.create();
    const message = await follower.next('entity_created');
    expect(message).toEqual({
      type: 'entity_created',
      seq: before + 1,
      at: expect.stringMatching(/Z$/),
      actor: expect.stringMatching(/^admin_key:/),
      entity: expect.objectContaining({ id: entity.id, key: entity.key, type: 'service', revision: 1 }),
    });
    await events.api.patch(`${ENTITIES}/${entity.id}`, { owner: 'team-a' });
    expect(await follower.next('entity_updated')).toMatchObject({
      seq: before + 2,
      entity: { owner: 'team-a', revision: 2 },
      patch: expect.arrayContaining([expect.objectContaining({ path: '/owner', value: 'team-a' })]),
    });
    await events.api.delete(`${ENTITIES}/${entity.id}`);
    expect(await follower.next('entity_deleted')).toMatchObject({ seq: before + 3, entity: { id: entity.id } });
  });

  it('a bulk of relationships arrives one by one, and a resume in the middle of it gets the rest', async () => {
    const before = await events.head();
    const hub = await events.create();
    const ends = [await events.create(), await events.create(), await events.create(), await events.create()];
    const bulk = ends.map(({ id }) => ({ source_id: hub.id, target_id: id, type: 'calls' }));
    expect((await events.api.post('/api/v1/relationships/bulk', bulk)).status).toBeLessThan(300);
    const all = await events.follow({ types: ['relationship.*'], since: before });
    await eventually('four messages', () => all.events.length === 4);
    expect(all.events.map(({ relationship }) => (relationship as Message).target_id as string)).toEqual(
      ends.map(({ id }) => id as string),
    );
    expect(all.seqs).toEqual([6, 7, 8, 9].map((n) => before + n));
    const rest = await events.follow({ since: before + 7 });
    await eventually('two messages', () => rest.events.length === 2);
    expect(rest.seqs).toEqual([before + 8, before + 9]);
  });

  it('filters by type of event and of entity, and several subscriptions keep apart', async () => {
    const follower = await events.follow({ types: ['entity.*'], entity_types: ['plugin'] });
    follower.say({ type: 'subscribe', id: 'mine', types: ['entity_deleted'] });
    await eventually('both', () => follower.got.filter(({ type }) => type === 'subscribed').length === 2);
    await events.create('service');
    const plugin = await events.create('plugin');
    await events.api.delete(`${ENTITIES}/${plugin.id}`);
    await eventually('three messages', () => follower.events.length === 3);
    expect(follower.events.map(({ type, subscription }) => [type, subscription])).toEqual(
      expect.arrayContaining([['entity_created', undefined], ['entity_deleted', undefined], ['entity_deleted', 'mine']]), // prettier-ignore
    );
    follower.say({ type: 'unsubscribe' });
    const left = await follower.next('unsubscribed');
    expect(left.seq).toBe(await events.head());
    await events.create('plugin');
    follower.say({ type: 'ping' });
    expect(await follower.next('pong')).toMatchObject({ type: 'pong' });
    expect(follower.events).toHaveLength(3);
  });

  it.each<[string, (key: string) => Parameters<typeof SocketFollower.open>[2]]>([
    ['X-API-Key', (key) => ({ headers: { 'x-api-key': key } })],
    ['a bearer', (key) => ({ headers: { authorization: `Bearer ${key}` } })],
    ['?access_token=', (key) => ({ path: `/ws?access_token=${key}` })],
    ['a subprotocol', (key) => ({ protocols: ['ureg.v1', `ureg.key.${key}`] })],
  ])('takes a key by %s', async (_, options) => {
    const before = await events.head();
    const follower = await events.connect(undefined, options(events.reader.key));
    follower.say({ type: 'subscribe' });
    const { seq } = await follower.next('subscribed');
    expect(seq).toBeGreaterThanOrEqual(before);
    expect(seq).toBeLessThanOrEqual(await events.head());
    expect(follower.socket.protocol).toBe(options(events.reader.key)?.protocols ? 'ureg.v1' : '');
  });

  it('takes a key or a token in the first message', async () => {
    const token = await events.api.as(events.reader.key).post('/api/v1/gateway/tokens');
    for (const credential of [events.reader.key, token.body.access_token as string]) {
      const follower = await events.connect();
      follower.say({ type: 'subscribe' });
      expect(await follower.next('error')).toMatchObject({ code: 'auth.required' });
      follower.say({ type: 'auth', token: credential });
      expect(await follower.next('authenticated')).toMatchObject({ principal: { id: events.reader.id } });
      follower.say({ type: 'subscribe' });
      await follower.next('subscribed');
    }
  });

  it('closes with the code that says why', async () => {
    const unable = await events.makeKey(['read:entities']);
    const cases: [Promise<SocketFollower>, number, string][] = [
      [events.connect('nobody'), 4401, 'auth.invalid_credential'],
      [events.connect(unable.key), 4403, 'auth.forbidden'],
      [events.connect(events.reader.key, { headers: { origin: 'https://evil.example' } }), 4403, 'origin not allowed'],
      [events.connect(), 4401, 'auth.invalid_credential'],
    ];
    for (const [connecting, code, reason] of cases) {
      const follower = await connecting;
      await eventually(`closed with ${code}`, () => follower.closed !== undefined);
      expect(follower.closed).toEqual({ code, reason });
    }
    const allowed = await events.connect(events.reader.key, { headers: { origin: 'https://console.example' } });
    const own = await events.connect(events.reader.key, { headers: { origin: events.app.url } });
    for (const follower of [allowed, own]) {
      follower.say({ type: 'ping' });
      await follower.next('pong');
    }
  });

  it('stays through nonsense, and drops a message over 64 KiB', async () => {
    const follower = await events.follow();
    for (const nonsense of [
      '{',
      '[]',
      '{"type":"toString"}',
      '{"type":"subscribe","types":"x"}',
      '{"type":"subscribe","since":-1}',
    ]) {
      follower.say(nonsense);
    }
    await eventually('five errors', () => follower.got.filter(({ type }) => type === 'error').length === 5);
    follower.say({ type: 'subscribe', since: 1e9 });
    await eventually('six errors', () => follower.got.filter(({ type }) => type === 'error').length === 6);
    expect(follower.got.at(-1)).toMatchObject({ code: 'events.cursor_ahead', errors: [{ field: 'since' }] });
    follower.say({ type: 'ping' });
    await follower.next('pong');
    follower.say({ type: 'auth', token: 'x'.repeat(70_000) });
    await eventually('closed', () => follower.closed !== undefined);
    expect(follower.closed?.code).toBe(1009);
  });

  it('holds a key to its number of connections, streams counted', async () => {
    const { key } = await events.makeKey(['read:events']);
    await events.follow({}, key);
    await events.follow({}, key);
    const third = await events.stream('', {}, key);
    expect(third.response.status).toBe(200);
    const fourth = await events.connect(key);
    await eventually('closed', () => fourth.closed !== undefined);
    expect(fourth.closed).toEqual({ code: 4429, reason: 'events.too_many_connections' });
    const fifth = await events.stream('', {}, key);
    expect(fifth.response.status).toBe(429);
    expect(await fifth.response.json()).toMatchObject({ code: 'events.too_many_connections', limit: 3 });
    third.cut();
    await eventually('one went', () => events.open('sse') === 0);
    await events.follow({}, key);
  });

  it('hangs up when the key is revoked', async () => {
    const { id, key } = await events.makeKey(['read:events']);
    const follower = await events.follow({}, key);
    const streamed = await events.stream('', {}, key);
    expect((await events.api.delete(`/api/v1/gateway/keys/${id}`)).status).toBe(204);
    await eventually('both ended', () => follower.closed !== undefined && streamed.ended, 30_000);
    expect(follower.closed).toEqual({ code: 4401, reason: 'auth.invalid_credential' });
  });

  it('does not lose or double anything for a client that stops reading and goes on', async () => {
    const before = await events.head();
    const follower = await events.follow({ since: before });
    follower.socket.pause();
    const text = 'x'.repeat(50_000);
    const batch = Array.from({ length: 100 }, () => ({ type: 'service', name: events.newName(), description: text }));
    for (let n = 0; n < 100; n += 10) {
      const answer = await events.api.post(`${ENTITIES}/bulk`, batch.slice(n, n + 10));
      expect(answer.status).toBeLessThan(300);
    }
    await events.head();
    follower.socket.resume();
    await eventually('all hundred', () => follower.events.length === 100);
    expect(follower.seqs).toEqual(batch.map((_, n) => before + 1 + n));
  });
});
