import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { currentViewer } from '../visibility.js';

export interface CatalogStats {
  total_entities: number;
  total_relationships: number;
  by_type: Record<string, number>;
  by_status: Record<string, number>;
  by_health: Record<string, number>;
  by_feature: Record<string, number>;
  relationships_by_type: Record<string, number>;
  database: {
    size_bytes: number;
    entries_bytes: number;
    relationships_bytes: number;
    text_index_bytes: number;
    vector_index_bytes: number;
    events_bytes: number;
  };
}

interface Counter {
  kind: string;
  status: string;
  health: string;
  feature: string;
  n: string;
}

const partitionBytes = (table: string): string =>
  `(SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0) FROM pg_inherits WHERE inhparent = '${table}'::regclass)`;

/** What is to be taken off the counters for who may not see it; `$1` has the viewer's names. */
const HIDDEN_ENTRIES = `UNION ALL SELECT e.kind, e.status, e.health, coalesce(e.feature, ''), -1
  FROM entry_restriction r JOIN entry e ON e.id = r.entry_id WHERE NOT r.readers && $1::text[]`;
const HIDDEN_RELATIONSHIPS = `UNION ALL SELECT l.type, -1 FROM (
    SELECT l.id, l.type FROM entry_restriction r JOIN relationship l ON l.source_id = r.entry_id WHERE NOT r.readers && $1::text[]
    UNION SELECT l.id, l.type FROM entry_restriction r JOIN relationship l ON l.target_id = r.entry_id WHERE NOT r.readers && $1::text[]
  ) l`;

/** Totals of what the caller may see, read from the counters that triggers keep: the same cost whatever the size of the catalog. */
@Injectable()
export class StatsRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async read(): Promise<CatalogStats> {
    const viewer = currentViewer();
    const seer = viewer ? [viewer] : [];
    const [counters, relationships, database] = await Promise.all([
      this.uow.query<Counter & object>(
        `SELECT kind, status, health, feature, sum(n) AS n FROM (
           SELECT kind, status, health, feature, n FROM entry_count ${viewer ? HIDDEN_ENTRIES : ''}
         ) counted GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0`,
        seer,
      ),
      this.uow.query<{ name: string; n: string }>(
        `SELECT t.name, sum(c.n) AS n FROM (
           SELECT type, n FROM relationship_count ${viewer ? HIDDEN_RELATIONSHIPS : ''}
         ) c JOIN relationship_type t ON t.id = c.type GROUP BY 1 HAVING sum(c.n) <> 0`,
        seer,
      ),
      this.uow.query<Record<string, string>>(
        `SELECT pg_database_size(current_database()) AS size_bytes, pg_total_relation_size('entry') AS entries_bytes,
           pg_total_relation_size('relationship') AS relationships_bytes,
           pg_total_relation_size('entry_document') AS text_index_bytes,
           ${partitionBytes('entry_embedding')} AS vector_index_bytes, ${partitionBytes('event')} AS events_bytes`,
      ),
    ]);
    const by = (field: keyof Counter): Record<string, number> => sumBy(counters, (row) => row[field]);
    return {
      total_entities: counters.reduce((sum, row) => sum + Number(row.n), 0),
      total_relationships: relationships.reduce((sum, row) => sum + Number(row.n), 0),
      by_type: by('kind'),
      by_status: by('status'),
      by_health: by('health'),
      by_feature: sumBy(
        counters.filter((row) => row.feature !== ''),
        (row) => row.feature,
      ),
      relationships_by_type: Object.fromEntries(relationships.map((row) => [row.name, Number(row.n)])),
      database: Object.fromEntries(
        Object.entries(database[0]).map(([name, bytes]) => [name, Number(bytes)]),
      ) as CatalogStats['database'],
    };
  }
}

function sumBy(rows: readonly Counter[], keyOf: (row: Counter) => string): Record<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(keyOf(row), (sums.get(keyOf(row)) ?? 0) + Number(row.n));
  return Object.fromEntries([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
