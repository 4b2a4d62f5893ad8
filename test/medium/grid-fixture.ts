import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

export const NODES = '/api/v1/grid/nodes';
let made = 0;

/** A label of a test's own, so that it balances over its own nodes. */
export const aLabel = (): string => `t${process.pid}-${++made}`;

/** A node that takes work. */
export async function aNode(api: ApiClient, label: string, fields: object = {}): Promise<Json> {
  const body = { name: `n-${process.pid}-${++made}`, host: '10.0.0.1', port: 9000, labels: { test: label }, ...fields };
  const { id } = expectOk(await api.post(NODES, body), 201);
  return expectOk(await api.post(`${NODES}/${id}/activate`), 200);
}

/** Several at once, active from the beginning. */
export async function someNodes(api: ApiClient, label: string, count: number, fields: object = {}): Promise<Json[]> {
  const items = Array.from({ length: count }, () => ({
    type: 'grid_node',
    name: `n-${process.pid}-${++made}`,
    status: 'active',
    spec: { host: '10.0.0.1', port: 9000, labels: { test: label }, ...fields },
  }));
  const results: Json[] = expectOk(await api.post('/api/v1/entities/bulk', items), 201);
  return results.map(({ id }, n) => ({ id, key: `node_${items[n].name}`, name: items[n].name }));
}

export function expectOk({ status, body }: Answer, wanted: number): Json {
  if (status !== wanted) throw new Error(`Answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

export const affinityOf = (label: string) => [{ key: 'test', operator: 'eq', values: [label] }];

export const balance = (api: ApiClient, label: string, question: object = {}): Promise<Answer> =>
  api.post('/api/v1/grid/balance', { affinity: affinityOf(label), ...question });

/** Which node it chose, by id. */
export async function chosen(api: ApiClient, label: string, question: object = {}): Promise<string> {
  return expectOk(await balance(api, label, question), 200).node.id;
}

export const beat = (api: ApiClient, node: Json, body: object = {}): Promise<Answer> =>
  api.post(`${NODES}/${node.id}/heartbeat`, body);

export const get = async (api: ApiClient, node: Json): Promise<Json> => (await api.get(`${NODES}/${node.id}`)).body;

export const until = (what: string, holds: () => Promise<boolean>, ms = 30_000): Promise<void> =>
  eventually(what, holds, ms);

/** Applications on one database: three on a server; the embedded database belongs to one. */
export async function replicas(
  wanted: number,
): Promise<{ apps: TestApp[]; apis: ApiClient[]; close(): Promise<void> }> {
  const place: TestPlace = await testPlace();
  const first = await testApp({ place });
  const apps = [first];
  for (let n = 1; isNative() && n < wanted; n++)
    apps.push(await testApp({ place, env: { REGISTRY_ADMIN_KEY: first.adminKey } }));
  return {
    apps,
    apis: Array.from({ length: wanted }, (_, n) => (apps[n] ?? first).api.as(first.adminKey)),
    close: async () => {
      for (const app of apps) await app.close();
      await place.drop();
    },
  };
}
