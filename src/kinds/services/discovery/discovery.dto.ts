import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { Shown } from '../../../platform/http/fields.js';
import { DEFAULT_ROWS, MOST_ROWS, WholeNumber } from '../../../platform/http/paging.js';
import { ServiceInstance } from '../instances/instance.dto.js';
import { SERVICE_TYPES } from '../service.kind.js';

const MOST_VALUES = 20;
const METADATA = /^[^:]{1,128}:[^]{0,256}$/;
const WAIT = /^(\d{1,6}ms|\d{1,4}s|\d{1,2}m)$/;

/** `?zone=a,b` and `?zone=a&zone=b` are the same list. */
const list = ({ value }: { value: unknown }): unknown =>
  value === undefined
    ? undefined
    : (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
        typeof one === 'string' ? one.split(',').map((word) => word.trim()) : [one],
      );
const repeated = ({ value }: { value: unknown }): unknown =>
  value === undefined || Array.isArray(value) ? value : [value];

const Words = (description: string, example: string[], transform = list): PropertyDecorator => {
  const decorators = [
    ApiPropertyOptional({ type: [String], maxItems: MOST_VALUES, description, example }),
    Transform(transform),
    IsOptional(),
    IsArray(),
    ArrayMaxSize(MOST_VALUES),
    IsString({ each: true }),
    Length(1, 128, { each: true }),
  ];
  return (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };
};

const Flag = (description: string): PropertyDecorator => {
  const decorators = [
    ApiPropertyOptional({ enum: ['true', 'false'], description }),
    IsOptional(),
    IsIn(['true', 'false']),
  ];
  return (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };
};

/** Which instances, and in which order. */
export class InstanceFilterQuery {
  @Words('Only in these zones, those of the first before those of the next.', ['eu-central-1a'])
  zone?: string[];

  @Words('Those of the first zone before those of the next before all others.', ['eu-central-1a', 'eu-central-1b'])
  prefer_zone?: string[];

  @ApiPropertyOptional({
    type: [String],
    maxItems: MOST_VALUES,
    description: 'Key and value of their metadata; repeatable, all must match.',
    example: ['release:2026.1'],
  })
  @Transform(repeated)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_VALUES)
  @Matches(METADATA, { each: true, message: 'each of $property must be <key>:<value>' })
  metadata?: string[];
}

export class InstanceQuery extends InstanceFilterQuery {
  @Flag('true: only those clients may be sent to; false: only the others.')
  healthy?: 'true' | 'false';

  @Words('Tags of instances; repeatable, all must match.', ['canary'], repeated)
  tag?: string[];

  @Flag('Also those of a service that is disabled or stopped, of which discovery answers none.')
  include_closed?: 'true' | 'false';

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    description:
      'The `X-Index` of the answer before: with `wait`, the answer comes when there is something else to say.',
    example: 42,
  })
  @WholeNumber()
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  index?: number;

  @ApiPropertyOptional({
    description: 'For how long at most to wait for a change, up to 10m; a sixteenth may be added.',
    example: '30s',
    pattern: WAIT.source,
  })
  @IsOptional()
  @Matches(WAIT, { message: 'wait must be a duration such as 30s, 500ms or 5m' })
  wait?: string;
}

export class DiscoverQuery extends InstanceFilterQuery {
  @Words('Either of these names.', ['checkout'])
  name?: string[];

  @ApiPropertyOptional({ type: [String], enum: SERVICE_TYPES, description: 'Either of these types.', example: ['api'] })
  @Transform(list)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_VALUES)
  @IsIn(SERVICE_TYPES, { each: true })
  type?: string[];

  @Words('Tags of services; repeatable, all must match.', ['payments'], repeated)
  tag?: string[];

  @Words('Either of these feature categories.', ['cloud-native'])
  feature?: string[];

  @ApiPropertyOptional({
    enum: ['true', 'false', 'any'],
    default: 'true',
    description: 'true: instances that clients may be sent to; false: the others; any: both.',
    example: 'true',
  })
  @IsIn(['true', 'false', 'any'])
  healthy: 'true' | 'false' | 'any' = 'true';

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_ROWS, default: DEFAULT_ROWS, example: 50 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MOST_ROWS)
  limit: number = DEFAULT_ROWS;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: 1_000_000, example: 0 })
  @WholeNumber()
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  offset?: number;
}

export class DiscoveredService {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('svc_checkout') key: string;
  @Shown('checkout') name: string;
  @Shown('1.0.0', { nullable: true, type: String }) version: string | null;
  @Shown('Checkout', { nullable: true, type: String }) title: string | null;
  @Shown('api', { nullable: true, type: String }) type: string | null;
  @Shown('running') status: string;
  @Shown('cloud-native', { nullable: true, type: String }) feature: string | null;
  @Shown(['payments'], { type: [String] }) tags: string[];
  @Shown({ team: 'shop' }, { type: Object }) labels: Record<string, unknown>;
  @Shown(42, { type: 'integer', description: 'Counts its changes: what `index` waits for.' }) index: number;
  @ApiProperty({ type: [ServiceInstance] }) instances: ServiceInstance[];
}

export class InstanceTotals {
  @Shown(9990, { type: 'integer' }) passing: number;
  @Shown(5, { type: 'integer' }) warning: number;
  @Shown(1, { type: 'integer' }) critical: number;
  @Shown(2, { type: 'integer', description: 'Silent.' }) expired: number;
  @Shown(2, { type: 'integer' }) draining: number;
}

export class LossGuard {
  @Shown(false, { description: 'True while most instances are silent at once and none is given up for it.' })
  active: boolean;
  @Shown(null, { nullable: true, type: String, format: 'date-time' }) since: string | null;
  @Shown(null, { nullable: true, type: String, format: 'date-time', description: 'When it ends by itself.' }) until:
    string | null;
  @Shown(0, { type: 'integer', description: 'Instances that are kept only because of it.' }) silent: number;
}

export class DiscoveryState {
  @Shown(2000, { type: 'integer', description: 'Services that have or had instances.' }) services: number;
  @ApiProperty({ type: InstanceTotals }) instances: InstanceTotals;
  @Shown(120, { type: 'integer', description: 'Requests that wait for a change, in this process.' }) watchers: number;
  @Shown(80, { type: 'integer', description: 'Milliseconds since this process last asked for changes.' })
  snapshot_age_ms: number;
  @Shown('2026-01-31T09:30:00.000Z', {
    nullable: true,
    type: String,
    format: 'date-time',
    description: 'Since when heartbeats are taken without a gap; silence before does not count.',
  })
  listening_since: string | null;
  @ApiProperty({ type: LossGuard }) guard: LossGuard;
}
