import { randomUUID } from 'node:crypto';
import { engineKind } from '../../src/kinds/engines/engine.kind.js';
import { registryKind } from '../../src/kinds/registries/registry.kind.js';
import type { Answer } from './api-client.js';
import type { Endpoint } from './conformance-document.js';
import type { Call, Stage } from './conformance-stage.js';
import { verbsOf } from './kind-fixtures.js';

/** Asks an operation for what it must refuse, each answer for another reason. */
type Case = (stage: Stage, endpoint: Endpoint) => Promise<Answer[]>;

const TITLES = '(Plugin|Service|Engine|Component|SubRegistry)';
const PLURALS = '(Plugins|Services|Engines|Components|SubRegistries)';

/** POSTs that conflict with nothing but their own first request, still under way with the same Idempotency-Key. */
export const INFLIGHT_ONLY = new RegExp(
  `^(report${TITLES}Health|write${TITLES}Logs|record${TITLES}Metrics|rotate(Service|Engine)DriverSecret|` +
    'createWorkload|requestRegistrySync|releaseDiscoveryGuard)$',
);

const twice: Case = async (stage, endpoint) => {
  const call = await stage.request(endpoint);
  await stage.done(stage.send(endpoint, call));
  return [await stage.send(endpoint, call)];
};

/** The request as it would succeed, but for this. */
const but =
  (change: (stage: Stage, call: Call) => Promise<Partial<Call>> | Partial<Call>): Case =>
  async (stage, endpoint) => {
    const call = await stage.request(endpoint);
    return [await stage.send(endpoint, { ...call, ...(await change(stage, call)) })];
  };

const withField = (fields: object): Case => but((_, { body }) => ({ body: { ...(body as object), ...fields } }));

const wrongState: Case = async (stage, endpoint) => {
  const { kind } = stage.kindOf(endpoint)!;
  const { step } = verbsOf(kind).find(({ name }) => endpoint.path.endsWith(`/${name}`))!;
  const closed = kind.lifecycle.states.filter((state) => !step.from.includes(state));
  const call = await stage.request(endpoint);
  return Promise.all(
    closed.map(async (state) => stage.send(endpoint, { ...call, path: { id: await stage.entry(kind, state) } })),
  );
};

const neededByAnother: Case = async (stage, endpoint) => {
  const call = await stage.request(endpoint);
  const other = await stage.entry(engineKind);
  const edge = { source_id: other, target_id: call.path.id, type: 'depends_on' };
  await stage.done(stage.api.post('/api/v1/relationships', edge));
  return [await stage.send(endpoint, call)];
};

const disabledRegistry = (stage: Stage, level = 'project'): Promise<string> =>
  stage.entry(registryKind, 'disabled', { level });

const intoDisabledRegistry: Case = but(async (stage, { body }) => ({
  body: { ...(body as object), registry_id: await disabledRegistry(stage), parent_id: undefined },
}));

const inDisabled = (field: string): Case =>
  but(async (stage) => ({ body: { [field]: await disabledRegistry(stage) } }));

const notRunning = but(async (stage) => ({ path: { id: await stage.entry(engineKind, 'stopped') } }));

const twoInstances: Case = async (stage, endpoint) => {
  const call = await stage.request(endpoint);
  for (const [id, port] of [
    ['a', 1],
    ['b', 2],
  ] as const)
    // prettier-ignore
    await stage.done(stage.send(endpoint, { ...call, body: { id, host: '10.0.0.9', port } }));
  return [await stage.send(endpoint, { ...call, body: { id: 'a', host: '10.0.0.9', port: 2 } })];
};

/** Nothing is done when one item is refused; `change` is made to the item. */
const atomic =
  (change: object | undefined, again = false): Case =>
  async (stage, endpoint) => {
    const call = await stage.request(endpoint);
    const item = { ...(JSON.parse(String(call.body)) as object), ...change };
    const whole = { ...call, query: 'mode=atomic&on_conflict=fail', body: `${JSON.stringify(item)}\n` };
    if (again) await stage.done(stage.send(endpoint, whole));
    return [await stage.send(endpoint, whole)];
  };

const itself: Case = async (stage, endpoint) => {
  const { kind } = stage.kindOf(endpoint)!;
  const name = stage.name();
  const version = (kind.example as { version?: string }).version;
  const key = `${kind.prefix}_${name}${version ? `@${version}` : ''}`;
  return atomic({ name, depends_on: [{ id: key }] })(stage, endpoint);
};

