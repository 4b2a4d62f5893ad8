import { column } from '../output/view.js';
import { numberOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';
import { checkOf } from './service.words.js';

export const NODE_TYPES = ['compute', 'storage', 'gateway', 'worker', 'coordinator'] as const;

export const gridWords: KindWords = {
  name: 'grid',
  type: 'grid_node',
  noun: 'node',
  path: 'grid/nodes',
  one: 'a node',
  summary: 'Keep the nodes of the grid, and choose one for the next piece of work',
  description: 'A node is named by its id, its key (node_n1) or its name (n1).',
  fields: [
    'type',
    'host',
    'port',
    'region',
    'zone',
    'weight',
    'capacity',
    'labels',
    'ttl_seconds',
    'health_check',
    'available',
    'connections',
    'cpu',
    'memory',
    'requests',
    'liveness',
    'last_heartbeat_at',
    'draining',
  ],
  columns: [
    column('TYPE', 'type'),
    { title: 'ADDRESS', value: ({ host, port }) => `${String(host)}:${String(port)}` },
    column('REGION', 'region', { wide: true }),
    column('ZONE', 'zone'),
    column('WEIGHT', 'weight', { right: true, wide: true }),
    column('CONNECTIONS', 'connections', { right: true }),
    column('LIVENESS', 'liveness', { wide: true }),
  ],
  flags: [
    { flags: '--type <type>', field: 'type', summary: `${NODE_TYPES.join(', ')} (default compute)`, common: true },
    {
      flags: '--host <host>',
      field: 'host',
      summary: 'name or address it answers at',
      common: true,
      asked: { question: 'Where does it answer? (host)', unless: ['data', 'file', 'set'] },
    },
    {
      flags: '--port <port>',
      field: 'port',
      summary: 'port it answers at',
      common: true,
      read: numberOf,
      asked: { question: 'At which port?', unless: ['data', 'file', 'set'] },
    },
    { flags: '--region <region>', field: 'region', summary: 'where it is', common: true },
    { flags: '--zone <zone>', field: 'zone', summary: 'where in the region', common: true },
    { flags: '--weight <n>', field: 'weight', summary: 'share of the work (default 1)', common: true, read: numberOf },
    { flags: '--capacity <n>', field: 'capacity', summary: 'most connections at once', common: true, read: numberOf },
    { flags: '--ttl <seconds>', field: 'ttl_seconds', summary: 'how long a heartbeat is good for', read: numberOf },
    {
      flags: '--check <type=target>',
      field: 'health_check',
      summary: 'http=https://…, tcp, tcp=host:port or grpc=host:port',
      read: checkOf,
    },
  ],
  filters: [
    { flags: '--type <type>', summary: NODE_TYPES.join(', '), common: true },
    { flags: '--region <region>', summary: 'only those of this region' },
    { flags: '--zone <zone>', summary: 'only those of this zone', common: true },
  ],
  verbs: [
    { name: 'deactivate', aliases: ['disable'], summary: 'Give a node no work, whatever it still has' },
    { name: 'activate', aliases: ['enable'], summary: 'Give a node work' },
    {
      name: 'drain',
      summary: 'Give a node no new work: drained when its connections are over',
      options: [
        {
          flags: '--grace-seconds <n>',
          summary: 'how long they are waited for (default 300)',
          common: true,
          read: numberOf,
        },
      ],
    },
  ],
  sample: {
    id: 'node_n1',
    create: 'grid create n1 --host 10.0.3.17 --port 9000 --region eu-central-1 --zone eu-central-1a --ttl 600',
    update: 'grid update node_n1 --weight 10 --set labels.gpu=a100',
  },
};
