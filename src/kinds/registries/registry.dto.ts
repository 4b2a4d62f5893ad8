import { ApiProperty, ApiPropertyOptional, OmitType, PickType } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { keyOf } from '../../entries/entry-key.js';
import type { SummaryRow } from '../../entries/entry-response.js';
import { EntryReplace } from '../../entries/http/entry.dto.js';
import { EntryFilterQuery } from '../../entries/http/entry-query.dto.js';
import { ObjectField, Shown, TextField, TextListField } from '../../platform/http/fields.js';
import { PageQuery, WholeNumber } from '../../platform/http/paging.js';
import { REGISTRY_LEVELS, SYNC_MODES } from './registry.kind.js';
import type { RegistryNodeRow } from './registry-tree.repository.js';

type Json = Record<string, unknown>;

export const MOST_MEMBERS = 1000;
export const MOST_NODES = 10_000;

/** A registry as trees and paths show it. */
export class RegistrySummary {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120003', { format: 'uuid' }) id: string;
  @Shown('reg_shop') key: string;
  @Shown('shop') name: string;
  @Shown('Shop', { type: String, nullable: true }) title: string | null;
  @Shown('domain', { enum: REGISTRY_LEVELS }) level: string;
  @Shown('enabled') status: string;
}

export class RegistryNode extends RegistrySummary {
  @ApiProperty({ type: 'integer', description: 'Steps below the first.', example: 0 }) depth: number;
  @ApiProperty({ type: 'integer', description: 'Entries that live in it, registries apart.', example: 12 })
  entries: number;
  @ApiProperty({ type: 'integer', description: 'Registries right below it, shown or not.', example: 2 })
  registries: number;
  @ApiProperty({ type: () => [RegistryNode], description: 'By name.', example: [] }) children: RegistryNode[];
}

export class RegistryForest {
  @ApiProperty({ type: () => [RegistryNode] }) roots: RegistryNode[];
  @ApiProperty({ type: 'integer', description: 'Registries shown.', example: 1 }) count: number;
  @Shown(false, { description: 'Whether `limit` cut the lowest off.' }) truncated: boolean;
}

export class RegistryTree extends RegistryNode {
  @ApiProperty({ type: 'integer', description: 'Registries shown.', example: 1 }) count: number;
  @Shown(false, { description: 'Whether `limit` cut the lowest off.' }) truncated: boolean;
}

export class HierarchyQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 10,
    default: 10,
    description: 'Steps down.',
    example: 3,
  })
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(10)
  depth: number = 10;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_NODES,
    default: 1000,
    description: 'Most registries.',
    example: 100,
  })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MOST_NODES)
  limit: number = 1000;
}

export class RegistryMove {
  @TextField({
    min: 1,
    max: 300,
    description: 'Id, key or name of the new registry above; null makes it stand by itself.',
    example: 'reg_shop',
  })
  parent_id?: string | null;
}

/** The registry stands in the path. */
export class RegistryEntriesQuery extends OmitType(EntryFilterQuery, ['registry'] as const) {}

export class RegistryMembers {
  @TextListField({
    required: true,
    most: MOST_MEMBERS,
    max: 300,
    description: 'Ids or keys of entries of any kind but registries, which are moved.',
    example: ['svc_checkout'],
  })
  entries: string[];
}

export class RegistryMembersAdded {
  @ApiProperty({ type: 'integer', description: 'That came in, out of another registry too.', example: 1 })
  added: number;
  @ApiProperty({ type: 'integer', description: 'That were in it before.', example: 0 }) unchanged: number;
}

export class RecursiveQuery {
  @ApiPropertyOptional({ enum: ['true', 'false'], default: 'false', description: 'All below it too.' })
  @IsOptional()
  @IsIn(['true', 'false'])
  recursive?: 'true' | 'false';
}

export class RegistryStats {
  @ApiProperty({ type: 'integer', description: 'Entries in it, registries below it included.', example: 3 })
  total: number;
  @ApiProperty({ type: Object, additionalProperties: { type: 'integer' }, example: { service: 3 } })
  by_type: Record<string, number>;
  @ApiProperty({ type: Object, additionalProperties: { type: 'integer' }, example: { running: 3 } })
  by_status: Record<string, number>;
  @ApiProperty({ type: Object, additionalProperties: { type: 'integer' }, example: { healthy: 3 } })
  by_health: Record<string, number>;
}

/** What entries made in the registry get when they leave it out. */
export class RegistryDefaultsPut extends PickType(EntryReplace, ['owner', 'tags'] as const) {
  @ObjectField({ description: 'Free-form settings, at most 64 KiB.', example: { log_level: 'info' } })
  config?: Json | null;
}

export class RegistryDefaultsValues {
  @Shown('team-shop', { type: String, nullable: true }) owner: string | null;
  @Shown(['shop'], { type: [String] }) tags: string[];
  @ApiProperty({ type: Object, additionalProperties: true, example: { log_level: 'info' } }) config: Json;
}

export class RegistryDefaultsAnswer {
  @ApiProperty({ type: RegistryDefaultsValues, description: 'What this registry says.' }) own: RegistryDefaultsValues;
  @ApiProperty({
    type: RegistryDefaultsValues,
    description:
      'With what those above it say: the nearest owner, the tags of all, of config each key from the nearest.',
  })
  effective: RegistryDefaultsValues;
}

export class SyncRequest {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120009', { format: 'uuid' }) id: string;
  @Shown('recorded', { enum: ['recorded'] }) state: string;
  @Shown('pull', { enum: SYNC_MODES }) mode: string;
  @Shown('admin_key:0192f0c1-7c3a-7a10-9d5e-0242ac120002') requested_by: string;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) requested_at: string;
}

export class SyncRequested extends SyncRequest {
  @Shown('Synchronisation is not built yet: the request is recorded, and nothing else happens.') detail: string;
}

export class SyncQuery extends PickType(PageQuery, ['limit'] as const) {}

export const toRegistrySummary = (row: SummaryRow & { level: string }): RegistrySummary => ({
  id: row.uid,
  key: keyOf(row.kind, row.name, row.version),
  name: row.name,
  title: row.title,
  level: row.level,
  status: row.status,
});

/** The rows, of which each parent stands before its children, as trees. */
export function toForest(rows: readonly RegistryNodeRow[], most: number): RegistryForest {
  const shown = rows.slice(0, most);
  const nodes = new Map<string, RegistryNode>();
  const roots: RegistryNode[] = [];
  for (const row of shown) {
    const { depth, entries, registries } = row;
    const node: RegistryNode = {
      ...toRegistrySummary(row),
      depth,
      entries: Number(entries),
      registries: Number(registries),
      children: [],
    };
    nodes.set(row.id, node);
    if (depth === 0) roots.push(node);
    else nodes.get(row.registry_id!)!.children.push(node);
  }
  return { roots, count: shown.length, truncated: rows.length > shown.length };
}
