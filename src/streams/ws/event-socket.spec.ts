import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { UnauthenticatedError, UnavailableError } from '../../platform/errors/registry-error.js';
import type { Principal } from '../../platform/http/request-context.js';
import type { EventFeed } from '../event-feed.js';
import type { FeedFilter } from '../feed-filter.js';
import { FeedSubscription } from '../feed-subscription.js';
import type { FeedSink } from '../feed-subscription.js';
import { TooManyConnectionsError } from '../open-connections.js';
import type { OpenConnection, OpenConnections } from '../open-connections.js';
import { EventSocket } from './event-socket.js';

const KIB = 1024;

/** The outside world: a client whose network takes as much as the test lets it. */
class FakeClient extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  taking = true;
  readonly sent: Record<string, unknown>[] = [];
  closed?: { code: number; reason: string };
  pings = 0;
  terminated = false;
  private callbacks: (() => void)[] = [];

  send(json: string, sent: () => void): void {
    this.sent.push(JSON.parse(json) as Record<string, unknown>);
    this.bufferedAmount += json.length;
    this.callbacks.push(sent);
    if (this.taking) this.drain();
  }
  drain(): void {
    this.bufferedAmount = 0;
    for (const callback of this.callbacks.splice(0)) callback();
  }
  close(code: number, reason: string): void {
    if (this.readyState !== 1) return;
    this.readyState = 2;
    this.closed = { code, reason };
  }
  terminate(): void {
    this.terminated = true;
    this.readyState = 3;
  }
  ping(): void {
    this.pings++;
  }
  pause = (): boolean => this.emit('paused');
  resume = (): boolean => this.emit('resumed');
  async say(message: unknown): Promise<void> {
    this.emit('message', Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), false);
    await jest.advanceTimersByTimeAsync(0);
  }
}

const READER: Principal = { id: 'reader', type: 'api_key', name: 'reader', permissions: ['read:events'] };
const OTHER: Principal = { id: 'other', type: 'api_key', name: 'other', permissions: ['read:entities'] };

