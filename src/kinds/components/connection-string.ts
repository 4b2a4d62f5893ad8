import { ValidateBy } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import { MASK } from '../../entries/secrets/secret-fields.js';

/** A connection string taken apart. */
interface Address {
  /** Lower case; undefined of a bare `host:port`. */
  scheme?: string;
  hosts: readonly { host: string; port?: number }[];
}

const HTTP = ['http', 'https'];
/** Schemes that each provider's addresses may have; none listed: any. All but s3 also take a bare `host:port`. */
const SCHEMES: Readonly<Record<string, readonly string[]>> = {
  redis: ['redis', 'rediss'],
  postgresql: ['postgresql', 'postgres'],
  mongodb: ['mongodb', 'mongodb+srv'],
  kafka: ['kafka'],
  s3: ['s3', ...HTTP],
  minio: ['s3', ...HTTP],
  nginx: ['tcp', ...HTTP],
  haproxy: ['tcp', ...HTTP],
  envoy: ['tcp', ...HTTP],
};
const PORTS: Readonly<Record<string, number>> = { mongodb: 27_017, kafka: 9092 };
const WITHOUT_BARE = new Set(['s3']);

const URL_PATTERN = /^([a-z][a-z0-9+.-]{0,31}):\/\/([^\s/?#]+)(?:[/?#]\S*)?$/i;
const HOST_PATTERN = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9_](?:[a-z0-9._-]{0,252}[a-z0-9_])?)(?::(\d{1,5}))?$/i;

/** Undefined when it is no address. Several hosts, as clusters have them, are separated by commas. */
export function addressOf(text: string): Address | undefined {
  const [, scheme, authority] = URL_PATTERN.exec(text) ?? [];
  const hosts: { host: string; port?: number }[] = [];
  for (const one of (authority?.slice(authority.lastIndexOf('@') + 1) ?? text).split(',')) {
    const [, host, port] = HOST_PATTERN.exec(one) ?? [];
    if (!host || (port === undefined ? scheme === undefined : Number(port) < 1 || Number(port) > 65_535))
      return undefined;
    hosts.push(port === undefined ? { host } : { host, port: Number(port) });
  }
  return scheme === undefined ? { hosts } : { scheme: scheme.toLowerCase(), hosts };
}

/** What is wrong with it for this provider, never repeating any of it; undefined when nothing is. */
export function connectionProblem(text: string, provider: unknown): string | undefined {
  const kind = String(provider);
  const schemes = Object.hasOwn(SCHEMES, kind) ? SCHEMES[kind] : undefined;
  const address = addressOf(text);
  const bare = address !== undefined && address.scheme === undefined;
  const fits = bare ? !WITHOUT_BARE.has(kind) : address && (!schemes || schemes.includes(address.scheme!));
  if (fits) return undefined;
  const wanted = schemes ? schemes.map((scheme) => `${scheme}://`).join(', ') : 'a scheme';
  return `must be a URL beginning with ${wanted}${WITHOUT_BARE.has(kind) ? '' : ', or host:port'}`;
}

const problemIn = (context: ValidationArguments | undefined): string | undefined =>
  typeof context?.value !== 'string' || context.value === MASK
    ? undefined
    : connectionProblem(context.value, (context.object as { provider?: unknown }).provider);

/** Checks a connection string by the provider beside it. A mask stands for the one that is stored. */
export const FitsProvider = (): PropertyDecorator =>
  ValidateBy({
    name: 'fitsProvider',
    validator: {
      validate: (_value, context) => problemIn(context) === undefined,
      defaultMessage: (context) => `$property ${problemIn(context)}`,
    },
  });

/** How the thing behind a connection string is asked whether it works; undefined when nothing can be asked. */
export function checkOf(
  text: string,
  provider: string,
): { type: 'postgresql' | 'redis' | 'http' | 'tcp'; target: string } | undefined {
  const address = addressOf(text);
  if (!address) return undefined;
  const { scheme, hosts } = address;
  if (scheme === 'http' || scheme === 'https') return { type: 'http', target: text };
  if (scheme === 'postgres' || scheme === 'postgresql') return { type: 'postgresql', target: text };
  if (scheme === 'redis' || scheme === 'rediss') return { type: 'redis', target: text };
  // A PING needs no account to be answered; a log-in to PostgreSQL does.
  if (scheme === undefined && provider === 'redis') return { type: 'redis', target: `redis://${text}` };
  const [{ host, port = PORTS[scheme ?? ''] }] = hosts;
  return port === undefined ? undefined : { type: 'tcp', target: `${host}:${port}` };
}
