import { once } from 'node:events';
import Consul from 'consul';
import type { Watch } from 'consul/lib/watch.js';
import type { Json } from '../support/api-client.js';
import { eventually } from '../support/processes.js';

/** Consul's own client, as applications have it; nothing is told of us but where we are. */
export function consulClient(url: string, token: string): Consul {
  const { hostname, port } = new URL(url);
  return new Consul({ host: hostname, port: Number(port), defaults: { token } });
}

/** What a watch of that client has been told, the newest last. */
export function followed(watch: Watch): { told: Json[]; errors: unknown[]; end(): Promise<void> } {
  const told: Json[] = [];
  const errors: unknown[] = [];
  watch.on('change', (data) => told.push(data));
  watch.on('error', (error) => errors.push(error));
  return {
    told,
    errors,
    end: async () => {
      const over = once(watch, 'end');
      watch.end();
      await over;
    },
  };
}

export const until = (what: string, holds: () => boolean | Promise<boolean>): Promise<void> =>
  eventually(what, async () => holds(), 20_000);