type Cases = readonly (readonly [operation: RegExp, ...cases: Case[]])[];
const named = (pattern: string): RegExp => new RegExp(`^${pattern}$`);

const CONFLICTS: Cases = [
  [named(`(create|register)${TITLES}`), twice],
  [named(`(replace|patch)${TITLES}`), intoDisabledRegistry],
  [named(`delete${TITLES}`), neededByAnother],
  [named(`import${PLURALS}`), atomic(undefined, true)],
  [named('moveRegistry'), inDisabled('parent_id')],
  [named('addRegistryMembers'), but(async (stage) => ({ path: { id: await disabledRegistry(stage) } }))],
  [named('(scaleEngine|leaseWorkloads)'), notRunning],
  [named('(heartbeat|complete|fail)Workload'), withField({ lease_token: randomUUID() })],
  [named('(cancelWorkload|retryWorkload|report(Engine|Service)Operation)'), twice],
  [named('registerServiceInstance'), twoInstances],
];

const NOWHERE = [{ id: 'svc_nowhere' }];
const IMPOSSIBLE: Cases = [
  [named(`(replace|patch)${TITLES}`), withField({ name: 'another-name' })],
  [named(`replace${TITLES}Dependencies`), but(() => ({ body: NOWHERE }))],
  [named(`import${PLURALS}`), itself],
  [named('scaleEngine'), withField({ capacity: 11 })],
  [named('createWorkload'), but((stage) => withoutGpu(stage))],
  [named('moveRegistry'), but((_, { path }) => ({ body: { parent_id: path.id } }))],
  [named('(installPlugin|getPluginResolution)'), but((stage) => unsatisfied(stage))],
  [named('deprecatePlugin'), but(() => ({ body: { successor: 'plugin_nowhere' } }))],
  [named('reportSystemFacts'), manyHosts],
];

export const MISSING: Readonly<Record<string, Case>> = Object.fromEntries(
  ['Plugins', 'Services', 'Engines', 'Components', 'SubRegistries'].map((plural) => [
    `import${plural}`,
    atomic({ depends_on: NOWHERE }),
  ]),
);

async function withoutGpu(stage: Stage): Promise<Partial<Call>> {
  const id = await stage.entry(engineKind, 'running', { gpu_enabled: false, gpu_count: 0 });
  return { path: { id }, body: { task: 'train', requires: { gpu: true } } };
}

async function unsatisfied(stage: Stage): Promise<Partial<Call>> {
  const body = { name: stage.name(), version: '1.0.0', dependencies: { plugins: ['nowhere>=1.0.0'] } };
  return { path: { id: (await stage.done(stage.api.post('/api/v1/plugins', body))).id as string } };
}

async function manyHosts(stage: Stage, endpoint: Endpoint): Promise<Answer[]> {
  const call = await stage.request(endpoint);
  const { query } = stage;
  await query("INSERT INTO host_facts (host, facts) SELECT 'filler-' || n, '{}' FROM generate_series(1, 1000) n");
  const answer = await stage.send(endpoint, { ...call, body: { host: 'one.more', facts: { python: '3.12.0' } } });
  await query("DELETE FROM host_facts WHERE host LIKE 'filler-%'");
  return [answer];
}

const all =
  (cases: readonly Case[]): Case =>
  async (stage, endpoint) => {
    const answers: Answer[] = [];
    for (const one of cases) answers.push(...(await one(stage, endpoint)));
    return answers;
  };

const casesOf = (table: Cases, id: string): Case[] => table.flatMap(([name, ...cases]) => (name.test(id) ? cases : []));

/** What else is in the way of an operation than its own first request. */
export function conflictsOf(stage: Stage, endpoint: Endpoint): Promise<Answer[]> {
  const kind = stage.kindOf(endpoint)?.kind;
  const isStep = kind && verbsOf(kind).some(({ name }) => endpoint.path === `/api/v1/${kind.path}/{id}/${name}`);
  return isStep ? wrongState(stage, endpoint) : all(casesOf(CONFLICTS, endpoint.id))(stage, endpoint);
}

/** What else is impossible than another body under the same Idempotency-Key. */
export const impossibleOf = (stage: Stage, endpoint: Endpoint): Promise<Answer[]> =>
  all(casesOf(IMPOSSIBLE, endpoint.id))(stage, endpoint);
