import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FlagFeed } from '../../src/kinds/feature-flags/snapshot/flag-feed.js';
import type { Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const FEATURES = '/api/v1/features';
const folder = join(
  dirname(createRequire(join(process.cwd(), 'package.json')).resolve('@unleash/client-specification/package.json')),
  'specifications',
);
const read = (name: string): Json => JSON.parse(readFileSync(join(folder, name), 'utf8'));

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

const take = (format: string, document: unknown, query = ''): Promise<Json> =>
  app.api.post(`${FEATURES}/import?format=${format}${query}`, document);
const ask = async (key: string, context: object, environment?: string): Promise<Json> =>
  (await app.api.post(`${FEATURES}/${encodeURIComponent(key)}/evaluate`, { context, environment })).body;

async function clear(): Promise<void> {
  for (const { id } of (await app.api.get(`${FEATURES}?limit=1000`)).body) await app.api.delete(`${FEATURES}/${id}`);
  for (const { key } of (await app.api.get(`${FEATURES}/segments?limit=1000`)).body)
    await app.api.delete(`${FEATURES}/segments/${encodeURIComponent(key)}`);
}

describe.each((read('index.json') as string[]).map(read))(
  'Unleash’s client specification over HTTP: $name',
  (specification) => {
    beforeAll(async () => {
      await clear();
      const answer = await take('unleash', specification.state);
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      // An answer waits five seconds for what was imported, which on a busy machine may not do.
      await app.app.get(FlagFeed).refresh();
    });

    it('is answered as Unleash’s own clients do', async () => {
      for (const { description, context, toggleName, expectedResult } of specification.tests ?? []) {
        const { enabled = false } = await ask(toggleName, context);
        expect([description, enabled]).toEqual([description, expectedResult]);
      }
      for (const { description, context, toggleName, expectedResult } of specification.variantTests ?? []) {
        const { enabled = false, variant, payload } = await ask(toggleName, context);
        const given = {
          name: variant ?? 'disabled',
          payload,
          enabled: typeof variant === 'string',
          feature_enabled: enabled,
        };
        expect([description, given]).toEqual([description, { payload: undefined, ...expectedResult }]);
      }
    });
  },
);

describe('an import of another tool’s flags', () => {
  beforeAll(clear);

  const state = {
    version: 1,
    features: [
      { name: 'Check.Out', description: 'New.', enabled: true, strategies: [{ name: 'flexibleRollout', parameters: { rollout: '50', stickiness: 'default', groupId: 'Check.Out' }, segments: [7] }] }, // prettier-ignore
      { name: 'check.out', enabled: true, strategies: [{ name: 'default' }] },
    ],
    segments: [{ id: 7, name: 'Germans', constraints: [{ contextName: 'country', operator: 'IN', values: ['DE'] }] }],
  };

  it('tells what would become of it, and does nothing else, in a dry run', async () => {
    const { status, body } = await take('unleash', state, '&dry_run=true');
    expect([status, body]).toMatchObject([200, { dry_run: true, created: 2, segments: 1, failed: 0 }]);
    expect((await app.api.get(FEATURES)).body).toEqual([]);
    expect((await app.api.get(`${FEATURES}/segments`)).body).toEqual([]);
  });

  it('keeps the keys, the rules and the segments, and does nothing the second time', async () => {
    expect((await take('unleash', state)).body).toMatchObject({
      dry_run: false,
      created: 2,
      segments: 1,
      warnings: [],
    });
    const flags = (await app.api.get(FEATURES)).body;
    expect(flags.map(({ name, flag_key, dialect }: Json) => [name, flag_key, dialect]).toSorted()).toEqual([
      ['check.out', 'Check.Out', 'unleash'],
      ['check.out-2', 'check.out', 'unleash'],
    ]);
    const asked = await Promise.all(Array.from({ length: 60 }, (_, i) => ask('Check.Out', { userId: `u${i}`, properties: { country: 'DE' } }))); // prettier-ignore
    const on = asked.filter(({ enabled }) => enabled).length;
    expect([on > 15, on < 45]).toEqual([true, true]);
    expect(await ask('Check.Out', { userId: 'u1', properties: { country: 'FR' } })).toMatchObject({ enabled: false });
    expect((await take('unleash', state)).body).toMatchObject({ created: 0, updated: 0, unchanged: 2, segments: 0 });
    const usage = (await app.api.get(`${FEATURES}/segments/unleash:7/usage`)).body;
    expect(usage).toMatchObject({ flags: [{ key: 'Check.Out' }], segments: [], hidden: 0 });
    expect(await app.api.delete(`${FEATURES}/segments/unleash:7`)).toMatchObject({ status: 409, body: { code: 'feature_segment.in_use' } }); // prettier-ignore
  });

  it('keeps the environments of an export, and lets nobody in where none is named', async () => {
    const document = {
      features: [{ name: 'env-flag', type: 'release', project: 'default' }],
      featureStrategies: [
        { featureName: 'env-flag', environment: 'development', name: 'default', parameters: {}, constraints: [] },
        {
          featureName: 'env-flag',
          environment: 'production',
          name: 'userWithId',
          parameters: { userIds: 'ada' },
          constraints: [],
        },
      ],
      featureEnvironments: [
        { featureName: 'env-flag', environment: 'development', enabled: true },
        { featureName: 'env-flag', environment: 'production', enabled: true },
        { featureName: 'env-flag', environment: 'constructor', enabled: true },
      ],
    };
    expect((await take('unleash', document)).body).toMatchObject({ created: 1 });
    const enabledIn = async (environment: string | undefined, userId: string) =>
      (await ask('env-flag', { userId }, environment)).enabled;
    expect(await enabledIn('development', 'bob')).toBe(true);
    expect([await enabledIn('production', 'bob'), await enabledIn('production', 'ada')]).toEqual([false, true]);
    expect([await enabledIn(undefined, 'ada'), await enabledIn('elsewhere', 'ada')]).toEqual([false, false]);
  });

  it('reads flagd’s definitions, targeting, references and metadata included, as JSON and YAML', async () => {
    const document = {
      $evaluators: { isStaff: { ends_with: [{ var: 'email' }, '@example.com'] } },
      flags: {
        headerColor: {
          state: 'ENABLED',
          variants: { red: '#F00', blue: '#00F' },
          defaultVariant: 'red',
          targeting: { if: [{ $ref: 'isStaff' }, 'blue', null] },
          metadata: { owner: 'web' },
        },
        'fib-algo': { state: 'DISABLED', variants: { on: true, off: false }, defaultVariant: 'off' },
        split: { state: 'ENABLED', variants: { a: 1, b: 2 }, defaultVariant: 'a', targeting: { fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] }, ['a', 50], ['b', 50]] } }, // prettier-ignore
      },
    };
    expect((await take('flagd', document)).body).toMatchObject({ created: 3, warnings: [] });
    expect(await ask('headerColor', { email: 'a@example.com' })).toMatchObject({ value: '#00F', variant: 'blue', reason: 'targeting_match', metadata: { owner: 'web' } }); // prettier-ignore
    expect(await ask('headerColor', {})).toMatchObject({ value: '#F00', variant: 'red', reason: 'default' });
    expect(await ask('fib-algo', {})).toMatchObject({ enabled: false, reason: 'disabled' });
    expect(await ask('split', { targetingKey: 'u1' })).toMatchObject({ reason: expect.stringMatching(/split|targeting_match/) }); // prettier-ignore
    const yaml = 'flags:\n  fromYaml:\n    state: ENABLED\n    variants: { on: true }\n    defaultVariant: "on"\n';
    const answer = await app.api.post(`${FEATURES}/import?format=flagd`, yaml, { 'content-type': 'application/yaml' });
    expect(answer).toMatchObject({ status: 200, body: { created: 1 } });
    expect(await ask('fromYaml', {})).toMatchObject({ value: true });
  });

  it('is refused whole when one flag is wrong, naming where', async () => {
    for (const [format, document, field] of [
      [
        'flagd',
        {
          flags: {
            fine: { state: 'ENABLED', variants: { a: 1 }, defaultVariant: 'a' },
            odd: { state: 'ON', variants: {} },
          },
        },
        'flags.odd.state',
      ],
      [
        'flagd',
        {
          flags: {
            fine: { state: 'ENABLED', variants: { a: 1 }, defaultVariant: 'a' },
            odd: { state: 'ENABLED', variants: { a: 1 }, defaultVariant: 'z' },
          },
        },
        '1.',
      ],
      ['flagd', [], 'document'],
      ['unleash', { features: [{ name: 5 }] }, 'features.0.name'],
      ['unleash', '{', 'body'],
    ] as const) {
      const { status, body } = await take(format, document);
      expect([status, body.errors?.[0].field]).toEqual([400, expect.stringContaining(field)]);
    }
    expect(await app.api.get(`${FEATURES}/fine`)).toMatchObject({ status: 404 });
    expect(await take('split', {})).toMatchObject({ status: 400, body: { errors: [{ field: 'format' }] } });
  });
});
