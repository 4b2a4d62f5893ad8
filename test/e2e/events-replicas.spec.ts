import { ApiClient } from '../support/api-client.js';
import type { TestPlace } from '../support/database.js';
import { isNative, testPlace } from '../support/database.js';
import { SocketFollower } from '../support/event-followers.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

describe('events of several replicas', () => {
  let place: TestPlace;
  let replicas: TestApp[];
  let key: string;

  beforeAll(async () => {
    place = await testPlace();
    const first = await testApp({ place });
    key = first.adminKey;
    replicas = [first];
    // The embedded database serves one process, which then stands for all.
    const others: Record<string, string>[] = isNative() ? [{}, { ROLE: 'api' }] : [];
    for (const env of others) replicas.push(await testApp({ place, env: { ...env, REGISTRY_ADMIN_KEY: key } }));
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await place.drop();
  });

  it('reach the followers of each, once and in one order', async () => {
    const followers = await Promise.all(replicas.map(({ url }) => SocketFollower.follow(url, key)));
    const made = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const api = new ApiClient(replicas[n % replicas.length].url, key);
        const answer = await api.post('/api/v1/entities', { type: 'service', name: `replica-thing-${n}` });
        return (answer.body as { id: string }).id;
      }),
    );
    await eventually('everyone has everything', () => followers.every(({ events }) => events.length >= 60));
    const [first, ...others] = followers.map(({ events }) => events);
    expect(first.map(({ entity }) => (entity as { id: string }).id).toSorted()).toEqual(made.toSorted());
    expect(first.map(({ seq }) => seq as number)).toEqual(first.map((_, n) => (first[0].seq as number) + n));
    for (const events of others) expect(events).toEqual(first);
    for (const follower of followers) follower.cut();
  });

  it('go on when one of them stops', async () => {
    const last = replicas[0];
    const follower = await SocketFollower.follow(last.url, key);
    await Promise.all(replicas.splice(1).map((replica) => replica.close()));
    await last.api.post('/api/v1/entities', { type: 'service', name: 'after-the-others' });
    expect(await follower.next('entity_created')).toMatchObject({ entity: { name: 'after-the-others' } });
    follower.cut();
  });
});
