import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Length } from 'class-validator';
import { Shown, TextField } from '../../platform/http/fields.js';
import { ROLE_NAME, ROLE_NAME_RULE } from './role-name.js';

export class RoleCreate {
  @TextField({
    required: true,
    max: 63,
    lowerCase: true,
    pattern: ROLE_NAME,
    rule: ROLE_NAME_RULE,
    description: 'What keys name it by; it never changes.',
    example: 'release-manager',
  })
  name: string;

  @TextField({ max: 500, description: 'What the role is for.', example: 'Registers releases' })
  description?: string | null;

  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: 100,
    example: ['read:*', 'write:entities'],
    description: '`read:<area>`, `write:<area>`, `admin:<area>`, wildcards for whole segments, or `*`.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @Length(1, 80, { each: true })
  permissions: string[];
}

/** Everything of a role but its name. */
export class RoleReplace extends OmitType(RoleCreate, ['name']) {}

/** A set of permissions by name. */
export class Role {
  @Shown('release-manager') name: string;
  @Shown('Registers releases') description: string;
  @Shown(['read:*', 'write:entities'], { type: [String] }) permissions: string[];
  @Shown(false, { description: 'Whether it is part of the service: such a role cannot be changed.' })
  built_in: boolean;
  @Shown(3, { description: 'Keys that hold it, those revoked aside.' }) keys: number;
  @Shown('admin_key:0192f0c1-7c3a-7a10-9d5e-0242ac120002') created_by: string;
  @Shown(1) revision: number;
  @Shown('2026-05-01T12:00:00.000Z', { type: String, format: 'date-time', nullable: true }) created_at: Date | null;
  @Shown('2026-05-01T12:00:00.000Z', { type: String, format: 'date-time', nullable: true }) updated_at: Date | null;
}
