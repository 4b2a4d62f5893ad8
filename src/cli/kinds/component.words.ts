import { column } from '../output/view.js';
import { numberOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

const TYPES = ['cache', 'database', 'queue', 'storage', 'proxy', 'loadbalancer', 'gateway'] as const;
const PROVIDERS = [
  'redis',
  'postgresql',
  'mongodb',
  'kafka',
  's3',
  'minio',
  'nginx',
  'haproxy',
  'envoy',
  'other',
] as const;

export const componentWords: KindWords = {
  name: 'component',
  path: 'components',
  one: 'a component',
  summary: 'Keep databases, caches, queues and other infrastructure',
  description: 'A component is named by its id, its key (comp_orders-db) or its name (orders-db).',
  fields: ['type', 'provider', 'connection_string', 'capacity', 'replication'],
  columns: [
    column('TYPE', 'type'),
    column('PROVIDER', 'provider'),
    column('REPLICAS', 'replication.factor', { right: true }),
    column('CONNECTION', 'connection_string', { wide: true }),
  ],
  flags: [
    {
      flags: '--type <type>',
      field: 'type',
      summary: TYPES.join(', '),
      choices: TYPES,
      common: true,
      asked: { question: 'What is it?', unless: ['file', 'data'] },
    },
    {
      flags: '--provider <provider>',
      field: 'provider',
      summary: PROVIDERS.join(', '),
      choices: PROVIDERS,
      common: true,
      asked: { question: 'Of which provider?', unless: ['file', 'data'] },
    },
    {
      flags: '--connection <url>',
      field: 'connection_string',
      summary: 'where it is, kept encrypted (others on this machine may see it: --data @file hides it)',
      common: true,
    },
    {
      flags: '--replicas <n>',
      field: 'replication.factor',
      summary: 'how many copies there are',
      common: true,
      read: numberOf,
    },
    { flags: '--replication <mode>', field: 'replication.mode', summary: 'how they are kept alike, e.g. async' },
  ],
  filters: [
    { flags: '--type <type>', summary: TYPES.join(', '), common: true },
    { flags: '--provider <provider>', summary: PROVIDERS.join(', '), common: true },
  ],
  verbs: [
    { name: 'enable', summary: 'Enable a component' },
    { name: 'disable', summary: 'Disable a component' },
  ],
  sample: {
    id: 'comp_orders-db',
    create: 'component create orders-db --type database --provider postgresql --replicas 3 --tag shop',
    update: 'component update comp_orders-db --set capacity.storage=200Gi',
  },
};
