import { ApiProperty } from '@nestjs/swagger';
import { defineKind } from '../../entries/kind/kind.js';
import {
  EnumField,
  IntegerField,
  NestedField,
  NestedListField,
  ObjectField,
  Shown,
  TextField,
} from '../../platform/http/fields.js';
import { DriverSettings } from '../driver.dto.js';

export const SERVICE_TYPES = ['api', 'worker', 'processor', 'gateway', 'mesh', 'database', 'cache', 'queue'] as const;
export const CHECK_TYPES = ['http', 'tcp', 'grpc', 'ttl'] as const;
export const PROTOCOLS = ['http', 'https', 'grpc', 'tcp', 'udp', 'websocket'] as const;

export class ServiceEndpoint {
  @TextField({ required: true, min: 1, max: 2048, example: 'https://checkout.shop.svc/v1' }) url: string;
  @EnumField(PROTOCOLS, { example: 'https' }) protocol?: (typeof PROTOCOLS)[number] | null;
  @TextField({ max: 512, example: 'Payments, version 1' }) description?: string | null;
}

export class ServicePort {
  @TextField({ max: 63, example: 'http' }) name?: string | null;
  @IntegerField({ required: true, min: 1, max: 65535, example: 8080 }) port: number;
  @EnumField(PROTOCOLS, { example: 'http' }) protocol?: (typeof PROTOCOLS)[number] | null;
}

export class ServiceHealthCheck {
  @EnumField(CHECK_TYPES, { required: true, example: 'http' }) type: (typeof CHECK_TYPES)[number];
  @TextField({
    max: 2048,
    description: 'A URL for http, host:port for tcp and grpc; none for ttl, where whoever runs it reports.',
    example: 'https://checkout.shop.svc/healthz',
  })
  target?: string | null;
  @IntegerField({
    min: 1,
    max: 86400,
    description: 'Seconds from one check to the next, or a report is good for.',
    example: 10,
  })
  interval?: number | null;
  @IntegerField({ min: 1, max: 300, description: 'Seconds.', example: 2 }) timeout?: number | null;
  @IntegerField({ min: 1, max: 100, description: 'Failures in a row.', example: 3 }) unhealthy_after?: number | null;
  @IntegerField({ min: 1, max: 100, description: 'Successes in a row.', example: 2 }) healthy_after?: number | null;
}

export class ServiceSpec {
  @EnumField(SERVICE_TYPES, { example: 'api', description: 'api when left out.' }) type?:
    (typeof SERVICE_TYPES)[number] | null;
  @NestedListField(() => ServiceEndpoint, { most: 100 }) endpoints?: ServiceEndpoint[] | null;
  @NestedListField(() => ServicePort, { most: 100 }) ports?: ServicePort[] | null;
  @NestedField(() => ServiceHealthCheck) health_check?: ServiceHealthCheck | null;
  @NestedField(() => DriverSettings) driver?: DriverSettings | null;
  @ObjectField({ description: 'Labels for discovery, `{ "team": "shop" }`.', example: { team: 'shop' } })
  labels?: Record<string, unknown> | null;
}

export const serviceKind = defineKind({
  name: 'service',
  title: 'Service',
  plural: 'Services',
  path: 'services',
  prefix: 'svc',
  spec: ServiceSpec,
  defaults: { type: 'api' },
  filters: ['type'],
  example: { name: 'checkout', type: 'api', ports: [{ name: 'http', port: 8080, protocol: 'http' }] },
  lifecycle: {
    initial: 'created',
    states: ['created', 'installed', 'running', 'stopped', 'enabled', 'disabled', 'degraded', 'failed'],
    transitions: {
      install: { from: ['created', 'failed'], to: 'installed', driven: true, summary: 'Install a service' },
      start: {
        from: ['installed', 'stopped', 'enabled', 'failed'],
        to: 'running',
        driven: true,
        summary: 'Start a service',
      },
      stop: { from: ['running', 'degraded'], to: 'stopped', driven: true, summary: 'Stop a service' },
      restart: {
        from: ['running', 'degraded', 'failed'],
        to: 'running',
        driven: true,
        summary: 'Restart a service',
      },
      enable: { from: ['disabled'], to: 'enabled', summary: 'Enable a disabled service' },
      disable: {
        from: ['created', 'installed', 'running', 'stopped', 'enabled', 'degraded', 'failed'],
        to: 'disabled',
        summary: 'Disable a service: discovery answers none of its instances',
      },
      uninstall: {
        from: ['installed', 'stopped', 'disabled', 'enabled', 'failed'],
        to: 'created',
        driven: true,
        summary: 'Uninstall a service',
      },
    },
  },
});

/** What every answer about a service tells of its instances. */
export class ServiceInstanceCounts {
  @Shown(3, { type: 'integer' }) total: number;
  @Shown(2, { type: 'integer', description: 'Those discovery answers while the service is open.' }) passing: number;
}
ApiProperty({ type: ServiceInstanceCounts })(serviceKind.classes.read.prototype, 'instances');
