import { makeKey } from '../../src/gateway/keys/key-format.js';
import { ApiClient } from '../support/api-client.js';
import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { ServiceProcess } from '../support/service-process.js';

const AUDIT = '/api/v1/gateway/audit';
const WRITERS = 4;
const EACH = 25;

let place: TestPlace;
const adminKey = makeKey('admin_key');
const running: ServiceProcess[] = [];

const start = async (): Promise<{ process: ServiceProcess; api: ApiClient }> => {
  const process = new ServiceProcess({ ...place.env, REGISTRY_ADMIN_KEY: adminKey, LOG_FORMAT: 'json' });
  running.push(process);
  return { process, api: new ApiClient(await process.url(), adminKey) };
};

/** Waits until every row has its place, and says what the verification says. */
async function sealed(api: ApiClient) {
  let body: { intact: boolean; broken: unknown[]; checked: number; unsealed: { rows: number } } | undefined;
  await eventually('the trail is sealed', async () => {
    ({ body } = await api.get(`${AUDIT}/verify`));
    return body?.unsealed.rows === 0;
  });
  return body!;
}

/** Registers some entries, one after the other, and answers the keys of those that were acknowledged. */
async function write(api: ApiClient, name: string, most = EACH): Promise<string[]> {
  const done: string[] = [];
  for (let i = 0; i < most; i++) {
    const answer = await api.post('/api/v1/entities', { type: 'service', name: `${name}-${i}`, version: '1' });
    if (answer.status === 201) done.push(answer.body.key);
  }
  return done;
}

const recorded = async (api: ApiClient): Promise<string[]> => {
  const { body } = await api.get(`${AUDIT}?action=entity.create&limit=1000`);
  return (body as { subject: { key: string }; seal: object | null }[]).filter(({ seal }) => seal).map(({ subject }) => subject.key); // prettier-ignore
};

beforeEach(async () => {
  place = await testPlace();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.kill()));
  await place.drop();
});

it('writers in several processes leave one chain without a gap, each row in it once', async () => {
  const services = [await start()];
  // The embedded database belongs to one process.
  if (isNative()) services.push(...(await Promise.all([start(), start()])));
  const writers = services.flatMap(({ api }, p) =>
    Array.from({ length: WRITERS }, (_, w) => write(api, `p${p}-w${w}`)),
  );
  const acknowledged = (await Promise.all(writers)).flat();
  expect(acknowledged).toHaveLength(services.length * WRITERS * EACH);
  const { api } = services[0];
  expect(await sealed(api)).toMatchObject({ intact: true, broken: [] });
  expect(await recorded(api)).toEqual(expect.arrayContaining(acknowledged));
  const text: string = (await api.get(`${AUDIT}/export`)).body;
  const seqs = text.split('\n').filter(Boolean).map((line) => (JSON.parse(line) as { seal: { seq: number } | null }).seal?.seq).filter((seq) => seq !== undefined); // prettier-ignore
  expect(seqs.toSorted((a, b) => a - b)).toEqual(seqs.map((_, i) => i + 1));
});

it('a process that is killed before it seals loses nothing that it acknowledged', async () => {
  const first = await start();
  await sealed(first.api);
  const acknowledged = await write(first.api, 'killed', 20);
  await first.process.kill();
  const { api } = await start();
  expect(await sealed(api)).toMatchObject({ intact: true, broken: [] });
  expect(await recorded(api)).toEqual(expect.arrayContaining(acknowledged));
});

it('a process that is stopped writes what it noted, and seals it', async () => {
  const first = await start();
  await first.api.as(undefined).get('/api/v1/entities');
  await first.api.as(makeKey('api_key')).get('/api/v1/entities');
  first.process.signal('SIGTERM');
  expect(await first.process.exit()).toBe(0);
  const { api } = await start();
  const { body } = await api.get(`${AUDIT}?action=credential.refused`);
  expect((body as { details: { reason: string } }[]).map(({ details }) => details.reason).sort()).toEqual([
    'missing',
    'unknown',
  ]);
});
