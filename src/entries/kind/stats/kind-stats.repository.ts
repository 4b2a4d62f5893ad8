import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { SUMMARY_COLUMNS } from '../../entry-response.js';
import type { SummaryRow } from '../../entry-response.js';
import { visible } from '../../visibility.js';

/** Values told apart of one field; of more the most frequent. */
const MOST_VALUES = 200;
const COLUMNS = ['status', 'health', 'feature', 'owner'] as const;

/** Counts by value, by field. */
export type FieldCounts = Record<string, Record<string, number>>;

export interface RecentChanges {
  created: number;
  updated: number;
  deleted: number;
  transitions: number;
  health_changes: number;
}

const CHANGES: Readonly<Record<string, keyof RecentChanges>> = {
  entity_created: 'created',
  entity_updated: 'updated',
  entity_deleted: 'deleted',
  transition: 'transitions',
  health_changed: 'health_changes',
};

/** Totals of one kind, of what the caller may see. */
@Injectable()
export class KindStatsRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** By status, health, feature and owner, and by these fields of the spec. */
  async counts(kind: string, specFields: readonly string[]): Promise<FieldCounts> {
    const values: unknown[] = [kind, MOST_VALUES];
    const own = specFields.map((field) => {
      const name = `$${values.push(field)}::text`;
      return `(${name}, e.spec ->> ${name})`;
    });
    const pairs = [...COLUMNS.map((column) => `('${column}', e.${column})`), ...own].join(', ');
    const rows = await this.uow.query<{ field: string; value: string; n: string }>(
      `SELECT field, value, n FROM (
         SELECT k.field, k.value, count(*) AS n, row_number() OVER (PARTITION BY k.field ORDER BY count(*) DESC, k.value) AS place
         FROM entry e CROSS JOIN LATERAL (VALUES ${pairs}) AS k(field, value)
         WHERE e.kind = $1 AND k.value IS NOT NULL AND ${visible('e.id', values)}
         GROUP BY 1, 2
       ) counted WHERE place <= $2 ORDER BY field, place`,
      values,
    );
    const counts: FieldCounts = Object.fromEntries([...COLUMNS, ...specFields].map((field) => [field, {}]));
    for (const { field, value, n } of rows) counts[field][value] = Number(n);
    return counts;
  }

  /** What happened in the last hours. */
  async changes(kind: string, hours: number): Promise<RecentChanges> {
    const values: unknown[] = [kind, hours, Object.keys(CHANGES).filter((type) => type !== 'entity_deleted')];
    const since = 'v.at >= clock_timestamp() - make_interval(hours => $2)';
    const rows = await this.uow.query<{ type: string; n: string }>(
      // Of an entry that has gone nothing is left but what its last event tells.
      `SELECT v.type, count(*) AS n FROM event v JOIN entry e ON e.id = v.entry_id
       WHERE ${since} AND v.type = ANY ($3::text[]) AND e.kind = $1 AND ${visible('v.entry_id', values)} GROUP BY 1
       UNION ALL
       SELECT 'entity_deleted', count(*) FROM event v
       WHERE ${since} AND v.type = 'entity_deleted' AND v.payload #>> '{entity,type}' = $1 AND ${visible('v.entry_id', values)}`,
      values,
    );
    const changes: RecentChanges = { created: 0, updated: 0, deleted: 0, transitions: 0, health_changes: 0 };
    for (const { type, n } of rows) changes[CHANGES[type]] = Number(n);
    return changes;
  }

  /** Some that are not well, the worst and latest changed first. */
  unwell(kind: string, limit: number): Promise<SummaryRow[]> {
    const values: unknown[] = [kind, limit];
    return this.uow.query<SummaryRow & object>(
      `SELECT ${SUMMARY_COLUMNS} FROM entry e
       WHERE e.kind = $1 AND e.health IN ('unhealthy', 'degraded') AND ${visible('e.id', values)}
       ORDER BY e.health DESC, e.updated_at DESC, e.id LIMIT $2`,
      values,
    );
  }
}
