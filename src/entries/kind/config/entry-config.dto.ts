import { ApiProperty } from '@nestjs/swagger';
import { Shown } from '../../../platform/http/fields.js';

export const CONFIG_EXAMPLE = { log_level: 'info', pool: { size: 20 } };

export class EntryConfigAnswer {
  @ApiProperty({ type: Object, additionalProperties: true, example: CONFIG_EXAMPLE }) config: Record<string, unknown>;
  @ApiProperty({ type: 'integer', description: '0 before the first; the ETag.', example: 2 }) revision: number;
  @Shown('2026-03-01T09:30:00.000Z', { type: String, format: 'date-time', nullable: true }) updated_at: string | null;
  @Shown('api_key:0192f0c1-7c3a-7a10-9d5e-0242ac120002', {
    type: String,
    nullable: true,
    description: 'Who wrote it.',
  })
  updated_by: string | null;
}
