import { ApiPropertyOptional, IntersectionType, OmitType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ImportQuery } from '../../../entries/http/bulk.dto.js';
import { KindImportSummary } from '../../../entries/kind/http/kind-transfer.controller.js';
import { Shown } from '../../../platform/http/fields.js';
import { ConfigPlaceQuery, ConfigResolvedQuery } from '../read/config-read.dto.js';

export const EXPORT_FORMATS = ['ndjson', 'json', 'yaml', 'env'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export class ConfigExportQuery extends ConfigResolvedQuery {
  @ApiPropertyOptional({
    enum: EXPORT_FORMATS,
    default: 'ndjson',
    description: 'env: the values that hold for the environment, service and user named beside it, resolved.',
    example: 'json',
  })
  @IsOptional()
  @IsIn(EXPORT_FORMATS)
  format: ExportFormat = 'ndjson';

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    description:
      'Secrets in the clear, which needs read:secrets and is recorded. `env` has them for whoever may read them.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  secrets: 'true' | 'false' = 'false';
}

class DryRun {
  @ApiPropertyOptional({ enum: ['true', 'false'], default: 'false', description: 'Only says what would happen.' })
  @IsOptional()
  @IsIn(['true', 'false'])
  dry_run?: 'true' | 'false';
}

/** The scope is that of the values of a `.env` file; items of the other formats name their own. */
export class ConfigImportQuery extends IntersectionType(ImportQuery, IntersectionType(ConfigPlaceQuery, DryRun)) {
  override mode: ImportQuery['mode'] = 'best_effort';
  override on_conflict: ImportQuery['on_conflict'] = 'update';
}

export class ConfigImportSummary extends OmitType(KindImportSummary, [] as const) {
  @Shown(false) dry_run: boolean;
}