describe('a client of /ws', () => {
  let client: FakeClient;
  let socket: EventSocket;
  let replayed: string[][];
  let sinks: FeedSink[];
  let opened: { since: number | 'head' | 'oldest'; subscription: FeedSubscription }[];
  let connections: OpenConnection[];
  let full: boolean;

  const feed = {
    subscribe: async (since: number | 'head' | 'oldest', filter: FeedFilter, sink: FeedSink) => {
      const subscription = new FeedSubscription(
        feed as unknown as EventFeed,
        filter,
        sink,
        since === 'head' ? 100 : (since as number),
        100,
      );
      sinks.push(sink);
      opened.push({ since, subscription });
      return subscription;
    },
    replay: async (after: number) => ({
      rows: replayed.splice(0).map((jsons) => jsons.map((json, i) => ({ seq: after + 1 + i, type: 't', json }))),
      upTo: after,
      full: false,
    }),
    join: () => true,
    leave: () => undefined,
  };
  let counted: string[];
  let denied: string[];
  const verifier = {
    admit: async (credential: string) => {
      counted.push(credential);
      return verifier.verify(credential);
    },
    verify: async (credential: string): Promise<Principal> => {
      if (credential === 'reader') return READER;
      if (credential === 'other') return OTHER;
      if (credential === 'down') throw new UnavailableError('database.unavailable', 'away');
      throw new UnauthenticatedError();
    },
    allows: (principal: Principal, permission: string) => principal.permissions.includes(permission),
  };
  const counting = {
    add: (connection: OpenConnection) => {
      if (full) throw new TooManyConnectionsError(1);
      connections.push(connection);
      return () => connections.splice(connections.indexOf(connection), 1);
    },
  };

  beforeEach(() => {
    jest.useFakeTimers();
    [replayed, sinks, opened, connections, full, counted, denied] = [[], [], [], [], false, [], []];
    client = new FakeClient();
    socket = new EventSocket(client as unknown as WebSocket, '127.0.0.1', {
      feed: feed as unknown as EventFeed,
      verifier,
      connections: counting as unknown as OpenConnections,
      audit: { refused: (error, origin) => denied.push(`${origin?.actor} ${error.code}`) },
    });
  });
  afterEach(() => {
    client.emit('close');
    jest.useRealTimers();
  });
  const admitted = async (): Promise<void> => {
    socket.begin('reader');
    await jest.advanceTimersByTimeAsync(0);
  };

  it('counts as one request when it opens, and a renewed token as none', async () => {
    await admitted();
    await client.say({ type: 'auth', token: 'reader' });
    expect(client.sent.at(-1)).toMatchObject({ type: 'authenticated' });
    expect(counted).toEqual(['reader']);
  });

  it('with a good credential may subscribe at once', async () => {
    socket.begin('reader');
    await client.say({ type: 'subscribe', since: 7 });
    expect(client.sent).toEqual([{ type: 'subscribed', seq: 100, since: 7 }]);
    expect(connections).toMatchObject([{ transport: 'websocket', principal: READER, credential: 'reader' }]);
  });

  it.each([
    ['wrong', 4401, 'auth.invalid_credential'],
    ['other', 4403, 'auth.forbidden'],
    ['down', 4503, 'database.unavailable'],
  ])('with the credential "%s" is closed with %i', async (credential, code, reason) => {
    socket.begin(credential);
    await jest.advanceTimersByTimeAsync(0);
    expect(client.sent).toMatchObject([{ type: 'error', code: reason }]);
    expect(client.closed).toEqual({ code, reason });
    expect(connections).toEqual([]);
    expect(denied).toEqual(code === 4403 ? ['other auth.forbidden'] : []);
  });

  it('is closed with 4429 when its key has too many connections', async () => {
    full = true;
    await admitted();
    expect(client.closed).toEqual({ code: 4429, reason: 'events.too_many_connections' });
  });

  it('without a credential has five seconds to send one', async () => {
    socket.begin(undefined);
    await client.say({ type: 'subscribe' });
    expect(client.sent).toMatchObject([{ type: 'error', code: 'auth.required' }]);
    await jest.advanceTimersByTimeAsync(4900);
    await client.say({ type: 'auth', token: 'reader' });
    expect(client.sent[1]).toEqual({
      type: 'authenticated',
      principal: { id: 'reader', type: 'api_key', name: 'reader' },
      expires_at: null,
    });
    await jest.advanceTimersByTimeAsync(10_000);
    expect(client.closed).toBeUndefined();
  });

  it('that never says who it is is closed with 4401', async () => {
    socket.begin(undefined);
    await client.say({ type: 'ping' });
    expect(client.sent).toEqual([{ type: 'pong' }]);
    await jest.advanceTimersByTimeAsync(5000);
    expect(client.closed).toEqual({ code: 4401, reason: 'auth.invalid_credential' });
  });

  it('is told what is wrong with a message and stays', async () => {
    await admitted();
    await client.say('{');
    await client.say({ type: 'subscribe', types: ['%'] });
    await client.say({ type: 'dance' });
    expect(client.sent).toMatchObject([
      { type: 'error', code: 'request.invalid_json' },
      { type: 'error', code: 'request.invalid', errors: [{ field: 'types' }] },
      { type: 'error', code: 'request.unknown_type' },
    ]);
    expect(client.closed).toBeUndefined();
  });

  it('may follow several things by their ids, up to sixteen, and leave them', async () => {
    await admitted();
    for (let n = 1; n <= 16; n++) await client.say({ type: 'subscribe', id: `s${n}`, since: n });
    await client.say({ type: 'subscribe', id: 's17' });
    expect(client.sent.at(-1)).toMatchObject({ type: 'error', code: 'events.too_many_subscriptions' });
    await client.say({ type: 'subscribe', id: 's1', since: 50 });
    await client.say({ type: 'ping', id: 'p' });
    expect(client.sent.at(-1)).toEqual({ type: 'pong', id: 'p', seq: 2 });
    sinks[4].write({ seq: 8, type: 't', json: '{"seq":8}' });
    expect(client.sent.at(-1)).toEqual({ seq: 8, subscription: 's5' });
    await client.say({ type: 'unsubscribe', id: 's5' });
    expect(client.sent.at(-1)).toEqual({ type: 'unsubscribed', id: 's5', seq: 5 });
    await client.say({ type: 'unsubscribe', id: 's5' });
    expect(client.sent.at(-1)).toEqual({ type: 'unsubscribed', id: 's5' });
  });

  it('that takes too little gets no more until it has taken what waits, and then reads on', async () => {
    await admitted();
    client.taking = false;
    replayed = [Array(20).fill(JSON.stringify({ text: 'x'.repeat(100 * KIB) })) as string[]];
    await client.say({ type: 'subscribe', since: 0 });
    expect(client.sent).toHaveLength(1 + 11);
    expect(opened[0].subscription.position).toBe(11);
    replayed = [['{"n":12}', '{"n":13}']];
    client.drain();
    await jest.advanceTimersByTimeAsync(0);
    expect(client.sent.slice(-2)).toEqual([{ n: 12 }, { n: 13 }]);
    expect(opened[0].subscription.position).toBe(13);
  });

  it('that takes nothing for thirty seconds is closed with 4008', async () => {
    await admitted();
    client.taking = false;
    replayed = [[JSON.stringify({ text: 'x'.repeat(1100 * KIB) })]];
    await client.say({ type: 'subscribe', since: 0 });
    await jest.advanceTimersByTimeAsync(29_000);
    socket.tick();
    expect(client.closed).toBeUndefined();
    await jest.advanceTimersByTimeAsync(2000);
    socket.tick();
    expect(client.closed).toMatchObject({ code: 4008 });
  });

  it('is pinged every thirty seconds with its position, and dropped after two unanswered ones', async () => {
    await admitted();
    await client.say({ type: 'subscribe', since: 42 });
    for (const expected of [0, 1, 2]) {
      expect(client.pings).toBe(expected);
      await jest.advanceTimersByTimeAsync(30_000);
      socket.tick();
    }
    expect(client.sent.filter(({ type }) => type === 'ping')).toEqual([{ type: 'ping', seq: 42 }, { type: 'ping', seq: 42 }]); // prettier-ignore
    expect(client.terminated).toBe(true);
  });

  it('that answers pings stays', async () => {
    await admitted();
    for (let n = 0; n < 10; n++) {
      await jest.advanceTimersByTimeAsync(30_000);
      socket.tick();
      client.emit('pong');
    }
    expect([client.terminated, client.closed]).toEqual([false, undefined]);
  });

  it.each([
    ['revoked' as const, 4401, 'error'],
    ['forbidden' as const, 4403, 'error'],
    ['draining' as const, 1012, 'reconnect'],
  ])('whose connection ends because it is %s is closed with %i after a message "%s"', async (reason, code, type) => {
    await admitted();
    await client.say({ type: 'subscribe', since: 1 });
    connections[0].end(reason);
    connections[0]?.end(reason);
    expect(client.sent.slice(1)).toMatchObject([{ type }]);
    expect(client.closed?.code).toBe(code);
  });

  it('may renew its credential, which counts as one connection still', async () => {
    await admitted();
    await client.say({ type: 'auth', token: 'reader' });
    expect(connections).toHaveLength(1);
    await client.say({ type: 'auth', token: 'wrong' });
    expect(client.closed?.code).toBe(4401);
    client.emit('close');
    expect(connections).toEqual([]);
  });

  it('that floods is held back, and closed when a thousand messages wait', async () => {
    const held = jest.fn();
    client.on('paused', held);
    socket.begin('reader');
    for (let n = 0; n < 1001; n++) client.emit('message', Buffer.from('{"type":"ping"}'), false);
    expect(held).toHaveBeenCalled();
    expect(client.closed?.code).toBe(4429);
    await jest.advanceTimersByTimeAsync(0);
  });
});
