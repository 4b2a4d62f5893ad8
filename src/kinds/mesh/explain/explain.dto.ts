import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, IntegerField, NumberField, ObjectField, Shown, TextField } from '../../../platform/http/fields.js'; // prettier-ignore
import { BREAKER_STATES } from '../breaker/breaker.repository.js';
import { LOAD_BALANCERS } from '../definition/route-match.dto.js';

/** A request as it would be sent. */
export class MeshSampleRequest {
  @TextField({ min: 1, max: 32, pattern: /^[A-Za-z!#$%&'*+.^_`|~-]+$/, rule: 'must be the name of a method', description: 'GET when left out.', example: 'GET' }) // prettier-ignore
  method?: string | null;
  @TextField({ max: 253, description: "The request's Host.", example: 'orders.example.com' }) host?: string | null;
  @TextField({ max: 8192, trim: false, pattern: /^\//, rule: 'must begin with /', description: '`/` when left out; a query is passed over.', example: '/orders/42' }) // prettier-ignore
  path?: string | null;
  @ObjectField({ mostBytes: 32_768, description: 'Texts by name.', example: { 'x-canary': '1' } })
  headers?: Record<string, unknown> | null;
  @TextField({ max: 64, description: "The client's address, for ip_hash; the caller's own when left out.", example: '10.1.2.3' }) // prettier-ignore
  client_ip?: string | null;
  @TextField({ min: 1, max: 128, pattern: /^[A-Za-z0-9._-]+$/, rule: 'must be letters, digits and ._-', description: 'Draws of percentages are made by it: sent as `X-Request-Id`, the same happens. One is made when left out.', example: 'sample-1' }) // prettier-ignore
  request_id?: string | null;
}

export class MeshExplainRequest extends MeshSampleRequest {
  @TextField({ min: 1, max: 300, description: 'Id, key or name of a route, as in `/mesh/proxy/{route}`; the first that takes the request when left out.', example: 'route_orders' }) // prettier-ignore
  route?: string | null;
}

export class MeshRouteConsidered {
  @Shown('0190a6e0-5c1b-7a3f-9d2e-4b8c1f6a7d90', { format: 'uuid' }) route_id: string;
  @Shown('route_orders') route: string;
  @Shown(false) takes_it: boolean;
  @Shown('header', { type: String, nullable: true, enum: ['host', 'path', 'method', 'header', 'disabled'] })
  mismatch: string | null;
}

export class MeshSplitVerdict {
  @Shown('canary') branch: string;
  @Shown('percentage', { enum: ['header', 'cookie', 'sticky', 'percentage', 'weight'] }) by: string;
  @Shown(0, { type: 'integer', nullable: true, description: "Place of the split's rule." }) rule: number | null;
  @Shown('orders_split=canary', { type: String, nullable: true, description: 'Set in the answer.' })
  sets_cookie: string | null;
}

export class MeshTarget {
  @Shown('canary', { description: 'Name of the destination.' }) destination: string;
  @Shown('http://10.0.0.7:8080', { type: String, nullable: true }) url: string | null;
  @Shown('10.0.0.7', { type: String, nullable: true }) host: string | null;
  @Shown(8080, { type: 'integer', nullable: true }) port: number | null;
  @Shown('svc_orders', { type: String, nullable: true }) service: string | null;
  @Shown('orders-7f9c', { type: String, nullable: true, description: 'Id of the instance.' }) instance: string | null;
  @Shown('eu-1a', { type: String, nullable: true }) zone: string | null;
  @Shown('round_robin', { type: String, nullable: true, enum: LOAD_BALANCERS }) load_balancer: string | null;
  @Shown(3, { type: 'integer', description: 'Addresses there were to choose from.' }) candidates: number;
  @Shown('/v2/orders/42', { description: 'As it is sent on.' }) path: string;
}

export class MeshBreakerVerdict {
  @Shown('closed', { enum: BREAKER_STATES }) state: string;
  @Shown('pass', { enum: ['pass', 'probe', 'refuse'], description: 'probe: let through to try, while half open.' })
  verdict: string;
  @Shown(0, { description: 'Of a refusal, in how many seconds to try again.' }) retry_after_seconds: number;
}

export const OUTCOMES = ['sent', 'no_route', 'not_proxied', 'rate_limited', 'no_destination', 'circuit_open'] as const;

export class MeshExplanation {
  @Shown('sent', { enum: OUTCOMES }) outcome: (typeof OUTCOMES)[number];
  @Shown(null, {
    type: 'integer',
    nullable: true,
    description: 'What the proxy answers by itself, without sending it.',
  })
  status: number | null;
  @Shown('sample-1') request_id: string;
  @Shown('route_orders', { type: String, nullable: true }) route: string | null;
  @Shown('0190a6e0-5c1b-7a3f-9d2e-4b8c1f6a7d90', { type: String, format: 'uuid', nullable: true })
  route_id: string | null;
  @ApiProperty({ type: [MeshRouteConsidered], description: 'In the order in which they are tried.' })
  considered: MeshRouteConsidered[];
  @ApiProperty({ type: MeshSplitVerdict, nullable: true }) split: MeshSplitVerdict | null;
  @ApiProperty({ type: MeshTarget, nullable: true }) target: MeshTarget | null;
  @ApiProperty({ type: MeshBreakerVerdict, nullable: true }) circuit_breaker: MeshBreakerVerdict | null;
  @Shown(2, { type: 'integer', description: 'Tries beside the first, where the request may be sent again.' })
  retries: number;
  @Shown(15_000, { type: 'integer', description: '0 for none.' }) timeout_ms: number;
  @Shown(12, { type: 'integer', description: 'Of the mesh that was asked.' }) version: number;
}

export class MeshResolution extends MeshExplanation {
  @Shown(null, { type: 'integer', nullable: true, description: 'Of a probe: to be given back in the report.' })
  probe: number | null;
}

export class MeshReport {
  @TextField({ min: 1, max: 300, description: 'Name of the destination.', example: 'stable' }) destination?: string | null; // prettier-ignore
  @BooleanField({ required: true, example: true }) success: boolean;
  @IntegerField({ min: 0, max: 999, description: 'HTTP status; 0 without an answer.', example: 200 })
  status?: number | null;
  @NumberField({ min: 0, max: 86_400_000, example: 12.5 }) latency_ms?: number | null;
  @IntegerField({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'As `resolve` gave it.', example: 3 })
  probe?: number | null;
}

export class MeshReported {
  @Shown(true) accepted: boolean;
  @ApiProperty({ type: MeshBreakerVerdict }) circuit_breaker: MeshBreakerVerdict;
}
