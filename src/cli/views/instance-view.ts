import { age } from '../output/time.js';
import { column, type View } from '../output/view.js';

/** One running instance of a service. */
export interface Instance extends Record<string, unknown> {
  id: string;
  host: string;
  port: number;
}

export const instanceView: View<Instance> = {
  fields: [
    'id',
    'service_id',
    'service',
    'host',
    'port',
    'zone',
    'weight',
    'tags',
    'metadata',
    'ttl_seconds',
    'deregister_after_seconds',
    'status',
    'drain',
    'expired',
    'healthy',
    'created_at',
    'updated_at',
    'last_heartbeat_at',
    'expires_at',
  ],
  columns: [
    column('ID', 'id'),
    { title: 'ADDRESS', value: addressOf },
    column('ZONE', 'zone'),
    column('WEIGHT', 'weight', { right: true }),
    column('STATUS', 'status', { state: true }),
    { title: 'HEALTHY', value: (instance) => (instance.healthy === false ? 'no' : 'yes') },
    column('TAGS', 'tags', { wide: true }),
    column('TTL', 'ttl_seconds', { wide: true, right: true }),
    { title: 'AGE', value: (instance) => age(instance.created_at), wide: true, right: true },
  ],
  name: (instance) => instance.id,
};

/** Where one answers, as a program that connects takes it. */
export const addressView: View<Instance> = { ...instanceView, name: addressOf };

/** Of several services: whose each one is. */
export const serviceAddressView: View<Instance> = {
  ...addressView,
  columns: [column('SERVICE', 'service'), ...addressView.columns],
};

function addressOf({ host, port }: Instance): string {
  return String(host ?? '').includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
