import { defineKind } from '../../entries/kind/kind.js';
import { EnumField, IntegerField, NestedField, ObjectField, TextField } from '../../platform/http/fields.js';
import { FitsProvider } from './connection-string.js';

export const COMPONENT_TYPES = ['cache', 'database', 'queue', 'storage', 'proxy', 'loadbalancer', 'gateway'] as const;
export const PROVIDERS = [
  'redis', 'postgresql', 'mongodb', 'kafka', 's3', 'minio', 'nginx', 'haproxy', 'envoy', 'other',
] as const; // prettier-ignore

export class ComponentReplication {
  @IntegerField({ min: 1, max: 1000, example: 3 }) factor?: number | null;
  @TextField({ max: 64, example: 'async' }) mode?: string | null;
}

export class ComponentSpec {
  @EnumField(COMPONENT_TYPES, { required: true, example: 'database' }) type: (typeof COMPONENT_TYPES)[number];
  @EnumField(PROVIDERS, { required: true, example: 'postgresql' }) provider: (typeof PROVIDERS)[number];
  @TextField({
    min: 1,
    max: 4096,
    description:
      "A URL of the provider's scheme, or host:port. Stored encrypted and answered as `********`; that mask sent back " +
      'leaves it as it is. `GET /{id}/connection` reveals it.',
    example: '********',
  })
  @FitsProvider()
  connection_string?: string | null;
  @ObjectField({ description: 'In the units its operators use.', example: { storage: '100Gi', connections: 200 } })
  capacity?: Record<string, unknown> | null;
  @NestedField(() => ComponentReplication) replication?: ComponentReplication | null;
}

export const componentKind = defineKind({
  name: 'component',
  title: 'Component',
  plural: 'Components',
  path: 'components',
  prefix: 'comp',
  spec: ComponentSpec,
  filters: ['type', 'provider'],
  secrets: ['connection_string'],
  example: {
    name: 'orders-db',
    type: 'database',
    provider: 'postgresql',
    connection_string: 'postgresql://orders:s3cret@db.example.com:5432/orders',
    replication: { factor: 3, mode: 'async' },
  },
  lifecycle: {
    initial: 'added',
    states: ['added', 'enabled', 'disabled', 'failed'],
    transitions: {
      enable: { from: ['added', 'disabled', 'failed'], to: 'enabled', summary: 'Enable a component' },
      disable: { from: ['added', 'enabled', 'failed'], to: 'disabled', summary: 'Disable a component' },
    },
  },
});
