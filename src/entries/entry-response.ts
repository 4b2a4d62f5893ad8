import { keyOf } from './entry-key.js';
import { TYPES_BY_PREFIX } from './entry-types.js';

/** What every answer about entries selects, on alias `e`. */
export const ENTRY_COLUMNS = `e.id, e.uid, e.kind, e.name, e.version, e.title, e.description, e.feature, e.status, e.health,
  e.reported_health, e.owner, e.tags, e.metadata, e.spec, e.regions, e.sync_status, e.compliance_status, e.security_context,
  e.popularity, e.checksum, e.revision, e.created_at, e.updated_at,
  CASE WHEN e.registry_id IS NOT NULL THEN (SELECT r.uid FROM entry r WHERE r.id = e.registry_id) END AS registry_id,
  (SELECT a.accessed_at FROM entry_access a WHERE a.entry_id = e.id) AS accessed_at`;

/** What graph answers and lists of neighbours select, on alias `e`. */
export const SUMMARY_COLUMNS = 'e.id, e.uid, e.kind, e.name, e.version, e.title, e.status, e.health, e.feature';

export interface SummaryRow {
  /** Inside id; never leaves the service. */
  id: string;
  uid: string;
  kind: string;
  name: string;
  version: string;
  title: string | null;
  status: string;
  health: string;
  feature: string | null;
}

type Json = Record<string, unknown>;

export interface EntryRow extends SummaryRow {
  description: string | null;
  reported_health: string | null;
  owner: string | null;
  tags: string[];
  metadata: Json;
  spec: Json;
  regions: string[];
  /** Public id. */
  registry_id: string | null;
  sync_status: Json;
  compliance_status: Json;
  security_context: Json;
  popularity?: number;
  checksum: string;
  revision: number;
  created_at: Date;
  updated_at: Date;
  accessed_at?: Date | null;
}

/** An entry as the wire has it (api.md 2): snake_case, times in RFC 3339 UTC with milliseconds. */
export function toEntryResponse(row: EntryRow) {
  return {
    id: row.uid,
    key: keyOf(row.kind, row.name, row.version),
    type: row.kind,
    name: row.name,
    version: row.version || null,
    title: row.title,
    description: row.description,
    feature: row.feature,
    status: row.status,
    health: row.health,
    reported_health: row.reported_health,
    owner: row.owner,
    tags: row.tags,
    metadata: row.metadata,
    spec: row.spec,
    regions: row.regions,
    registry_id: row.registry_id,
    sync_status: row.sync_status,
    compliance_status: row.compliance_status,
    security_context: row.security_context,
    checksum: row.checksum,
    revision: row.revision,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    accessed_at: row.accessed_at?.toISOString() ?? null,
  };
}
export type EntryResponse = ReturnType<typeof toEntryResponse>;

const wireTime = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const PREFIX = `CASE e.kind ${TYPES_BY_PREFIX.filter(([prefix, type]) => prefix !== type)
  .map(([prefix, type]) => `WHEN '${type}' THEN '${prefix}'`)
  .join(' ')} ELSE e.kind END`;

/** {@link toEntryResponse} in SQL. */
const RESPONSE_SQL: Readonly<Record<keyof EntryResponse, string>> = {
  id: 'e.uid',
  key: `${PREFIX} || '_' || e.name || CASE WHEN e.version = '' THEN '' ELSE '@' || e.version END`,
  type: 'e.kind',
  name: 'e.name',
  version: `nullif(e.version, '')`,
  title: 'e.title',
  description: 'e.description',
  feature: 'e.feature',
  status: 'e.status',
  health: 'e.health',
  reported_health: 'e.reported_health',
  owner: 'e.owner',
  tags: 'e.tags',
  metadata: 'e.metadata',
  spec: 'e.spec',
  regions: 'e.regions',
  registry_id: 'CASE WHEN e.registry_id IS NOT NULL THEN (SELECT r.uid FROM entry r WHERE r.id = e.registry_id) END',
  sync_status: 'e.sync_status',
  compliance_status: 'e.compliance_status',
  security_context: 'e.security_context',
  checksum: 'e.checksum',
  revision: 'e.revision',
  created_at: wireTime('e.created_at'),
  updated_at: wireTime('e.updated_at'),
  accessed_at: `(SELECT ${wireTime('a.accessed_at')} FROM entry_access a WHERE a.entry_id = e.id)`,
};

/**
 * Selects, on alias `e`, what the wire shows of an entry: `to_jsonb` of such a row is what {@link toEntryResponse} answers.
 * For writing events of thousands of entries without fetching them.
 */
export const RESPONSE_COLUMNS = Object.entries(RESPONSE_SQL)
  .map(([name, sql]) => `${sql} AS ${name}`)
  .join(', ');

/** The few fields by which a person knows an entry: nodes of a graph, ends of a relationship. */
export function toSummaryResponse(row: SummaryRow) {
  return {
    id: row.uid,
    key: keyOf(row.kind, row.name, row.version),
    type: row.kind,
    name: row.name,
    version: row.version || null,
    title: row.title,
    status: row.status,
    health: row.health,
    feature: row.feature,
  };
}
export type SummaryResponse = ReturnType<typeof toSummaryResponse>;
