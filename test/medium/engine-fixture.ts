import { WorkloadUpkeep } from '../../src/kinds/engines/workloads/workload-upkeep.js';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import type { TestApp } from '../support/test-app.js';

let made = 0;

/** A running engine of its own; its path and what was answered. */
export async function runningEngine(api: ApiClient, fields: object = {}): Promise<{ path: string; body: Json }> {
  const name = `engine-${++made}`;
  const { status, body } = await api.post('/api/v1/engines', {
    name,
    capacity: { min: 1, max: 10, current: 2 },
    ...fields,
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  const path = `/api/v1/engines/${(body as { id: string }).id}`;
  for (const verb of ['install', 'start']) {
    const answer = await api.post(`${path}/${verb}`);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  }
  return { path, body: (await api.get(path)).body };
}

/** The code of a problem, and the fields it names. */
export const problem = ({ status, body }: Answer): { status: number; code: string; fields?: string[] } => ({
  status,
  code: body.code,
  ...(body.errors && { fields: (body.errors as { field: string }[]).map(({ field }) => field) }),
});

export const tasks = (rows: Json[]): string[] => rows.map(({ task }) => task as string);

/** What the tests of queues do again and again, with the engine of the running test. */
export function workloads(now: () => { service: TestApp; engine: string }) {
  return {
    add: async (body: object): Promise<Json> => (await now().service.api.post(`${now().engine}/workloads`, body)).body,
    get: async (id: string): Promise<Json> => (await now().service.api.get(`${now().engine}/workloads/${id}`)).body,
    lease: async (change: object = {}): Promise<Json[]> =>
      (await now().service.api.post(`${now().engine}/workloads/lease`, { worker: 'w1', ...change })).body,
    say: (one: Json, verb: string, body: object = {}): Promise<Answer> =>
      now().service.api.post(`${now().engine}/workloads/${one.id}/${verb}`, { lease_token: one.lease_token, ...body }),
    /** Lets time pass for a workload: moves its times into the past. */
    passed: (id: string, seconds: number): Promise<unknown> => {
      const earlier = ['lease_until', 'ready_at', 'deadline', 'finished_at']
        .map((column) => `${column} = ${column} - make_interval(secs => $2)`)
        .join(', ');
      return now().service.uow.query(`UPDATE workload SET ${earlier} WHERE uid = $1`, [id, seconds]);
    },
    sweep: (): Promise<void> => now().service.app.get(WorkloadUpkeep).sweep(),
  };
}
