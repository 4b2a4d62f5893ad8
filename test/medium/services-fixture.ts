import { eventually } from '../support/processes.js';
import type { ApiClient, Json } from '../support/api-client.js';

export const SERVICES = '/api/v1/services';
let made = 0;

/** A service of a new name. */
export async function aService(api: ApiClient, fields: object = {}): Promise<Json> {
  const answer = await api.post(SERVICES, { name: `shop-${process.pid}-${++made}`, ...fields });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

export const pathOf = ({ id }: Json, instance?: string): string =>
  `${SERVICES}/${id}/instances${instance === undefined ? '' : `/${instance}`}`;

/** An instance on a new port. */
export async function anInstance(api: ApiClient, service: Json, fields: object = {}): Promise<Json> {
  const answer = await api.post(pathOf(service), { host: '10.0.0.1', port: 1000 + (++made % 60_000), ...fields });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

export const idsOf = (instances: Json[]): string[] => instances.map(({ id }) => id);

export async function idsAt(api: ApiClient, service: Json, query = ''): Promise<string[]> {
  return idsOf((await api.get(`${pathOf(service)}${query}`)).body);
}

export const healthyAt = (api: ApiClient, service: Json): Promise<string[]> => idsAt(api, service, '?healthy=true');

export const until = (what: string, holds: () => Promise<boolean>, ms = 15_000): Promise<void> =>
  eventually(what, holds, ms);

/** Beats all the time, until it is told to stop; answers what the beats were told. */
export function beating(
  api: ApiClient,
  service: Json,
  instance: string,
  everyMs: number,
): { stop(): Promise<number[]> } {
  const statuses: number[] = [];
  const stop = new AbortController();
  const run = (async () => {
    while (!stop.signal.aborted) {
      statuses.push((await api.put(`${pathOf(service, instance)}/heartbeat`)).status);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return {
    stop: async () => {
      stop.abort();
      await run;
      return statuses;
    },
  };
}

/** Waits until a replica knows what was registered on another. */
export const seenAt = (api: ApiClient, service: Json, count: number): Promise<void> =>
  until(`${count} are seen`, async () => (await idsAt(api, service)).length === count);
