import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, EnumField, NumberField, ObjectField, Shown, TextField } from '../../../platform/http/fields.js';
import { ALL_STATUSES, ENTRY_HEALTHS, ENTRY_TYPES } from '../../entry-types.js';

/** The relationships by which one entry needs another. */
export const DEPENDENCY_TYPES = ['depends_on', 'requires'] as const;
export type DependencyType = (typeof DEPENDENCY_TYPES)[number];
/** What one entry may depend on. */
export const MOST_DEPENDENCIES = 1000;

/** What an entry depends on, as it is written. */
export class DependencyGiven {
  @TextField({ required: true, min: 1, max: 300, description: 'Id or key.', example: 'comp_orders-db' })
  id: string;

  @EnumField(DEPENDENCY_TYPES, { description: 'depends_on when left out.', example: 'depends_on' })
  type?: DependencyType | null;

  @NumberField({ min: 0, max: 1e9, description: 'Cost of the step in weighted paths; 1 when left out.', example: 1 })
  weight?: number | null;

  @BooleanField({ description: 'Walked both ways.', example: false }) bidirectional?: boolean | null;

  @ObjectField({ description: 'Free-form, at most 64 KiB.', example: { since: '2026-01' } })
  metadata?: Record<string, unknown> | null;
}

/** The other end of a dependency. */
export class Dependency {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('comp_orders-db') key: string;
  @Shown('depends_on', { enum: DEPENDENCY_TYPES }) type: DependencyType;
  @Shown(1) weight: number;
  @Shown(false) bidirectional: boolean;
  @ApiProperty({ type: Object, additionalProperties: true, example: { since: '2026-01' } })
  metadata: Record<string, unknown>;
  @Shown('1042', { description: 'Of the relationship.' }) relationship_id: string;
  @Shown('component', { enum: ENTRY_TYPES, description: 'What it is.' }) entity_type: string;
  @Shown('Orders database', { type: String, nullable: true }) title: string | null;
  @Shown('enabled', { enum: ALL_STATUSES }) status: string;
  @Shown('healthy', { enum: ENTRY_HEALTHS }) health: string;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) created_at: string;
}
