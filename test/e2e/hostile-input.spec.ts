import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { complaints } from '../support/hostile-verdict.js';
import type { Sender } from '../support/hostile-verdict.js';
import { hostileCases } from '../support/openapi-cases.js';
import type { HostileCase } from '../support/openapi-cases.js';
import { shippedDocument } from '../support/openapi-operations.js';
import { KIND_FIXTURES, KindClient } from '../support/kind-fixtures.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { WireClient } from '../support/wire-client.js';
import type { WireAnswer } from '../support/wire-client.js';

/**
 * `HOSTILE_SEED` chooses the requests, `HOSTILE_SCALE` how many, and `HOSTILE_CASE` one or several (`17,203`) of them,
 * `HOSTILE_PATH` those to paths that match it. A failure names the seed and the number of its case.
 */
const SEED = Number(process.env.HOSTILE_SEED ?? 20_260_301);
const SCALE = Number(process.env.HOSTILE_SCALE ?? 1);
const ONLY = process.env.HOSTILE_CASE?.split(',').map(Number);
const PATH = process.env.HOSTILE_PATH && new RegExp(process.env.HOSTILE_PATH);
const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
const AT_ONCE = 8;
const MOST_MS = 5_000;
/** What gives all there is takes longer the more there is, and hostile requests leave a long trail. */
const MOST_MS_OF_ALL = 60_000;
const GIVES_ALL = /\/(backup|export)$/;
const MOST_GROWTH = 96 * 1024 ** 2;
const MOST_TOLD = 200;

describe(`hostile requests to every operation, seed ${SEED}`, () => {
  let app: TestApp;
  let client: WireClient;
  let readKey: string;
  let cases: HostileCase[];
  const wrong: string[] = [];

  beforeAll(async () => {
    // Nothing that is sent here makes the service ask anybody outside.
    const env = { REGISTRY_MASTER_KEY: MASTER_KEY, RATE_LIMIT_DEFAULT: 'off', LEAKED_KEYS_PUBLIC_KEYS_URL: 'off' };
    app = await testApp({ env });
    client = new WireClient(app.url, AT_ONCE);
    const samples = await furnish(app);
    readKey = await keyOf(app, { name: 'reader', type: 'api_key', permissions: ['read:*'] }, 'key');
    cases = hostileCases(shippedDocument(), {
      seed: SEED,
      valuesAPlace: Math.ceil(7 * SCALE),
      mixed: 500 * SCALE,
      samples,
    });
    if (PATH) cases = cases.filter(({ operation }) => PATH.test(operation.path));
    if (ONLY) cases = cases.filter(({ number }) => ONLY.includes(number));
  });
  afterAll(async () => {
    client.close();
    await app.close();
  });

  const credentialOf: Record<Sender, () => [string, string][]> = {
    admin: () => [['X-API-Key', app.adminKey]],
    reader: () => [['X-API-Key', readKey]],
    nobody: () => [],
  };
  const send = ({ request, credential }: HostileCase, sender: Sender): Promise<WireAnswer> =>
    client.send({ ...request, headers: [...request.headers, ...(credential ? [] : credentialOf[sender]())] });

  async function judge(one: HostileCase, sender: Sender): Promise<void> {
    const tell = (what: string): void => {
      wrong.push(`case ${one.number} of seed ${SEED} as ${sender}: ${one.title}: ${what}`);
    };
    try {
      const answer = await send(one, sender);
      const paths = [process.cwd(), app.place.env.DATA_DIR].filter((path) => path !== undefined);
      const found = complaints(one, sender, answer, { secrets: [app.adminKey, MASTER_KEY], paths });
      if (found.length > 0) tell(`${found.join('; ')} ${answer.text.slice(0, 300)}`);
      // Slow may be the machine: only what is slow again is slow.
      const most = GIVES_ALL.test(one.operation.path) ? MOST_MS_OF_ALL : MOST_MS;
      if (answer.ms > most && (await send(one, sender)).ms > most) tell(`took ${Math.round(answer.ms)} ms`);
    } catch (error) {
      tell(`no answer: ${String(error)}`);
    }
  }

  async function judgeAll(sender: Sender): Promise<void> {
    const waiting = [...cases].reverse();
    const worker = async (): Promise<void> => {
      for (let one = waiting.pop(); one && wrong.length < MOST_TOLD; one = waiting.pop()) await judge(one, sender);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  it.each(['nobody', 'reader', 'admin'] as const)(
    'are answered in order when %s sends them',
    async (sender) => {
      const before = heapUsed();
      await judgeAll(sender);
      expect(wrong).toEqual([]);
      if (!ONLY && !PATH) expect(cases.length).toBeGreaterThan(3_000);
      // Caches fill up to their limits; what grows with every request would be far above.
      await pause(100);
      expect(heapUsed() - before).toBeLessThan(MOST_GROWTH);
    },
    600_000 * Math.max(1, SCALE),
  );

  it('leave the service, its data and its prototypes as they were', async () => {
    expect((await app.api.as(undefined).get('/health/live')).status).toBe(200);
    const made = await app.api.post('/api/v1/entities', { type: 'service', name: 'after-all' });
    expect(made.status).toBe(201);
    expect((await app.api.get('/api/v1/entities/svc_after-all')).body).toMatchObject({ id: made.body.id });
    expect((await app.api.get('/api/v1/entities/svc_checkout')).status).toBe(200);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
    const [{ n }] = await app.uow.query<{ n: string }>(
      // Jobs have theirs, for a moment.
      `SELECT count(*) AS n FROM pg_stat_activity
       WHERE state = 'idle in transaction' AND state_change < clock_timestamp() - interval '5 s'`,
    );
    expect(Number(n)).toBe(0);
  });
});

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

async function keyOf(app: TestApp, body: object, part: 'id' | 'key'): Promise<string> {
  const answer = await app.api.post('/api/v1/gateway/keys', body);
  return answer.body[part] as string;
}

/** The entries that the document's examples speak of, and what it has no example for. */
async function furnish(app: TestApp): Promise<Record<string, string>> {
  const entry = (type: string, name: string) => ({ type, name, feature: 'ai-ml' });
  const items = [entry('service', 'fraud-detector'), entry('resource', 'postgres')];
  await app.api.post('/api/v1/entities/bulk', items);
  for (const { kind, instead } of KIND_FIXTURES)
    await new KindClient(app.api, kind, { instead }).make(kind.example.name);
  const edge = { source_id: 'svc_checkout', target_id: 'svc_fraud-detector', type: 'calls' };
  const related = await app.api.post('/api/v1/relationships', edge);
  await app.api.post('/api/v1/relationships', { ...edge, target_id: 'resource_postgres', type: 'depends_on' });
  const { body: rule } = await app.api.post('/api/v1/classification/rules', { match: 'doomed(x|y)', feature: 'ai-ml' });
  const doomed = { name: 'doomed', type: 'service_key', permissions: ['read:entities'] };
  const key = await keyOf(app, doomed, 'id');
  const id = String(related.body.id);
  return {
    'GET /api/v1/relationships/{id} id': id,
    'PUT /api/v1/relationships/{id} id': id,
    'DELETE /api/v1/relationships/{id} id': id,
    'GET /api/v1/gateway/keys/{id} id': key,
    'PATCH /api/v1/gateway/keys/{id} id': key,
    'DELETE /api/v1/gateway/keys/{id} id': key,
    'DELETE /api/v1/classification/rules/{id} id': String(rule.id),
  };
}
