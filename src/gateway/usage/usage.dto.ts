import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { DATE_TIME } from '../keys/api-key.dto.js';
import { Shown } from '../../platform/http/fields.js';
import { WholeNumber } from '../../platform/http/paging.js';
import { KEY_TYPES } from '../keys/key-format.js';
import { STEPS } from './usage-range.js';
import type { UsageStep } from './usage-range.js';

const MOST_RANKED = 100;
export const GROUPS = ['route', 'key'] as const;
const A_ROUTE = 'GET /api/v1/entities/:id';
const A_KEY = '0192f0c1-7c3a-7a10-9d5e-0242ac120002';
const A_TIME = '2026-05-02T09:00:00.000Z';

const Moment =
  (description: string, example: string): PropertyDecorator =>
  (target, property) => {
    ApiPropertyOptional({ type: String, format: 'date-time', description, example })(target, property);
    IsOptional()(target, property);
    Matches(DATE_TIME, { message: '$property must be an RFC 3339 date and time' })(target, property);
  };

export class UsageQuery {
  @Moment(
    'Beginning, taken back to a whole step; a day before `to` (30 with `step=day`) if left out.',
    '2026-05-01T00:00:00Z',
  )
  from?: string;

  @Moment('End, taken on to a whole step; now if left out.', '2026-05-02T00:00:00Z')
  to?: string;

  @ApiPropertyOptional({
    enum: STEPS,
    description:
      'What the series goes by, in UTC: `hour` (at most 31 days) or `day` (at most 400); by the hour up to 7 days if left out.',
  })
  @IsOptional()
  @IsIn(STEPS)
  step?: UsageStep;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_RANKED,
    default: 10,
    description: 'How many routes and keys are named, those with most requests.',
    example: 10,
  })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MOST_RANKED)
  limit: number = 10;
}

export class KeyUsageQuery extends UsageQuery {
  @ApiPropertyOptional({ maxLength: 300, description: 'This route alone, as `by_route` names it.', example: A_ROUTE })
  @IsOptional()
  @IsString()
  @Length(1, 300)
  route?: string;

  @ApiPropertyOptional({
    enum: GROUPS,
    description:
      "Adds a series for each route, or tells apart the keys that took each other's place, with a series each.",
  })
  @IsOptional()
  @IsIn(GROUPS)
  group_by?: (typeof GROUPS)[number];
}

/** How long answers took: so many milliseconds or less for half, 95 % and 99 % of the requests; at most 5 % wrong. */
export class Latency {
  @Shown(4.2, { type: Number, nullable: true }) p50: number | null;
  @Shown(18.6, { type: Number, nullable: true }) p95: number | null;
  @Shown(41.3, { type: Number, nullable: true }) p99: number | null;
}

export class UsageFigures {
  @Shown(4711) requests: number;
  @Shown(12, { description: 'Answered by 4xx or 5xx.' }) errors: number;
  @Shown(0.0025, { description: 'Their share, 0 to 1.' }) error_rate: number;
  @Shown(11, { description: 'Answered by 4xx.' }) client_errors: number;
  @Shown(1, { description: 'Answered by 5xx.' }) server_errors: number;
  @Shown(3, { description: 'Answered by 429.' }) rate_limited: number;
  @Shown(1_840_000, { description: 'Bytes sent, heads included.' }) bytes_out: number;
  @Shown({ p50: 4.2, p95: 18.6, p99: 41.3 }, { type: () => Latency }) latency_ms: Latency;
}

export class UsageStepFigures extends UsageFigures {
  @Shown(A_TIME, { format: 'date-time', description: 'When the step begins.' }) at: Date;
}

export class RouteUsage extends UsageFigures {
  @Shown(A_ROUTE, { description: 'Method and template; `unmatched` for all paths there are not.' }) route: string;
  @Shown(A_TIME, { format: 'date-time' }) last_used_at: Date;
}

export class RouteUsageSeries extends RouteUsage {
  @ApiPropertyOptional({ type: [UsageStepFigures], description: 'With `group_by=route`.' }) series?: UsageStepFigures[];
}

export class SingleKeyUsage extends UsageFigures {
  @Shown(A_KEY) key_id: string;
  @Shown(A_TIME, { format: 'date-time' }) last_used_at: Date;
  @Shown([], { type: [UsageStepFigures] }) series: UsageStepFigures[];
}

class Reported {
  @Shown('2026-05-01T00:00:00.000Z', { format: 'date-time' }) from: Date;
  @Shown('2026-05-02T00:00:00.000Z', { format: 'date-time', description: 'The first moment behind the range.' })
  to: Date;
  @Shown('hour', { enum: STEPS }) step: UsageStep;
}

/** What a key was used for, together with those it took the place of and that took its place. */
export class KeyUsageReport extends Reported {
  @Shown(A_KEY, { description: 'Or `oidc:<subject>` of an outside issuer.' }) key_id: string;
  @Shown('Build pipeline', { type: String, nullable: true }) name: string | null;
  @Shown(A_KEY) rotation_group_id: string;
  @Shown([A_KEY], { type: [String], description: 'All keys whose usage this is, oldest first.' }) key_ids: string[];
  @Shown(A_TIME, { type: String, format: 'date-time', nullable: true, description: 'Ever, whatever the range.' })
  last_used_at: Date | null;
  @Shown(undefined, { type: UsageFigures }) totals: UsageFigures;
  @Shown(undefined, { type: [RouteUsageSeries] }) by_route: RouteUsageSeries[];
  @ApiPropertyOptional({ type: [SingleKeyUsage], description: 'With `group_by=key`.' }) by_key?: SingleKeyUsage[];
  @Shown(undefined, { type: [UsageStepFigures] }) series: UsageStepFigures[];
}

/** Requests that did not get what they wanted, by reason. */
export class RefusedRequests {
  @Shown(5, { description: '401: no credential, or one that does not hold.' }) unauthenticated: number;
  @Shown(0, { description: '429: too many credentials of an address that did not hold.' }) too_many_failures: number;
  @Shown(3, { description: '403: a permission is missing.' }) forbidden: number;
  @Shown(3, { description: '429: the quota of a key is spent.' }) quota_exceeded: number;
}

export class TopKey extends UsageFigures {
  @Shown(A_KEY, { description: 'The newest of its line, or `oidc:<subject>`.' }) id: string;
  @Shown('Build pipeline', { type: String, nullable: true }) name: string | null;
  @Shown('service_key', { enum: [...KEY_TYPES, 'user'] }) type: string;
  @Shown(A_TIME, { format: 'date-time' }) last_used_at: Date;
}

export class KeyNumbers {
  @Shown('service_key', { enum: KEY_TYPES }) type: string;
  @Shown(4) active: number;
  @Shown(1) expired: number;
  @Shown(2) revoked: number;
}

/** What all callers together asked of the service. */
export class GatewayStats extends Reported {
  @Shown(undefined, { type: UsageFigures }) totals: UsageFigures;
  @Shown(undefined, { type: RefusedRequests }) refused: RefusedRequests;
  @Shown(undefined, { type: UsageFigures, description: "Of the totals, what nobody's key asked." })
  without_key: UsageFigures;
  @Shown(undefined, { type: [TopKey] }) top_keys: TopKey[];
  @Shown(undefined, { type: [RouteUsage] }) top_routes: RouteUsage[];
  @Shown(undefined, { type: [UsageStepFigures] }) series: UsageStepFigures[];
  @Shown(undefined, { type: [KeyNumbers] }) keys: KeyNumbers[];
}
