import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { ErrorCode, OpenFeature as ServerFeature } from '@openfeature/server-sdk';
import type { Client as ServerClient } from '@openfeature/server-sdk';
import { OpenFeature as WebFeature, ProviderEvents } from '@openfeature/web-sdk';
import type { Client as WebClient } from '@openfeature/web-sdk';
import { FetchedEventSource } from '../support/event-source.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const FEATURES = '/api/v1/features';
const OBJECT = { nested: { list: [1, 'two', true] } };

let app: TestApp;
let key: string;
beforeAll(async () => {
  app = await testApp();
  const made = { name: 'sdk', type: 'api_key', permissions: ['read:feature_flag'] };
  key = (await app.api.post('/api/v1/gateway/keys', made)).body.key;
  for (const [name, fields] of [
    ['bool', {}],
    ['text', { default_value: 'off', variants: [{ key: 'blue', value: 'Blau' }], evaluation_metadata: { team: 'x' } }],
    ['int', { default_value: 0, variants: [{ key: 'many', value: 42 }] }],
    ['float', { default_value: 0, variants: [{ key: 'some', value: 0.5 }] }],
    ['object', { default_value: {}, variants: [{ key: 'full', value: OBJECT }] }],
    ['adults', { rules: [{ attribute: 'age', operator: 'gte', values: [18] }] }],
    ['half', { strategy: 'gradual', percentage: 50 }],
  ] as const) {
    const { body } = await app.api.post(FEATURES, { name, ...fields });
    await app.api.post(`${FEATURES}/${body.id}/enable`);
  }
});
afterAll(async () => {
  // A client that broke off leaves a connection behind that never asks anything; a server waits a minute for it.
  const hurry = setInterval(() => app.app.getHttpServer().closeAllConnections(), 100);
  await app.close();
  clearInterval(hurry);
});

describe('OpenFeature’s server SDK with its OFREP provider', () => {
  let client: ServerClient;
  beforeAll(async () => {
    await ServerFeature.setProviderAndWait(new OFREPProvider({ baseUrl: app.url, headers: [['X-API-Key', key]] }));
    client = ServerFeature.getClient();
  });
  afterAll(() => ServerFeature.close());
  const ada = { targetingKey: 'ada', age: 36 };

  it('is answered values of all types, with variant, reason and metadata', async () => {
    expect(await client.getBooleanValue('bool', false, ada)).toBe(true);
    expect(await client.getStringDetails('text', 'x', ada)).toMatchObject({ value: 'Blau', variant: 'blue', reason: 'STATIC', flagMetadata: { team: 'x' } }); // prettier-ignore
    expect(await client.getNumberValue('int', 1, ada)).toBe(42);
    expect(await client.getNumberValue('float', 1, ada)).toBe(0.5);
    expect(await client.getObjectValue('object', {}, ada)).toEqual(OBJECT);
    expect(await client.getBooleanDetails('adults', false, ada)).toMatchObject({ value: true, reason: 'TARGETING_MATCH' }); // prettier-ignore
    expect(await client.getBooleanDetails('adults', true, {})).toMatchObject({ value: false, reason: 'DEFAULT' });
    expect((await client.getBooleanDetails('half', false, ada)).reason).toBe('SPLIT');
  });

  it('hears what is wrong by its own error codes, and has its default then', async () => {
    for (const [flag, context, errorCode] of [
      ['nowhere', ada, ErrorCode.FLAG_NOT_FOUND],
      ['half', {}, ErrorCode.TARGETING_KEY_MISSING],
      ['text', ada, ErrorCode.TYPE_MISMATCH],
    ] as const)
      expect(await client.getBooleanDetails(flag, true, context)).toMatchObject({ value: true, reason: 'ERROR', errorCode }); // prettier-ignore
    const stranger = new OFREPProvider({ baseUrl: app.url });
    await ServerFeature.setProviderAndWait('stranger', stranger);
    expect(await ServerFeature.getClient('stranger').getBooleanDetails('bool', false, ada)).toMatchObject({ value: false, errorCode: ErrorCode.GENERAL }); // prettier-ignore
  });
});

describe('OpenFeature’s web SDK with its OFREP provider', () => {
  const statuses: number[] = [];
  const queries: string[] = [];
  const providers: OFREPWebProvider[] = [];
  const watched: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    statuses.push(response.status);
    queries.push(new URL(input instanceof Request ? input.url : input.toString()).search);
    return response;
  };
  const web = (domain: string, options: object): Promise<WebClient> => {
    const headers: [string, string][] = [['Authorization', `Bearer ${key}`]];
    const provider = new OFREPWebProvider({ baseUrl: app.url, headers, fetchImplementation: watched, ...options });
    providers.push(provider);
    return WebFeature.setProviderAndWait(domain, provider).then(() => WebFeature.getClient(domain));
  };
  const rewrite = (value: string) => app.api.patch(`${FEATURES}/text`, { variants: [{ key: 'blue', value }] });

  beforeAll(async () => {
    Object.assign(globalThis, { EventSource: FetchedEventSource });
    await WebFeature.setContext({ targetingKey: 'ada', age: 36 });
  });
  afterAll(async () => {
    await WebFeature.close();
    for (const one of FetchedEventSource.open) one.close();
    Reflect.deleteProperty(globalThis, 'EventSource');
  });
  beforeEach(() => {
    statuses.length = 0;
    queries.length = 0;
  });

  it('polls: all types at once, 304 while nothing changes, and the new value when something did', async () => {
    const client = await web('polling', { pollInterval: 200, changeDetection: 'polling' });
    expect(client.getBooleanValue('bool', false)).toBe(true);
    expect(client.getStringDetails('text', 'x')).toMatchObject({ value: 'Blau', variant: 'blue', reason: 'STATIC' });
    expect([client.getNumberValue('int', 1), client.getNumberValue('float', 1)]).toEqual([42, 0.5]);
    expect(client.getObjectValue('object', {})).toEqual(OBJECT);
    expect(client.getBooleanDetails('nowhere', false)).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
    expect(client.getBooleanDetails('text', false)).toMatchObject({ errorCode: 'TYPE_MISMATCH' });
    await eventually('it polls', () => statuses.length > 4);
    expect(statuses.slice(0, 4)).toEqual([200, 304, 304, 304]);
    const changed: unknown[] = [];
    client.addHandler(ProviderEvents.ConfigurationChanged, (details) => void changed.push(details?.flagsChanged));
    await rewrite('Bleu');
    await eventually('it has the new value', () => client.getStringValue('text', 'x') === 'Bleu');
    await eventually('it says so', () => changed.length > 0);
    expect(changed).toEqual([['text']]);
    await WebFeature.setContext('polling', { targetingKey: 'kid', age: 7 });
    expect(client.getBooleanValue('adults', true)).toBe(false);
    await providers.pop()!.onClose?.();
  });

  it('follows the event stream: it evaluates again at once, without polling, also after a broken connection', async () => {
    const client = await web('streaming', { pollInterval: 0, changeDetection: 'sse' });
    await eventually('it listens', () => [...FetchedEventSource.open].some(({ readyState }) => readyState === 1));
    for (const value of ['Rosso', 'Verde']) {
      await rewrite(value);
      await eventually(`it has ${value}`, () => client.getStringValue('text', 'x') === value);
    }
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(3);
    expect(queries.at(-1)).toContain('flagConfigEtag=');
    const [{ url }] = FetchedEventSource.open;
    expect(new URL(url).pathname).toBe('/ofrep/v1/event-streams');
    await providers.pop()!.onClose?.();
  });
});
