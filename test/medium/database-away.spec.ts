import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { endpointsOf } from '../support/conformance-document.js';
import type { Endpoint } from '../support/conformance-document.js';
import { Stage } from '../support/conformance-stage.js';
import type { Call } from '../support/conformance-stage.js';
import { shippedDocument } from '../support/openapi-operations.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const GROUPS = ['search', 'graph', 'ai', 'entities/[^/]+/related'];
/** They work on what they are sent, and ask nobody. */
const BY_THEMSELVES = ['embedTexts', 'summarizeText'];
/** By their examples these might ask for nothing. */
const ASKING: Readonly<Record<string, Partial<Call>>> = {
  suggestSearch: { query: 'q=check' },
  extractEntities: { body: { text: 'Needs svc_checkout.' } },
};

jest.setTimeout(120_000);

describe('search, graph and the engine of texts, when the database is away', () => {
  let app: TestApp;
  let stage: Stage;
  let endpoints: Endpoint[];

  beforeAll(async () => {
    const REGISTRY_MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
    app = await testApp({ env: { EMBEDDING_PROVIDER: 'local', RATE_LIMIT_DEFAULT: 'off', REGISTRY_MASTER_KEY } });
    endpoints = endpointsOf(shippedDocument(), GROUPS);
    stage = new Stage({ api: app.api, controller: '', query: (sql) => app.uow.query(sql) });
    await stage.furnish();
    for (const endpoint of endpoints) await stage.settled(endpoint);
    // From then on texts are compared with entries.
    await eventually('there is an index', async () => (await app.api.get('/api/v1/search/stats')).body.vectors.state === 'serving'); // prettier-ignore
  });
  afterAll(() => app.close());

  const answers = async (code: string): Promise<Record<string, number | string>> => {
    const lost = jest
      .spyOn(app.app.get(UnitOfWork), 'query')
      .mockRejectedValue(Object.assign(new Error('connect ECONNREFUSED'), { code }));
    const told: Record<string, number | string> = {};
    for (const endpoint of endpoints) {
      const call = { ...(await stage.settled(endpoint)), ...ASKING[endpoint.id] };
      const { status, body } = await stage.send(endpoint, call);
      told[endpoint.id] = status < 400 ? status : `${status} ${body.code as string}`;
    }
    lost.mockRestore();
    return told;
  };

  it.each(['ECONNREFUSED', '57P01'])(
    'say so (%s), but for what needs no database, and are back with it',
    async (code) => {
      const wanted = endpoints.map(({ id }) => [id, BY_THEMSELVES.includes(id) ? 200 : '503 database.unavailable']);
      expect(await answers(code)).toEqual(Object.fromEntries(wanted));
      expect(wanted.length).toBeGreaterThan(25);
      for (const endpoint of endpoints.filter(({ method }) => method !== 'DELETE'))
      expect([endpoint.id, (await stage.send(endpoint, await stage.settled(endpoint))).status < 300]).toEqual([endpoint.id, true]); // prettier-ignore
    },
  );
});
