import { parseCount } from '../core/duration.js';
import { ExitCode } from '../core/exit-codes.js';
import { age } from '../output/time.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';

interface Resource extends Record<string, unknown> {
  type: string;
  up_to_date: boolean;
}

interface Client extends Record<string, unknown> {
  node_id: string;
  connected: boolean;
  up_to_date: boolean;
  seen_at: string;
  resources: Resource[];
}

const clientView: View<Client> = {
  fields: ['node_id', 'cluster', 'user_agent', 'zone', 'protocol', 'connected', 'up_to_date', 'seen_at', 'resources'],
  columns: [column('NODE', 'node_id'), column('CONNECTED', 'connected'), column('UP TO DATE', 'up_to_date')],
  name: ({ node_id: id }) => id,
};

type Row = Resource & { client: Client };

/** One line a client and type of resource: who took which version. */
const rowView: View<Row> = {
  fields: ['client', 'type', 'served_version', 'applied_version', 'rejected_version', 'error', 'up_to_date'],
  columns: [
    column('NODE', 'client.node_id'),
    column('CLUSTER', 'client.cluster', { wide: true }),
    column('AGENT', 'client.user_agent', { wide: true }),
    column('PROTOCOL', 'client.protocol'),
    { title: 'CONNECTED', value: ({ client }) => (client.connected ? 'yes' : 'no') },
    column('RESOURCES', 'type'),
    column('SERVED', 'served_version', { wide: true }),
    column('TOOK', 'applied_version'),
    column('REFUSED', 'rejected_version'),
    { title: 'UP TO DATE', value: (row) => (row.up_to_date ? 'yes' : 'no') },
    { title: 'SEEN', value: ({ client }) => age(client.seen_at), right: true },
    column('ERROR', 'error'),
  ],
  name: ({ client }) => client.node_id,
};

export const meshClientsLeaf: LeafSpec = {
  name: 'clients',
  summary: 'List the proxies that take their routes from here, with the versions they took and refused',
  description: 'Those that were not heard of for a day are forgotten. --exit-code ends with 10 when one is behind.',
  options: [
    { flags: '--limit <n>', summary: 'at most so many (default 1000)' },
    { flags: '--exit-code', summary: 'end with 10 when one that is connected is not up to date', common: true },
  ],
  examples: [{ cmd: 'mesh clients' }, { cmd: 'mesh clients --exit-code -o json' }],
  effect: 'reads',
  view: clientView,
  operations: ['GET /api/v1/mesh/clients'],
  async run(context, { options }) {
    const limit = options.limit === undefined ? undefined : parseCount(String(options.limit), '--limit', 1, 1000);
    const api = await context.client();
    const clients = await api.json<Client[]>({ method: 'GET', path: '/api/v1/mesh/clients', query: { limit } });
    if (context.speaks || (context.format.name === 'wide' && context.flags.fields === undefined)) {
      await context.list(
        clients.flatMap((client) => client.resources.map((one) => ({ ...one, client }))),
        rowView,
      );
    } else await context.list(clients, clientView);
    if (clients.length === 0) context.notice('no proxy takes its routes from here');
    const behind = clients.filter(({ connected, up_to_date: fresh }) => connected && !fresh);
    if (behind.length === 0) return;
    context.notice(`${behind.length} of ${clients.length} are not up to date`);
    if (options.exitCode === true) context.exit(ExitCode.no);
  },
};
