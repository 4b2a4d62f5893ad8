import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { EnumField, ObjectField, Shown, TextField, TextListField } from '../../platform/http/fields.js';
import { PageQuery } from '../../platform/http/paging.js';
import { ROLE_NAME, ROLE_NAME_RULE } from '../roles/role-name.js';
import { KEY_TYPES } from './key-format.js';

export const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;
const YEAR_SECONDS = 31_536_000;
export const KEY_STATES = ['active', 'expired', 'revoked'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** So many requests in so long a window. */
export class RateLimit {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 1_000_000_000, example: 1000 })
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  limit: number;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: YEAR_SECONDS, example: 3600 })
  @IsInt()
  @Min(1)
  @Max(YEAR_SECONDS)
  window_seconds: number;
}

export class ApiKeyCreate {
  @TextField({
    required: true,
    min: 1,
    max: 200,
    description: 'What or whom the key is for.',
    example: 'Build pipeline',
  })
  name: string;

  @EnumField(KEY_TYPES, {
    required: true,
    description: 'Shown by the prefix: `ureg_`, `svc_`, `admin_`. Only an admin key can hold `admin:…` or `*`.',
    example: 'service_key',
  })
  type: (typeof KEY_TYPES)[number];

  @TextListField({
    most: 100,
    max: 80,
    example: ['read:*', 'write:entities'],
    description: '`read:<area>`, `write:<area>`, `admin:<area>`, wildcards for whole segments, or `*`.',
  })
  permissions?: string[] | null;

  @TextField({
    max: 63,
    lowerCase: true,
    pattern: ROLE_NAME,
    rule: ROLE_NAME_RULE,
    description: 'A set of permissions by name, beside those given: `admin`, `developer`, `viewer` or one of your own.',
    example: 'viewer',
  })
  role?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2030-01-01T00:00:00.000Z',
    description: 'The key stops working then; never when left out.',
  })
  @IsOptional()
  @Matches(DATE_TIME, { message: '$property must be an RFC 3339 date and time' })
  expires_at?: string | null;

  @ApiPropertyOptional({ type: RateLimit, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RateLimit)
  rate_limit?: RateLimit | null;

  @TextListField({
    most: 100,
    max: 64,
    example: ['10.0.0.0/8', '2001:db8::/32'],
    description: 'Networks (CIDR) or addresses it may be used from; anywhere when empty.',
  })
  allowed_ips?: string[] | null;

  @ObjectField({ description: 'Free-form, at most 64 KiB.', example: { team: 'payments' } })
  metadata?: Record<string, unknown> | null;
}

/** RFC 7396: `null` takes a field away. The type is fixed, as the prefix shows it. */
export class ApiKeyPatch extends PartialType(OmitType(ApiKeyCreate, ['type'])) {}

export class ApiKeyQuery extends PageQuery {
  @ApiPropertyOptional({ enum: KEY_TYPES })
  @IsOptional()
  @IsIn(KEY_TYPES)
  type?: (typeof KEY_TYPES)[number];

  @ApiPropertyOptional({ enum: KEY_STATES })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsOptional()
  @IsIn(KEY_STATES)
  status?: KeyState;

  @ApiPropertyOptional({ maxLength: 200, description: 'Part of the name, in any case.', example: 'pipeline' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  q?: string;
}

/** A key as every answer shows it: which one it is, never what it is. */
export class ApiKey {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('Build pipeline') name: string;
  @Shown('service_key', { enum: KEY_TYPES }) type: string;
  @Shown('active', { enum: KEY_STATES }) status: KeyState;
  @Shown('svc_', { description: 'How the key begins.' }) prefix: string;
  @Shown('k3Xa', { description: 'How the key ends.' }) last_four: string;
  @Shown(['read:*', 'write:entities'], { type: [String] }) permissions: string[];
  @Shown('viewer', { type: String, nullable: true }) role: string | null;
  @Shown(null, { type: String, format: 'date-time', nullable: true }) expires_at: Date | null;
  @ApiProperty({ type: RateLimit, nullable: true }) rate_limit: RateLimit | null;
  @Shown(['10.0.0.0/8'], { type: [String] }) allowed_ips: string[];
  @ApiProperty({ type: Object, additionalProperties: true, example: { team: 'payments' } }) metadata: object;
  @Shown('api', {
    enum: ['api', 'first', 'env'],
    description: 'Made by a call, at the first start, or by REGISTRY_ADMIN_KEY.',
  })
  origin: string;
  @Shown('admin_key:0192f0c1-7c3a-7a10-9d5e-0242ac120002') created_by: string;
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', {
    format: 'uuid',
    description: 'One for a key and those that take its place by rotation: they share their quota.',
  })
  rotation_group_id: string;
  @Shown(null, { type: String, format: 'uuid', nullable: true, description: 'The key whose place it takes.' })
  rotated_from: string | null;
  @Shown(null, {
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when another key takes its place.',
  })
  replaced_at: Date | null;
  @Shown(null, {
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was found where it does not belong.',
  })
  leaked_at: Date | null;
  @Shown(null, { type: String, nullable: true, description: 'Where that was, if the report says so.' })
  leaked_url: string | null;
  @Shown('2026-05-02T09:30:00.000Z', { type: String, format: 'date-time', nullable: true }) last_used_at: Date | null;
  @Shown('10.1.2.3', { type: String, nullable: true }) last_used_ip: string | null;
  @Shown(4711, { description: 'Counted every ten seconds.' }) use_count: number;
  @Shown(1) revision: number;
  @Shown('2026-05-01T12:00:00.000Z', { format: 'date-time' }) created_at: Date;
  @Shown('2026-05-01T12:00:00.000Z', { format: 'date-time' }) updated_at: Date;
  @Shown(null, { type: String, format: 'date-time', nullable: true }) revoked_at: Date | null;
}

/** The only answer that ever holds the key itself. */
export class ApiKeyMade extends ApiKey {
  @Shown('svc_0000000000000000000000000000000000000000000000000', {
    description: 'Shown this once; only its hash is kept.',
  })
  key: string;
}

export const LONGEST_GRACE_SECONDS = 2_592_000;
export const USUAL_GRACE_SECONDS = 86_400;

export class KeyRotate {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: LONGEST_GRACE_SECONDS,
    default: USUAL_GRACE_SECONDS,
    nullable: true,
    example: USUAL_GRACE_SECONDS,
    description: 'Seconds that the old key works on, at most 30 days; 0 ends it at once. Its own end may come first.',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LONGEST_GRACE_SECONDS)
  grace_period_seconds?: number | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2030-01-01T00:00:00.000Z',
    description: 'When the new key ends; when the old one would have, if left out; never, if null.',
  })
  @IsOptional()
  @Matches(DATE_TIME, { message: '$property must be an RFC 3339 date and time' })
  expires_at?: string | null;
}

/** The new key, shown this once, and how long the old one works on. */
export class ApiKeyRotated extends ApiKeyMade {
  @Shown('2026-05-02T12:00:00.000Z', { format: 'date-time', description: 'When the old key ends.' })
  former_expires_at: Date;
}
