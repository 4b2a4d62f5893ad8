import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, IntegerField, Shown, TextField, TextListField } from '../../../platform/http/fields.js';

export class FlagRevert {
  @IntegerField({
    required: true,
    min: 1,
    max: 2_147_483_647,
    description: 'Whose settings shall hold again.',
    example: 3,
  })
  revision: number;
}

export class FlagPromotion {
  @TextField({
    required: true,
    min: 1,
    max: 64,
    lowerCase: true,
    description: '`default` is where no environment says otherwise.',
    example: 'staging',
  })
  from: string;
  @TextField({ required: true, min: 1, max: 64, lowerCase: true, example: 'production' }) to: string;
  @TextListField({
    most: 1000,
    max: 256,
    description: 'Only these flags; all when left out.',
    example: ['new-checkout'],
  })
  keys?: string[] | null;
  @BooleanField({ description: 'Answers the plan and changes nothing; false when left out.', example: true })
  dry_run?: boolean | null;
}

export const PROMOTION_ACTIONS = ['create', 'update', 'unchanged'] as const;

export class FlagSettingChange {
  @Shown('percentage') field: string;
  @ApiProperty({ description: 'As it is; null for none.', example: 5, nullable: true, anyOf: [{}] }) before: unknown;
  @ApiProperty({ description: 'As it will be; null for none.', example: 25, nullable: true, anyOf: [{}] })
  after: unknown;
}

export class FlagPromoted {
  @Shown('new-checkout') key: string;
  @Shown('update', { enum: PROMOTION_ACTIONS, description: 'create: the environment said nothing yet.' })
  action: (typeof PROMOTION_ACTIONS)[number];
  @ApiProperty({ type: [FlagSettingChange], example: [{ field: 'percentage', before: 5, after: 25 }] })
  changes: FlagSettingChange[];
  @Shown([], { type: [String], description: 'Segments it names and that there are not.' }) missing_segments: string[];
  @Shown([], { type: [String], description: 'Flags it needs and that there are not, or that are off there.' })
  missing_prerequisites: string[];
}

export class FlagPromotionPlan {
  @Shown('staging') from: string;
  @Shown('production') to: string;
  @Shown(true) dry_run: boolean;
  @Shown(false, { description: 'Whether it was carried out.' }) applied: boolean;
  @Shown(true, { description: 'Whether it can be carried out: no segment is missing.' }) possible: boolean;
  @Shown([], { type: [String] }) unknown_keys: string[];
  @ApiProperty({ type: [FlagPromoted], description: 'In the order of their keys.' }) flags: FlagPromoted[];
}
