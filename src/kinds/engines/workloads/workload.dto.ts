import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import {
  BooleanField,
  EnumField,
  IntegerField,
  NestedField,
  ObjectField,
  Shown,
  TextField,
} from '../../../platform/http/fields.js';
import { PageQuery } from '../../../platform/http/paging.js';
import { PRIORITIES } from './workload-priority.js';
import type { Priority } from './workload-priority.js';
import { CAUSES, WORKLOAD_STATUSES } from './workload-response.js';
import type { WorkloadStatus } from './workload-response.js';

const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ID = '0192f0c1-7c3a-7a10-9d5e-0242ac120002';
const TOKEN = '5c2ab0ff-6f1c-4b60-9d3e-4a8a0e2a7a11';
const AT = '2026-03-01T09:30:00.000Z';
const DAY = 86_400;

export class WorkloadRequirements {
  @BooleanField({ description: 'Given only to workers that have a GPU.', example: false }) gpu?: boolean | null;
}

export class WorkloadCreate {
  @TextField({
    required: true,
    min: 1,
    max: 256,
    description: 'What is to be done, in words that workers know.',
    example: 'train',
  })
  task: string;

  @EnumField(PRIORITIES, { description: 'normal when left out.', example: 'high' }) priority?: Priority | null;

  @ObjectField({ description: 'For the worker; at most 64 KiB.', example: { model: 'fraud-7' } })
  payload?: Record<string, unknown> | null;

  @NestedField(() => WorkloadRequirements) requires?: WorkloadRequirements | null;

  @IntegerField({ min: 1, max: 100, description: '3 when left out.', example: 3 }) max_attempts?: number | null;

  @IntegerField({
    min: 1,
    max: 30 * DAY,
    description: 'How long one attempt may take, however often its lease is prolonged; without a limit when left out.',
    example: 600,
  })
  timeout_seconds?: number | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Not before; at once when left out.',
    example: '2030-01-01T00:00:00.000Z',
  })
  @IsOptional()
  @Matches(DATE_TIME, { message: '$property must be an RFC 3339 date and time' })
  run_at?: string | null;
}

export class Workload {
  @Shown(ID, { format: 'uuid' }) id: string;
  @Shown(ID, { format: 'uuid' }) engine_id: string;
  @Shown('train') task: string;
  @ApiProperty({ type: String, enum: PRIORITIES, example: 'high' }) priority: Priority;
  @ApiProperty({ type: String, enum: WORKLOAD_STATUSES, example: 'queued' }) status: WorkloadStatus;
  @ApiProperty({ type: Object, additionalProperties: true, example: { model: 'fraud-7' } }) payload: object;
  @ApiProperty({ type: WorkloadRequirements }) requires: WorkloadRequirements;
  @ApiProperty({ type: 'integer', description: 'Begun so far.', example: 0 }) attempts: number;
  @ApiProperty({ type: 'integer', example: 3 }) max_attempts: number;
  @ApiProperty({ type: 'integer', nullable: true, example: 600 }) timeout_seconds: number | null;
  @Shown(AT, { format: 'date-time', description: 'When it was, or will be, ready to run.' }) run_at: string;
  @Shown('worker-7', { type: String, nullable: true, description: 'Of the last attempt.' }) worker: string | null;
  @Shown(AT, { type: String, format: 'date-time', nullable: true }) lease_until: string | null;
  @Shown(AT, { type: String, format: 'date-time', nullable: true, description: 'Of the last attempt.' })
  started_at: string | null;
  @ApiProperty({ type: Object, additionalProperties: true, nullable: true, example: { accuracy: 0.97 } })
  result: object | null;
  @ApiProperty({
    type: String,
    enum: CAUSES,
    nullable: true,
    description: 'Why the last attempt ended without success.',
    example: 'failed',
  })
  cause: string | null;
  @Shown('out of memory', { type: String, nullable: true }) error: string | null;
  @Shown(AT, { format: 'date-time' }) created_at: string;
  @Shown(AT, { type: String, format: 'date-time', nullable: true }) finished_at: string | null;
}

export class LeasedWorkload extends Workload {
  @Shown(TOKEN, { format: 'uuid', description: 'Proves who holds the lease: send it with what you say of it.' })
  lease_token: string;
}

const list = ({ value }: { value: unknown }): unknown =>
  value === undefined
    ? undefined
    : (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
        typeof one === 'string' ? one.split(',').map((word) => word.trim().toLowerCase()) : [one],
      );

export class WorkloadQuery extends PageQuery {
  @ApiPropertyOptional({ type: [String], enum: WORKLOAD_STATUSES, example: ['queued'] })
  @Transform(list)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @IsIn(WORKLOAD_STATUSES, { each: true })
  status?: WorkloadStatus[];

  @ApiPropertyOptional({ type: [String], enum: PRIORITIES, example: ['critical'] })
  @Transform(list)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @IsIn(PRIORITIES, { each: true })
  priority?: Priority[];

  @ApiPropertyOptional({ maxLength: 256, description: 'The exact task.', example: 'train' })
  @IsOptional()
  @IsString()
  @Length(1, 256)
  task?: string;
}

const LEASE_DESCRIPTION = 'Who is not heard of for so long has lost the lease; 60 when left out.';

export class WorkloadLease {
  @TextField({ required: true, min: 1, max: 128, description: 'Who asks.', example: 'worker-7' }) worker: string;
  @IntegerField({ min: 1, max: 1000, description: 'At most so many; 1 when left out.', example: 10 })
  count?: number | null;
  @IntegerField({ min: 1, max: 3600, description: LEASE_DESCRIPTION, example: 60 }) lease_seconds?: number | null;
  @BooleanField({ description: 'false: the worker has no GPU, and gets nothing that needs one.', example: false })
  gpu?: boolean | null;
}

class Held {
  @TextField({ required: true, max: 36, pattern: UUID, rule: 'must be a lease token', example: TOKEN })
  lease_token: string;
}

export class WorkloadHeartbeat extends Held {
  @IntegerField({ min: 1, max: 3600, description: 'As the lease was asked for when left out.', example: 60 })
  lease_seconds?: number | null;
}

export class WorkloadCompletion extends Held {
  @ObjectField({ description: 'At most 64 KiB.', example: { accuracy: 0.97 } })
  result?: Record<string, unknown> | null;
}

export class WorkloadFailure extends Held {
  @TextField({ max: 4000, example: 'out of memory' }) error?: string | null;
  @BooleanField({ description: 'false: another attempt would be in vain.', example: true }) retry?: boolean | null;
}
