import type { Answer, Json } from '../support/api-client.js';
import { endpointsOf, states, successesOf } from '../support/conformance-document.js';
import type { Endpoint } from '../support/conformance-document.js';
import { REFUSALS } from '../support/conformance-refusals.js';
import type { Refused } from '../support/conformance-refusals.js';
import { AnswerSchemas } from '../support/conformance-schemas.js';
import { Stage, typesOf, variantsOf } from '../support/conformance-stage.js';
import { FakeController } from '../support/fake-controller.js';
import { shippedDocument } from '../support/openapi-operations.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const ENV = {
  OUTBOUND_ALLOWED_HOSTS: '127.0.0.1',
  RATE_LIMIT_DEFAULT: 'off',
  REGISTRY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  // So that what is too large is not large.
  BODY_LIMIT: '64k',
  BULK_LIMIT: '64k',
};

// Seconds on a quiet machine; on a busy one as long as it takes.
jest.setTimeout(300_000);

/** What conflicts, is impossible or names what there is not hangs on the operation: known of the first five kinds. */
const SPECIAL = ['404', '409', '422'];
interface Row {
  /** What their paths begin with. */
  kinds: string[];
  /** More than so many operations. */
  least: number;
  /** An operation, and of its answer a field and what it holds. */
  sample: string;
  field?: [name: string, value: unknown];
  left?: string[];
  env?: Record<string, string>;
}
const ROWS: [string, Row][] = [
  [
    'plugins, services, engines, components and registries',
    { kinds: ['plugins', 'services', 'engines', 'components', 'registries', 'system/facts'], least: 180, sample: 'getService' }, // prettier-ignore
  ],
  [
    'feature flags and configuration',
    { kinds: ['features', 'config'], least: 70, sample: 'getFeatureFlag', left: SPECIAL },
  ],
  [
    'search, the graph and the engine of texts',
    {
      kinds: ['search', 'graph', 'ai', 'entities/[^/]+/related'],
      least: 25,
      sample: 'getAiStatus',
      field: ['dimensions', 384],
      left: SPECIAL,
      env: { EMBEDDING_PROVIDER: 'local' },
    },
  ],
];

/** What is wrong deeper inside. */
const nested = (body: Json): Json[] => (body.instances ? [{ ...body, instances: { ...body.instances, more: 1 } }] : []);

describe.each(ROWS)('every operation of %s', (_, { kinds, least, sample, left = [], env, field = ['tags', []] }) => {
  let app: TestApp;
  let controller: FakeController;
  let stage: Stage;
  let schemas: AnswerSchemas;
  let endpoints: Endpoint[];
  let refused: Refused;

  beforeAll(async () => {
    controller = await FakeController.start();
    // It reports later, or never: operations stay under way.
    controller.answer = () => ({ status: 202 });
    app = await testApp({ env: { ...ENV, ...env } });
    const document = shippedDocument();
    schemas = new AnswerSchemas(document);
    endpoints = endpointsOf(document, kinds);
    const { api, uow } = app;
    stage = new Stage({ api, controller: controller.url, query: (sql) => uow.query(sql) });
    await stage.furnish();
    refused = {
      nobody: api.as(undefined),
      stranger: api.as(await keyOf({ permissions: ['read:events'] })),
      spent: api.as(
        await keyOf({ permissions: ['read:*', 'write:*'], rate_limit: { limit: 1, window_seconds: 3600 } }),
      ),
      busy: 'under-way',
      tooMany: 64 * 1024 + 1,
    };
    await refused.spent.get('/api/v1/services/stats');
    // A request that was begun and has not ended, of the same caller.
    await api.post('/api/v1/services', { name: 'first' }, { 'Idempotency-Key': 'first' });
    await uow.query(
      "INSERT INTO idempotency_key (caller, key, fingerprint) SELECT caller, 'under-way', '' FROM idempotency_key",
    );
  });
  afterAll(async () => {
    await app.close();
    await controller.close();
  });

  async function keyOf(what: object): Promise<string> {
    const { body } = await app.api.post('/api/v1/gateway/keys', { name: 'conform', type: 'api_key', ...what });
    if (!body.key) throw new Error(JSON.stringify(body));
    return body.key as string;
  }

  /** What is wrong, operation by operation; an arrangement that fails is wrong as well. */
  async function wrongs(judge: (endpoint: Endpoint) => Promise<string[]>): Promise<string[]> {
    const wrong: string[] = [];
    for (const endpoint of endpoints) {
      const found = await judge(endpoint).catch((error: unknown) => [`cannot be arranged: ${String(error)}`]);
      wrong.push(...found.map((what) => `${endpoint.id}: ${what}`));
    }
    return wrong;
  }

  const mismatched = ({ status, body }: Answer): string[] =>
    status < 400 || body.status === status ? [] : [`another status inside: ${body.status}`];

  const judged = (endpoint: Endpoint, wanted: number, answer: Answer): string[] =>
    answer.status === wanted || !states(endpoint, wanted) || !states(endpoint, answer.status)
      ? schemas.complaints(endpoint, answer)
      : [`${answer.status} instead of ${wanted}: ${JSON.stringify(answer.body).slice(0, 300)}`];

  it('succeeds by its own examples with each success it states, as its schema says', async () => {
    const wrong = await wrongs(async (endpoint) => {
      const found: string[] = [];
      for (const status of successesOf(endpoint)) {
        for (const type of typesOf(endpoint))
          found.push(
            ...judged(endpoint, status, await stage.send(endpoint, await stage.request(endpoint, status, type))),
          );
      }
      return found;
    });
    expect(wrong).toEqual([]);
    expect(endpoints.length).toBeGreaterThan(least);
  });

  it('answers in each media type that it states, and takes each parameter by its example', async () => {
    const wrong = await wrongs(async (endpoint) => {
      const found: string[] = [];
      for (const call of await variantsOf(stage, endpoint))
        found.push(...judged(endpoint, 200, await stage.send(endpoint, call)).map((what) => `${call.query}: ${what}`));
      return found;
    });
    expect(wrong).toEqual([]);
  });

  it('is told of what an answer has too much, too little or otherwise', async () => {
    const endpoint = endpoints.find(({ id }) => id === sample)!;
    const answer = await stage.send(endpoint, await stage.request(endpoint));
    expect(schemas.complaints(endpoint, answer)).toEqual([]);
    const [name, value] = field;
    const { [name]: held, ...others } = answer.body;
    for (const body of [{ ...answer.body, more: 1 }, { ...answer.body, [name]: 'a' }, others, ...nested(answer.body)])
      expect(schemas.complaints(endpoint, { ...answer, body })).toHaveLength(1);
    expect(held).toEqual(value);
    expect(schemas.complaints(endpoint, { ...answer, status: 418 })).toHaveLength(1);
  });

  it.each(Object.entries(REFUSALS).filter(([status]) => !left.includes(status)))(
    'refuses with a problem of status %s where it states one, and nowhere else',
    async (name, refusal) => {
      const status = Number(name);
      const wrong = await wrongs(async (endpoint) => {
        const answers = await refusal(stage, endpoint, refused);
        const found = answers.flatMap((answer) => [...judged(endpoint, status, answer), ...mismatched(answer)]);
        if (answers.length === 0 && states(endpoint, status)) found.push(`states ${name}, and nothing is answered so`);
        return found;
      });
      expect(wrong).toEqual([]);
    },
  );
});
