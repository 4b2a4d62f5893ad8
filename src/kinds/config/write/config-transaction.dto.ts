import { ApiProperty } from '@nestjs/swagger';
import { ArrayNotEmpty } from 'class-validator';
import { EnumField, IntegerField, NestedListField, Shown, TextField } from '../../../platform/http/fields.js';
import { ConfigDefinition } from '../config.kind.js';
import { SCOPES } from '../scope.js';
import type { Scope } from '../scope.js';

export const OPERATIONS = ['set', 'delete', 'check', 'check_absent'] as const;
export const MOST_OPERATIONS = 128;

export class ConfigOperation extends ConfigDefinition {
  @EnumField(OPERATIONS, { required: true, example: 'set' }) op: (typeof OPERATIONS)[number];
  @TextField({ required: true, min: 1, max: 132, description: 'With or without `cfg_`.', example: 'db.pool.size' })
  key: string;
  @EnumField(SCOPES, { description: 'Global when left out.', example: 'environment' }) scope?: Scope | null;
  @TextField({ min: 1, max: 129, example: 'production' }) scope_id?: string | null;
  @IntegerField({
    min: 0,
    max: 2_147_483_647,
    description:
      'The revision the value must be at before the transaction, required of a check; 0: it must not be there.',
    example: 3,
  })
  revision?: number | null;
}

export class ConfigTransaction {
  @NestedListField(() => ConfigOperation, { required: true, most: MOST_OPERATIONS, description: 'Done in this order, all or none.' }) // prettier-ignore
  @ArrayNotEmpty()
  operations: ConfigOperation[];
  @TextField({ max: 1000, description: 'Why, for the history.', example: 'move to the new cluster' })
  comment?: string | null;
}

export class ConfigOperationResult {
  @Shown('set', { enum: OPERATIONS }) op: string;
  @Shown('cfg_db.pool.size@environment:production') key: string;
  @Shown(4, { type: Number, nullable: true, description: 'The revision it is at now; null when it is not there.' })
  revision: number | null;
  @Shown(true, { description: 'False when it was so already.' }) changed: boolean;
}

export class ConfigTransactionDone {
  @ApiProperty({ type: [ConfigOperationResult] }) results: ConfigOperationResult[];
}
