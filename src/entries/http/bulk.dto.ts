import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { Shown } from '../../platform/http/fields.js';
import { BULK_MODES, BULK_STATUSES, CONFLICT_ACTIONS } from '../bulk/bulk.js';
import type { BulkError, BulkMode, BulkStatus, ConflictAction } from '../bulk/bulk.js';

export class BulkQuery {
  @ApiPropertyOptional({
    enum: BULK_MODES,
    default: 'atomic',
    example: 'best_effort',
    description: 'All items or none, in one transaction; or each on its own merit, a batch at a time.',
  })
  @IsOptional()
  @IsIn(BULK_MODES)
  mode: BulkMode = 'atomic';

  @ApiPropertyOptional({
    enum: CONFLICT_ACTIONS,
    default: 'fail',
    example: 'update',
    description: 'What to do with an item that is there already.',
  })
  @IsOptional()
  @IsIn(CONFLICT_ACTIONS)
  on_conflict: ConflictAction = 'fail';
}

/** An export meets the seeded feature categories in every registry, so an import updates by default. */
export class ImportQuery extends BulkQuery {
  @ApiPropertyOptional({ enum: BULK_MODES, default: 'best_effort', example: 'best_effort' })
  override mode: BulkMode = 'best_effort';

  @ApiPropertyOptional({ enum: CONFLICT_ACTIONS, default: 'update', example: 'update' })
  override on_conflict: ConflictAction = 'update';
}

export class BulkItemError implements BulkError {
  @Shown(400) status: number;
  @Shown('request.invalid') code: string;
  @Shown('name must start with a letter or digit') detail: string;
  @Shown([{ field: 'name', message: 'must start with a letter or digit' }], { type: [Object] })
  errors?: { field: string; message: string }[];
}

export class BulkItemResult {
  @Shown(0, { description: 'Place of the item in the request, from 0.' }) index: number;
  @Shown('created', { enum: BULK_STATUSES }) status: BulkStatus;
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002') id?: string;
  @Shown('svc_fraud-detector@2.1.0', { description: 'Of entries.' }) key?: string;
  @ApiPropertyOptional({ type: BulkItemError }) error?: BulkItemError;
}

export class ImportSummary {
  @Shown(63436) created: number;
  @Shown(0) updated: number;
  @Shown(0) unchanged: number;
  @Shown(0) skipped: number;
  @Shown(0) failed: number;
  @ApiPropertyOptional({ type: [BulkItemResult], description: 'The first hundred items that failed.' })
  errors: BulkItemResult[];
}
