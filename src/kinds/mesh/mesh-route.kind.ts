import { defineKind } from '../../entries/kind/kind.js';
import { EnumField, IntegerField, NestedField, NestedListField } from '../../platform/http/fields.js';
import { MeshCircuitBreaker } from './definition/breaker-settings.dto.js';
import { LOAD_BALANCERS, MeshDestination, MeshMatch } from './definition/route-match.dto.js';
import type { LoadBalancer } from './definition/route-match.dto.js';
import { MeshHealthCheck, MeshMirror, MeshRateLimit, MeshRetry, MeshRewrite } from './definition/route-policy.dto.js';
import { MeshTrafficSplit } from './definition/traffic-split.dto.js';

export const ROUTE_TYPES = ['http', 'grpc', 'tcp', 'websocket'] as const;
export type RouteType = (typeof ROUTE_TYPES)[number];

export class MeshRouteSpec {
  @EnumField(ROUTE_TYPES, { description: 'http when left out.', example: 'http' }) type?: RouteType | null;
  @NestedField(() => MeshMatch, { description: 'Which requests it takes; every one when left out.' })
  match?: MeshMatch | null;
  @NestedListField(() => MeshDestination, { most: 100 }) destinations?: MeshDestination[] | null;
  @EnumField(LOAD_BALANCERS, {
    description:
      "Among a destination's instances; the service's own or that of the mesh's configuration when left out.",
    example: 'round_robin',
  })
  load_balancer?: LoadBalancer | null;
  @IntegerField({
    min: 0,
    max: 86_400_000,
    description: "Until the whole answer has begun, retries included; the mesh's own when left out, 0 for none.",
    example: 15_000,
  })
  timeout_ms?: number | null;
  @NestedField(() => MeshRetry) retry?: MeshRetry | null;
  @NestedField(() => MeshCircuitBreaker) circuit_breaker?: MeshCircuitBreaker | null;
  @NestedField(() => MeshRateLimit) rate_limit?: MeshRateLimit | null;
  @NestedField(() => MeshHealthCheck) health_check?: MeshHealthCheck | null;
  @NestedField(() => MeshRewrite) rewrite?: MeshRewrite | null;
  @NestedField(() => MeshMirror) mirror?: MeshMirror | null;
  @NestedField(() => MeshTrafficSplit, {
    example: { type: 'header', rules: [{ destination: 'canary', name: 'x-canary', match: 'exact', value: '1' }] },
  })
  traffic_split?: MeshTrafficSplit | null;
}

export const meshRouteKind = defineKind({
  name: 'mesh_route',
  title: 'MeshRoute',
  plural: 'MeshRoutes',
  path: 'mesh/routes',
  prefix: 'route',
  spec: MeshRouteSpec,
  defaults: { type: 'http' },
  filters: ['type'],
  example: {
    name: 'orders',
    type: 'http',
    match: { hosts: ['orders.example.com'], path: '/orders', path_type: 'prefix' },
    destinations: [
      { name: 'stable', service: 'svc_orders', subset: 'v1', weight: 80 },
      { name: 'canary', service: 'svc_orders', subset: 'v2', weight: 20 },
    ],
    load_balancer: 'round_robin',
    timeout_ms: 15_000,
    retry: { attempts: 2, per_try_timeout_ms: 2000, retry_on: [502, 503, 504, 'reset'], budget_percent: 20 },
    circuit_breaker: { enabled: true, failure_threshold: 5, success_threshold: 2, open_seconds: 30 },
  },
  lifecycle: {
    initial: 'active',
    states: ['active', 'disabled'],
    transitions: {
      enable: { from: ['disabled'], to: 'active', summary: 'Enable a mesh route' },
      disable: {
        from: ['active'],
        to: 'disabled',
        summary: 'Disable a mesh route: it takes no requests and is exported to no proxy',
      },
    },
  },
});
