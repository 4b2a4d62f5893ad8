import type { ApiClient, Json } from '../support/api-client.js';
import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { ConfigWatches } from '../../src/kinds/config/watch/config-watches.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { CONFIG, MASTER_KEY, good, put, valueOf } from './config-fixture.js';

let place: TestPlace;
let app: TestApp;
let second: TestApp | undefined;
let other: ApiClient;
beforeAll(async () => {
  place = await testPlace();
  app = await testApp({ place, env: MASTER_KEY });
  // The embedded database belongs to one process: there it is its own other replica.
  second = isNative() ? await testApp({ place, env: { ...MASTER_KEY, REGISTRY_ADMIN_KEY: app.adminKey } }) : undefined;
  other = second ? second.api.as(app.adminKey) : app.api;
});
afterAll(async () => {
  await second?.close();
  await app.close();
  await place.drop();
});

const watch = async (query: string, api = other): Promise<Json> => good(await api.get(`${CONFIG}/watch?${query}`));

describe('who watches', () => {
  it('is told everything at first, and then what has changed below a prefix, each value once', async () => {
    await put(app.api, 'w.a', 1);
    await put(app.api, 'v.a', 1);
    const first = await watch('prefix=w.', app.api);
    expect(first).toMatchObject({ reset: true, changes: [{ name: 'w.a', operation: 'set', revision: 1, value: 1 }] });
    await put(app.api, 'w.a', 2);
    await put(app.api, 'w.a', 3);
    await put(app.api, 'w.b', 'x', 'environment=prod');
    good(await app.api.delete(`${CONFIG}/v.a`));
    const told = await watch(`prefix=w.&index=${first.index}`, app.api);
    expect(told).toMatchObject({
      reset: false,
      changes: [
        { name: 'w.a', revision: 3, version: 3, value: 3 },
        { name: 'w.b', scope: 'environment', scope_id: 'prod', revision: 1 },
      ],
    });
    const all = await watch(`index=${first.index}`, app.api);
    expect(all.changes.at(-1)).toMatchObject({ name: 'v.a', operation: 'delete', revision: null });
    expect(await watch(`index=${all.index}&wait=50ms`, app.api)).toMatchObject({ reset: false, changes: [] });
    expect(await watch('index=999999999&wait=50ms', app.api)).toMatchObject({ reset: true });
    for (const [field, query] of [
      ['index', 'index=-1'],
      ['wait', 'wait=soon'],
    ])
      expect(await app.api.get(`${CONFIG}/watch?${query}`)).toMatchObject({
        status: 400,
        body: { errors: [{ field }] },
      });
  });

  it('waits until something of its prefix changes, on whatever replica', async () => {
    const { index } = await watch('prefix=long.', app.api);
    const waiting = watch(`prefix=long.&index=${index}&wait=60s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await put(app.api, 'elsewhere', 1);
    await put(app.api, 'long.key', 1);
    expect(await waiting).toMatchObject({ reset: false, changes: [{ name: 'long.key', value: 1 }] });
  });

  it('by a stream is told the same, and goes on where it left off', async () => {
    await put(app.api, 'sse.a', 1);
    const { index } = await watch('prefix=sse.', app.api);
    const stream = async (until: string, headers: Record<string, string>): Promise<string> => {
      const stop = new AbortController();
      const response = await fetch(`${other.url}${CONFIG}/watch?prefix=sse.`, {
        headers: { 'x-api-key': app.adminKey, accept: 'text/event-stream', ...headers },
        signal: stop.signal,
      });
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      let text = '';
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (text.includes(until)) break;
      }
      stop.abort();
      return text;
    };
    const begun = stream('"value":2', { 'last-event-id': String(index) });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await put(app.api, 'sse.a', 2);
    const text = await begun;
    expect(text).not.toContain('event: reset');
    expect(text).toMatch(/event: change\ndata: \{.*"name":"sse.a".*"value":2/);
    const fresh = await stream('id: ', {});
    expect(fresh).toContain('event: reset');
    expect(fresh).toContain('"value":2');
    const watches = (second ?? app).app.get(ConfigWatches);
    await eventually('those who left are forgotten', () => Promise.resolve(watches.size === 0));
  });

  it('sees another replica’s change soon, and its own at once', async () => {
    const times: number[] = [];
    for (let n = 0; n < 20; n++) {
      await put(app.api, 'soon', n);
      expect(await valueOf(app.api, 'soon')).toBe(n);
      const from = performance.now();
      while ((await other.get(`${CONFIG}/soon`)).body.value !== n)
        if (performance.now() - from > 10_000) throw new Error('not seen in ten seconds');
      times.push(performance.now() - from);
    }
    process.stderr.write(`seen on the other replica after ${times.map((ms) => ms.toFixed(0)).join(' ')} ms\n`);
  });

  it('does not keep the process from ending', async () => {
    const own = await testApp({ env: MASTER_KEY });
    const { index } = await watch('', own.api);
    const headers = { accept: 'text/event-stream' };
    const stream = await own.api.fetch('GET', `${CONFIG}/watch`, undefined, headers);
    const polls = Array.from({ length: 5 }, () => watch(`index=${index}&wait=10m`, own.api));
    const watches = own.app.get(ConfigWatches);
    await eventually('all of them wait', () => Promise.resolve(watches.size === 6));
    const from = performance.now();
    await own.close();
    expect(performance.now() - from).toBeLessThan(30_000);
    for (const answer of await Promise.all(polls)) expect(answer).toMatchObject({ reset: false, changes: [] });
    expect(await stream.text()).toContain('event: reset');
  });
});
