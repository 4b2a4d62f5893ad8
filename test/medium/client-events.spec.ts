import { RegistryClient } from '../../src/client/index.js';
import type { EventsOptions, RegistryEvent } from '../../src/client/index.js';
import { OpenConnections } from '../../src/streams/open-connections.js';
import { BreakingProxy } from '../support/breaking-proxy.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

let service: TestApp;
let proxy: BreakingProxy;
let registry: RegistryClient;
const followers: Follower[] = [];

beforeAll(async () => {
  service = await testApp();
  proxy = await BreakingProxy.before(service.url);
  registry = new RegistryClient({ baseUrl: proxy.url, apiKey: service.adminKey });
});
afterEach(async () => {
  await Promise.all(followers.splice(0).map((follower) => follower.stop()));
});
afterAll(async () => {
  await proxy.close();
  await service.close();
});

/** Somebody who follows the changes in a loop. */
class Follower {
  readonly got: RegistryEvent[] = [];
  lost = 0;
  error: unknown;
  private readonly leave = new AbortController();
  private readonly ended: Promise<void>;

  constructor(options: EventsOptions = {}) {
    this.ended = this.follow(options);
    followers.push(this);
  }

  get names(): (string | undefined)[] {
    return this.got.map(({ entity }) => entity?.name);
  }

  async stop(): Promise<void> {
    this.leave.abort();
    await this.ended;
  }

  private async follow(options: EventsOptions): Promise<void> {
    const { signal } = this.leave;
    const all = { reconnectDelayMs: 20, onReconnect: () => (this.lost += 1), signal, ...options };
    try {
      for await (const event of registry.events(all)) this.got.push(event);
    } catch (error) {
      this.error = error;
    }
  }
}

const create = async (name: string, type: 'agent' | 'model' = 'agent'): Promise<void> => {
  await service.api.post('/api/v1/entities', { type, name });
};
const streams = (): number => service.app.get(OpenConnections).count('sse');

describe('events', () => {
  it('arrive once and in order through connections that break', async () => {
    const follower = new Follower({ since: 0, types: ['entity_created'], entityTypes: ['agent'] });
    const wanted = Array.from({ length: 40 }, (_, n) => `one-${String(n).padStart(2, '0')}`);
    for (const [n, name] of wanted.entries()) {
      await create(name);
      if (n % 8 === 7) proxy.cut();
    }
    await eventually('all came', () => follower.names.includes('one-39'));
    expect(follower.names).toEqual(wanted);
    expect(follower.lost).toBeGreaterThan(1);
    const numbers = follower.got.map(({ seq }) => seq);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it('from now on are missed by nobody whose connection breaks before the first', async () => {
    await eventually('nobody follows any longer', () => streams() === 0);
    await create('before', 'model');
    // An event has its number a little later than its entry: until then it is still to come.
    await eventually('it is numbered', async () => {
      const { body } = await service.api.get('/api/v1/events?since=0&types=entity_created&limit=1000');
      return (body as RegistryEvent[]).some(({ entity }) => entity?.name === 'before');
    });
    const follower = new Follower({ entityTypes: ['model'], reconnectDelayMs: 400 });
    await eventually('it follows', () => streams() === 1);
    proxy.cut();
    await create('meanwhile', 'model');
    await eventually('it came', () => follower.got.length > 0);
    expect(follower.names).toEqual(['meanwhile']);
  });

  it('go on when the service was away', async () => {
    const follower = new Follower({ since: 0, entityTypes: ['agent'], types: ['entity_created'] });
    await eventually('all before', () => follower.got.length === 40);
    proxy.lostAnswers = 3;
    proxy.cut();
    await eventually('it tried again', () => proxy.lostAnswers === 0);
    await create('later');
    await eventually('it came', () => follower.names.includes('later'));
    expect(follower.got).toHaveLength(41);
  });

  it('over a connection that has gone silent are asked for again', async () => {
    const follower = new Follower({ entityTypes: ['agent'], idleMs: 300 });
    await eventually('it was given up', () => follower.lost > 1);
    await create('after-silence');
    await eventually('it came', () => follower.got.length > 0);
    expect(follower.names).toEqual(['after-silence']);
  });

  it('end by their signal, and leave no connection behind', async () => {
    const follower = new Follower();
    await eventually('it follows', () => streams() === 1);
    await follower.stop();
    expect(follower.error).toMatchObject({ name: 'AbortError' });
    for await (const { seq } of registry.events({ since: 0 })) if (seq > 0) break;
    await eventually('nobody follows', () => streams() === 0);
  });

  it('that are refused say why', async () => {
    const nobody = new RegistryClient({ baseUrl: proxy.url, apiKey: 'ureg_wrong' });
    await expect(nobody.events().next()).rejects.toMatchObject({ name: 'ProblemError', status: 401 });
    await expect(registry.events({ since: 999_999_999 }).next()).rejects.toMatchObject({ status: 400 });
  });
});
