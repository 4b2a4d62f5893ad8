import type { ApiClient } from '../support/api-client.js';
import { OpenConnections } from '../../src/streams/open-connections.js';
import { SocketFollower, StreamFollower } from '../support/event-followers.js';
import type { Message } from '../support/event-followers.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

export const EVENTS = '/api/v1/events';
export const ENTITIES = '/api/v1/entities';

/** An application, a key that may read events, and everyone who follows it. */
export class EventsFixture {
  private count = 0;
  private readonly sockets: SocketFollower[] = [];
  private readonly streams: StreamFollower[] = [];
  reader: { id: string; key: string };

  private constructor(readonly app: TestApp) {}

  static async start(env: Record<string, string> = {}): Promise<EventsFixture> {
    const fixture = new EventsFixture(await testApp({ env }));
    fixture.reader = await fixture.makeKey(['read:events']);
    // What the first start brings along has its numbers: followers see what comes after.
    await fixture.head();
    return fixture;
  }

  get api(): ApiClient {
    return this.app.api;
  }

  close(): Promise<void> {
    return this.app.close();
  }

  /** Cuts every connection, and waits until the service has noticed. */
  async cutAll(): Promise<void> {
    for (const follower of [...this.sockets.splice(0), ...this.streams.splice(0)]) follower.cut();
    await eventually('nobody follows', () => this.open('websocket') + this.open('sse') === 0);
  }

  open(transport: 'websocket' | 'sse'): number {
    return this.app.app.get(OpenConnections).count(transport);
  }

  async makeKey(permissions: string[]): Promise<{ id: string; key: string }> {
    const name = `key ${++this.count}`;
    const answer = await this.api.post('/api/v1/gateway/keys', { name, type: 'service_key', permissions });
    if (answer.status !== 201) throw new Error(`No key: ${JSON.stringify(answer.body)}`);
    return answer.body as { id: string; key: string };
  }

  async connect(key?: string, options?: Parameters<typeof SocketFollower.open>[2]): Promise<SocketFollower> {
    const follower = await SocketFollower.open(this.app.url, key, options);
    this.sockets.push(follower);
    return follower;
  }

  async follow(subscription: Message = {}, key = this.reader.key): Promise<SocketFollower> {
    const follower = await SocketFollower.follow(this.app.url, key, subscription);
    this.sockets.push(follower);
    return follower;
  }

  async stream(query = '', headers: Record<string, string> = {}, key = this.reader.key): Promise<StreamFollower> {
    const follower = await StreamFollower.open(this.app.url, key, EVENTS + query, headers);
    this.streams.push(follower);
    return follower;
  }

  /** Polls with the reader's key. */
  poll(query: string): ReturnType<ApiClient['get']> {
    return this.api.as(this.reader.key).get(EVENTS + query);
  }

  newName = (): string => `thing-${++this.count}`;

  async create(type = 'service'): Promise<Message> {
    const answer = await this.api.post(ENTITIES, { type, name: this.newName() });
    if (answer.status !== 201) throw new Error(`Not made: ${JSON.stringify(answer.body)}`);
    return answer.body as Message;
  }

  /** Number of the newest event, once nothing waits for its number. */
  async head(): Promise<number> {
    await eventually('all events are numbered', async () => {
      const rows = await this.app.uow.query('SELECT 1 FROM event WHERE seq IS NULL LIMIT 1');
      return rows.length === 0;
    });
    const [row] = await this.app.uow.query<{ seq: string }>('SELECT seq FROM event_sequence');
    return Number(row.seq);
  }
}
