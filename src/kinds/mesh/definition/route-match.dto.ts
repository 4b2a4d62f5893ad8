import { EnumField, IntegerField, NestedListField, TextField, TextListField } from '../../../platform/http/fields.js';

export const PATH_TYPES = ['prefix', 'exact', 'regex'] as const;
export const VALUE_MATCHES = ['exact', 'prefix', 'regex', 'present'] as const;
export type ValueMatch = (typeof VALUE_MATCHES)[number];
export const LOAD_BALANCERS = ['round_robin', 'least_conn', 'ip_hash', 'weighted', 'random'] as const;
export type LoadBalancer = (typeof LOAD_BALANCERS)[number];

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** What may name a header or cookie. */
export const FIELD_NAME = { min: 1, max: 256, pattern: HEADER_NAME, rule: 'must be the name of a header or cookie' };

export class MeshHeaderMatch {
  @TextField({ required: true, ...FIELD_NAME, lowerCase: true, example: 'x-tenant' }) name: string;
  @EnumField(VALUE_MATCHES, { description: 'exact when left out, present without a value.', example: 'exact' })
  match?: ValueMatch | null;
  @TextField({ max: 1024, trim: false, description: 'A regex (RE2) matches the whole value.', example: 'acme' })
  value?: string | null;
}

/** Which requests a route takes. All of it must hold; what is left out holds for every request. */
export class MeshMatch {
  @TextListField({
    most: 100,
    max: 253,
    description: 'Names without a port; `*.example.com` is every name below it, `*` all.',
    example: ['orders.example.com'],
  })
  hosts?: string[] | null;
  @TextField({ min: 1, max: 2048, trim: false, description: '`/` when left out.', example: '/orders' })
  path?: string | null;
  @EnumField(PATH_TYPES, {
    description: 'prefix when left out: of whole segments. A regex (RE2) matches the whole path.',
    example: 'prefix',
  })
  path_type?: (typeof PATH_TYPES)[number] | null;
  @TextListField({ most: 20, max: 32, example: ['GET', 'POST'] }) methods?: string[] | null;
  @NestedListField(() => MeshHeaderMatch, { most: 50 }) headers?: MeshHeaderMatch[] | null;
}

const HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)$/;

/** Where requests go: to the healthy instances of a service, or to one address. */
export class MeshDestination {
  @TextField({
    min: 1,
    max: 128,
    description: 'What traffic splits and reports call it; the subset, the service or host:port when left out.',
    example: 'stable',
  })
  name?: string | null;
  @TextField({ min: 1, max: 300, description: 'Key or id of a service.', example: 'svc_orders' })
  service?: string | null;
  @TextField({
    min: 1,
    max: 253,
    pattern: HOST,
    rule: 'must be a host name or an address (of IPv6 in brackets)',
    description: 'Instead of a service, with a port.',
    example: 'orders.internal',
  })
  host?: string | null;
  @IntegerField({
    min: 1,
    max: 65_535,
    description: "Of the host. Beside a service: instead of its instances' own.",
    example: 8080,
  })
  port?: number | null;
  @IntegerField({
    min: 0,
    max: 1_000_000,
    description: 'Relative to the sum of all; 100 when left out. 0: only what a split sends it.',
    example: 80,
  })
  weight?: number | null;
  @TextField({
    min: 1,
    max: 63,
    description: 'Only instances that carry this tag, or whose metadata have it as version or subset.',
    example: 'v1',
  })
  subset?: string | null;
  @EnumField(['http', 'https'], { description: 'http when left out.', example: 'http' }) scheme?:
    'http' | 'https' | null;
}
