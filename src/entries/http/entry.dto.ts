import { ApiProperty, ApiPropertyOptional, IntersectionType, PartialType } from '@nestjs/swagger';
import { EnumField, ObjectField, Shown, TextField, TextListField } from '../../platform/http/fields.js';
import { NAME_PATTERN } from '../entry-key.js';
import { ALL_STATUSES, ENTRY_HEALTHS, ENTRY_TYPES } from '../entry-types.js';

export const NAME_RULE =
  'must start with a letter or digit and hold at most 128 of a-z 0-9 . _ + - (not ending in . _ -)';
const VERSION_PATTERN = /^[0-9A-Za-z][^\s@/?#\p{C}]{0,127}$/u;
const VERSION_RULE =
  'must start with a letter or digit and hold at most 128 characters, none of them a space or one of @ / ? #';

type Json = Record<string, unknown>;

/** The part of an entry its owner writes; `PUT` replaces it whole. */
export class EntryReplace {
  @TextField({ max: 512, description: 'Free text for people.', example: 'Fraud detector' })
  title?: string | null;

  @TextField({ max: 262144, trim: false, example: 'Scores card payments in real time.' })
  description?: string | null;

  @TextField({
    max: 128,
    lowerCase: true,
    pattern: NAME_PATTERN,
    rule: NAME_RULE,
    example: 'ai-ml',
    description: 'Feature category; found by the classification rules when left out.',
  })
  feature?: string | null;

  @EnumField(ALL_STATUSES, {
    description:
      'One of active, inactive, deprecated, pending, failed, archived, or a state of the lifecycle of its type.',
    example: 'active',
  })
  status?: string | null;

  @EnumField(ENTRY_HEALTHS, { example: 'healthy' })
  health?: string | null;

  @TextField({ min: 1, max: 256, example: 'team-payments' })
  owner?: string | null;

  @TextListField({ most: 100, max: 128, example: ['payments', 'critical'] })
  tags?: string[] | null;

  @ObjectField({
    description:
      'Free-form, at most 64 KiB. Keys named in `security_context.encrypted_fields` are stored encrypted; `********` ' +
      'sent in their place leaves them as they are.',
    example: { tier: 1 },
  })
  metadata?: Json | null;

  @ObjectField({ description: "The type's own fields, at most 64 KiB.", example: { type: 'api' } })
  spec?: Json | null;

  @TextListField({ most: 64, max: 128, example: ['eu-central-1'] })
  regions?: string[] | null;

  @TextField({
    min: 1,
    max: 300,
    description: 'Id, key or name of the registry it lives in; null takes it out. Of a registry, the one above.',
    example: 'reg_shop',
  })
  registry_id?: string | null;

  @ObjectField({
    description: '`{ framework: { status, checked_at, evidence } }`',
    example: { soc2: { status: 'compliant' } },
  })
  compliance_status?: Json | null;

  @ObjectField({
    example: { visibility: 'restricted', readers: ['role:payments', '0192f0c1-7c3a-7a10-9d5e-0242ac120002'] },
    description:
      'visibility public, internal or restricted; who is not among the readers of a restricted entry (ids of keys, oidc:<subject>, ' +
      'role:<name>) and may not do everything does not find it anywhere.',
  })
  security_context?: Json | null;
}

/** What names an entry: unique together, and fixed once it is made. */
export class EntryIdentity {
  @EnumField(ENTRY_TYPES, { required: true, example: 'service' })
  type: string;

  @TextField({
    max: 128,
    lowerCase: true,
    pattern: NAME_PATTERN,
    rule: NAME_RULE,
    example: 'fraud-detector',
    description: 'Made from the title when left out; unique per type and version.',
  })
  name?: string | null;

  @TextField({ max: 128, pattern: VERSION_PATTERN, rule: VERSION_RULE, example: '2.1.0' })
  version?: string | null;
}

export class EntryCreate extends IntersectionType(EntryIdentity, EntryReplace) {}

/** RFC 7396: `null` takes a field away, an object is merged. */
export class EntryPatch extends PartialType(IntersectionType(EntryIdentity, EntryReplace)) {}

/** `PUT` may repeat the identity; it may not change it. */
export class EntryPut extends PartialType(IntersectionType(EntryIdentity, EntryReplace)) {}

export class EntrySummary {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('svc_fraud-detector@2.1.0') key: string;
  @Shown('service', { enum: ENTRY_TYPES }) type: string;
  @Shown('fraud-detector') name: string;
  @Shown('2.1.0', { type: String, nullable: true }) version: string | null;
  @Shown('Fraud detector', { type: String, nullable: true }) title: string | null;
  @Shown('running', { enum: ALL_STATUSES }) status: string;
  @Shown('healthy', { enum: ENTRY_HEALTHS }) health: string;
  @Shown('ai-ml', { type: String, nullable: true }) feature: string | null;
}

/** An entry as every answer has it. */
export class Entry extends EntrySummary {
  @Shown('Scores card payments in real time.', { type: String, nullable: true }) description: string | null;
  @Shown(null, {
    type: String,
    nullable: true,
    description: 'Its own report, where `health` shows what its dependencies leave of it.',
  })
  reported_health: string | null;
  @Shown('team-payments', { type: String, nullable: true }) owner: string | null;
  @Shown(['payments', 'critical'], { type: [String] }) tags: string[];
  @ApiProperty({ type: Object, additionalProperties: true, example: { tier: 1 } }) metadata: Json;
  @ApiProperty({ type: Object, additionalProperties: true, example: { type: 'api' } }) spec: Json;
  @Shown(['eu-central-1'], { type: [String] }) regions: string[];
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120003', {
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The registry it lives in.',
  })
  registry_id: string | null;
  @ApiProperty({ type: Object, additionalProperties: true, example: {} }) sync_status: Json;
  @ApiProperty({ type: Object, additionalProperties: true, example: {} }) compliance_status: Json;
  @ApiProperty({ type: Object, additionalProperties: true, example: {} }) security_context: Json;
  @Shown('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', {
    description: 'SHA-256 over the canonical JSON (RFC 8785) of the writable part, `registry_id` apart.',
  })
  checksum: string;
  @ApiProperty({ type: 'integer', description: 'Goes up by one with every change; the ETag.', example: 3 })
  revision: number;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) created_at: string;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) updated_at: string;
  @Shown(null, {
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was last read by id, to some seconds.',
  })
  accessed_at: string | null;
}

export class Classification {
  @Shown('ai-ml', { type: String, nullable: true }) feature: string | null;
  @Shown(0.9, { description: '0 to 1.' }) confidence: number;
  @Shown('.*(ai|ml|neural).*', {
    type: String,
    nullable: true,
    description: 'The rule that won; null when none matched.',
  })
  rule: string | null;
}

export class EntryCreated extends Entry {
  @ApiPropertyOptional({ type: Classification, description: 'Present when the feature was left to the rules.' })
  classification?: Classification;
}
