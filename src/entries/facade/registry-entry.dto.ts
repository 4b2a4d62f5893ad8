import { ApiProperty, ApiPropertyOptional, IntersectionType, OmitType, PartialType, PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional } from 'class-validator';
import { EnumField, Shown } from '../../platform/http/fields.js';
import type { EntryResponse } from '../entry-response.js';
import { ALL_STATUSES, ENTRY_TYPES } from '../entry-types.js';
import { EntryIdentity, EntryReplace } from '../http/entry.dto.js';
import { EntryFilterQuery } from '../http/entry-query.dto.js';

type Json = Record<string, unknown>;

/** What the enterprise catalog calls categories: 26 of the types an entry may have. */
export const CATEGORIES = [
  'agent', 'service', 'engine', 'model', 'skill', 'plugin', 'prompt', 'embedding', 'memory', 'api', 'integration',
  'component', 'resource', 'infrastructure', 'pipeline', 'webhook', 'dataset', 'knowledge', 'search', 'event_schema',
  'task_schema', 'workflow', 'organization', 'template', 'widget', 'notification',
] as const; // prettier-ignore

/** The part of an entry that the enterprise catalog knows; `PUT` replaces this part and leaves the rest. */
export class RegistryEntryReplace extends PickType(EntryReplace, [
  'title', 'description', 'status', 'owner', 'tags', 'metadata', 'compliance_status', 'security_context',
] as const) {} // prettier-ignore

class Category {
  @EnumField(CATEGORIES, { required: true, example: 'model' })
  category: string;
}

export class RegistryEntryCreate extends IntersectionType(
  Category,
  IntersectionType(PickType(EntryIdentity, ['name', 'version'] as const), RegistryEntryReplace),
) {}

/** May repeat what names the entry; may not change it. */
export class RegistryEntryPut extends IntersectionType(
  PartialType(Category),
  IntersectionType(PickType(EntryIdentity, ['name', 'version'] as const), RegistryEntryReplace),
) {}

export class RegistryEntryQuery extends OmitType(EntryFilterQuery, ['type'] as const) {
  @ApiPropertyOptional({ type: [String], enum: CATEGORIES, description: 'Either of these.', example: ['model'] })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase().split(',') : value))
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsIn(CATEGORIES, { each: true })
  category?: string[];
}

/** An entry in the words of the enterprise catalog. */
export class RegistryEntry {
  @Shown('model_fraud-detector@2.1.0', { description: 'The key of the entry.' }) entry_id: string;
  @Shown('Fraud detector', { description: 'The name where it has no title.' }) title: string;
  @Shown('model', { enum: ENTRY_TYPES }) category: string;
  @Shown('fraud-detector') name: string;
  @Shown('2.1.0', { type: String, nullable: true }) version: string | null;
  @Shown('Scores card payments in real time.', { type: String, nullable: true }) description: string | null;
  @Shown('active', { enum: ALL_STATUSES }) status: string;
  @Shown('team-payments', { type: String, nullable: true }) owner: string | null;
  @Shown(['payments', 'critical'], { type: [String] }) tags: string[];
  @ApiProperty({ type: Object, additionalProperties: true, example: { tier: 1 } }) metadata: Json;
  @ApiProperty({ type: Object, additionalProperties: true, example: { soc2: { status: 'compliant' } } })
  compliance_status: Json;
  @ApiProperty({ type: Object, additionalProperties: true, example: { visibility: 'internal' } })
  security_context: Json;
  @Shown(3) revision: number;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) created_at: string;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) updated_at: string;
}

export const toRegistryEntry = (entry: EntryResponse): RegistryEntry => ({
  entry_id: entry.key,
  title: entry.title ?? entry.name,
  category: entry.type,
  name: entry.name,
  version: entry.version,
  description: entry.description,
  status: entry.status,
  owner: entry.owner,
  tags: entry.tags,
  metadata: entry.metadata,
  compliance_status: entry.compliance_status,
  security_context: entry.security_context,
  revision: entry.revision,
  created_at: entry.created_at,
  updated_at: entry.updated_at,
});
