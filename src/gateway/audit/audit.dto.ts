import { ApiProperty, ApiPropertyOptional, OmitType, PickType } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { Shown } from '../../platform/http/fields.js';
import { PageQuery, WholeNumber } from '../../platform/http/paging.js';
import { FAULTS } from './chain-review.js';

const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;
const DATE_TIME_RULE = { message: '$property must be an RFC 3339 date and time' };
export const OUTCOMES = ['success', 'denied', 'failed'] as const;
const HASH = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9';

/** What the trail may be narrowed by. */
export class AuditQuery extends PickType(PageQuery, ['limit', 'cursor'] as const) {
  @ApiPropertyOptional({
    maxLength: 128,
    description: 'Id of the key that did it; `system` or `anonymous`.',
    example: '0192f0c1-7c3a-7a10-9d5e-0242ac120002',
  })
  @IsOptional()
  @IsString()
  @Length(1, 128)
  actor?: string;

  @ApiPropertyOptional({
    maxLength: 100,
    description: 'What was done: an action, or all of an area by `.*`.',
    example: 'key.*',
  })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @Matches(/^[a-z][a-z_]*(\.[a-z_]+)*(\.\*)?$/, { message: '$property must be like key.create or key.*' })
  action?: string;

  @ApiPropertyOptional({
    maxLength: 256,
    description: 'What it was done to: an id, or a key, with a version or for all versions.',
    example: 'svc_checkout@1.2.0',
  })
  @IsOptional()
  @IsString()
  @Length(1, 256)
  entity?: string;

  @ApiPropertyOptional({ enum: OUTCOMES })
  @IsOptional()
  @IsIn(OUTCOMES)
  outcome?: (typeof OUTCOMES)[number];

  @ApiPropertyOptional({ maxLength: 64, description: 'Address it came from.', example: '10.1.2.3' })
  @IsOptional()
  @IsString()
  @Length(1, 64)
  address?: string;

  @ApiPropertyOptional({ maxLength: 128, example: '5c2ab0ff-6f1c-4b60-9d3e-4a8a0e2a7a11' })
  @IsOptional()
  @IsString()
  @Length(1, 128)
  request_id?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Not before.', example: '2026-05-01T00:00:00.000Z' })
  @IsOptional()
  @Matches(DATE_TIME, DATE_TIME_RULE)
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before.', example: '2026-06-01T00:00:00.000Z' })
  @IsOptional()
  @Matches(DATE_TIME, DATE_TIME_RULE)
  to?: string;
}

export class AuditExportQuery extends OmitType(AuditQuery, ['limit', 'cursor'] as const) {
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    description: 'Add the text that the hash of each row was taken of.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  proof?: 'true' | 'false';
}

export class AuditVerifyQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    default: 1,
    description: 'First place of the chain to look at.',
    example: 1,
  })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  from_seq: number = 1;

  @ApiPropertyOptional({
    maxLength: 100,
    description: 'A `head` noted earlier, `<seq>:<hash>`: finds an end that was cut off.',
    example: `4711:${HASH}`,
  })
  @IsOptional()
  @Matches(/^\d{1,15}:[0-9a-f]{64}$/, { message: '$property must be <seq>:<hash>, the hash in 64 hexadecimal digits' })
  expected_head?: string;
}

/** Who did it. */
export class AuditActor {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { description: 'Id of the key; `system`, `anonymous`.' }) id: string;
  @Shown('admin_key') type: string;
  @Shown('Build pipeline', { type: String, nullable: true }) name: string | null;
  @Shown('key', {
    type: String,
    nullable: true,
    description: 'Whether the key itself was sent (`key`) or a token made from it (`token`).',
  })
  credential: string | null;
}

/** What it was done to. */
export class AuditedSubject {
  @Shown('entity') type: string;
  @Shown('01a201c4-9d0f-7b31-8a52-6e0d2f4c9b17', { type: String, nullable: true }) id: string | null;
  @Shown('svc_checkout@1.2.0', { type: String, nullable: true }) key: string | null;
}

/** The place of a row in the chain. */
export class AuditSeal {
  @Shown(4711) seq: number;
  @Shown(HASH, { description: 'SHA-256 of the hash before and the text of the row.' }) hash: string;
}

/** A row of the audit trail. */
export class AuditEntry {
  @Shown('4712') id: string;
  @Shown('2026-05-01T12:00:00.000Z', { format: 'date-time' }) at: Date;
  @ApiProperty({ type: AuditActor }) actor: AuditActor;
  @Shown('10.1.2.3', { type: String, nullable: true }) address: string | null;
  @Shown('5c2ab0ff-6f1c-4b60-9d3e-4a8a0e2a7a11', { type: String, nullable: true }) request_id: string | null;
  @Shown('entity.update') action: string;
  @Shown('success', { enum: OUTCOMES }) outcome: string;
  @ApiProperty({ type: AuditedSubject, nullable: true }) subject: AuditedSubject | null;
  @Shown({ title: 'Checkout' }, { type: Object, nullable: true, description: 'What it was; of a change what changed.' })
  before: object | null;
  @Shown({ title: 'Checkout service' }, { type: Object, nullable: true, description: 'What it is now.' })
  after: object | null;
  @Shown({ reason: 'revoked', count: 3 }, { type: Object, nullable: true }) details: object | null;
  @ApiProperty({ type: AuditSeal, nullable: true, description: 'Null for a moment after it was written.' })
  seal: AuditSeal | null;
}

export class AuditFault {
  @Shown('row_changed', { enum: FAULTS }) kind: string;
  @ApiPropertyOptional({ type: 'integer', example: 4711, description: 'Place in the chain.' }) seq?: number;
  @ApiPropertyOptional({ type: 'integer', example: 4712, description: 'The last place, where it is several.' })
  to_seq?: number;
  @ApiPropertyOptional({ type: String, example: '4712', description: 'Id of the row.' }) audit_id?: string;
  @Shown('Row 4712 is not what was sealed at 4711.') detail: string;
}

export class AuditUnsealed {
  @Shown(0) rows: number;
  @Shown(0) oldest_seconds: number;
}

export class AuditSigned {
  @Shown(12, { description: 'First place whose signature holds: soon after the start of the trail.' }) from: number;
  @Shown(4711) to: number;
}

/** Whether the trail is what was written. */
export class AuditVerification {
  @Shown(true) intact: boolean;
  @Shown(4711, { description: 'Places of the chain looked at.' }) checked: number;
  @ApiProperty({ type: AuditSeal, description: 'The end of the chain: note it, and ask with it later.' })
  head: AuditSeal;
  @ApiProperty({ type: [AuditFault], description: 'The first hundred things that are wrong.', example: [] })
  broken: AuditFault[];
  @Shown(0, { description: 'How many things are wrong.' }) broken_total: number;
  @ApiProperty({ type: AuditUnsealed, description: 'Rows that wait for their place.' }) unsealed: AuditUnsealed;
  @ApiProperty({
    type: AuditSigned,
    nullable: true,
    description: 'What is signed by the master key; null without one.',
  })
  signed: AuditSigned | null;
}
