import { usageError } from '../core/errors.js';
import { column } from '../output/view.js';
import { numberOf } from './kind-request.js';
import type { Entry } from '../views/entry-view.js';
import type { KindWords } from './kind-words.js';

const TYPES = ['api', 'worker', 'processor', 'gateway', 'mesh', 'database', 'cache', 'queue'] as const;
export const DRIVERS = ['manual', 'webhook', 'kubernetes'] as const;

export const serviceWords: KindWords = {
  name: 'service',
  path: 'services',
  one: 'a service',
  summary: 'Register, run, watch and discover services',
  description: 'A service is named by its id, its key (svc_checkout) or its name (checkout).',
  fields: ['type', 'endpoints', 'ports', 'health_check', 'driver', 'labels', 'instances'],
  columns: [
    column('TYPE', 'type'),
    { title: 'INSTANCES', value: wellOf, right: true },
    column('DRIVER', 'driver.type', { wide: true }),
  ],
  flags: [
    { flags: '--type <type>', field: 'type', summary: `${TYPES.join(', ')} (default api)`, common: true },
    {
      flags: '--port <port>',
      field: 'ports',
      summary: '8080, http=8080 or http=8080/https',
      repeatable: true,
      common: true,
      read: portOf,
    },
    {
      flags: '--endpoint <url>',
      field: 'endpoints',
      summary: 'where it answers',
      repeatable: true,
      common: true,
      read: (url) => ({ url }),
    },
    {
      flags: '--check <type=target>',
      field: 'health_check',
      summary: 'http=https://…, tcp=host:port, grpc=host:port or ttl',
      common: true,
      read: checkOf,
    },
    { flags: '--driver <driver>', field: 'driver.type', summary: `how start and stop reach it: ${DRIVERS.join(', ')}` },
  ],
  filters: [{ flags: '--type <type>', summary: TYPES.join(', '), common: true }],
  verbs: [
    { name: 'install', summary: 'Install a service', next: 'start' },
    { name: 'start', summary: 'Start a service' },
    { name: 'restart', summary: 'Restart a service' },
    { name: 'stop', summary: 'Stop a service' },
    { name: 'disable', summary: 'Disable a service: discovery answers none of its instances' },
    { name: 'enable', summary: 'Enable a disabled service' },
    { name: 'uninstall', summary: 'Uninstall a service' },
  ],
  driven: true,
  sample: {
    id: 'svc_checkout',
    create: 'service create checkout --type api --port http=8080 --tag shop',
    update: 'service update svc_checkout --owner shop --set labels.team=shop',
  },
};

/** `2/3`: how many of its instances are well. */
function wellOf({ instances }: Entry): string {
  const { total, passing } = (instances ?? {}) as { total?: number; passing?: number };
  return total === undefined ? '' : `${passing}/${total}`;
}

function portOf(text: string, flag: string): Record<string, unknown> {
  const [, name, port = '', protocol] = /^(?:([^=]+)=)?(\d+)(?:\/([a-z]+))?$/.exec(text) ?? [];
  if (port === '') {
    throw usageError(`${flag} ${JSON.stringify(text)} is not a port`, { reason: 'write 8080 or http=8080/https' });
  }
  return { ...(name && { name }), port: numberOf(port, flag), ...(protocol && { protocol }) };
}

/** `http=https://…`, or a type alone. */
export function checkOf(text: string): Record<string, unknown> {
  const at = text.indexOf('=');
  return at < 0 ? { type: text } : { type: text.slice(0, at), target: text.slice(at + 1) };
}
