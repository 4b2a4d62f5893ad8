import { BooleanField, EnumField, Shown, TextField, TextListField } from '../../../platform/http/fields.js';
import { SCOPES } from '../scope.js';
import type { Scope } from '../scope.js';

export class ConfigReset {
  @TextListField({ most: 1000, max: 132, description: 'With or without `cfg_`.', example: ['db.pool.size'] })
  keys?: string[] | null;
  @TextField({ max: 128, description: 'Keys that begin with this.', example: 'db.' }) prefix?: string | null;
  @EnumField(SCOPES, { description: 'Global when left out.', example: 'environment' }) scope?: Scope | null;
  @TextField({ min: 1, max: 129, example: 'production' }) scope_id?: string | null;
  @TextField({ max: 1000, description: 'Why, for the history.', example: 'back to what we know' })
  comment?: string | null;
  @BooleanField({ description: 'Only says what would happen.', example: true }) dry_run?: boolean | null;
}

export class ConfigResetResult {
  @Shown('cfg_db.pool.size') key: string;
  @Shown('set', { enum: ['set', 'removed', 'kept'], description: 'set: to its default; removed: the wider one holds.' })
  action: string;
}
