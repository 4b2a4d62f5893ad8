import type { EntryBody } from '../entry-draft.js';
import { toEntryResponse } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import type { Kind } from './kind.js';

type Json = Record<string, unknown>;

const ENVELOPE = [
  'name', 'version', 'title', 'description', 'feature', 'owner', 'tags', 'metadata', 'regions', 'registry_id',
  'compliance_status', 'security_context', 'status', 'health',
] as const; // prettier-ignore

/** A body of a kind's path, its own fields at the top level, as the catalog's body of an entry. */
export function bodyOf(kind: Kind, body: object): EntryBody & { type: string } {
  const given = body as Json;
  const envelope = Object.fromEntries(ENVELOPE.filter((field) => field in given).map((field) => [field, given[field]]));
  const spec = Object.fromEntries(kind.fields.filter((field) => field in given).map((field) => [field, given[field]]));
  return { ...envelope, type: kind.name, spec };
}

/** An entry as its kind's path answers it: its own fields at the top level, `extra` beside them. */
export function kindResponse(kind: Kind, row: EntryRow, extra: object = {}): Json {
  const { type: _type, spec, ...entry } = toEntryResponse(row);
  const own = Object.fromEntries(kind.fields.map((field) => [field, spec[field] ?? null]));
  return { ...entry, ...own, ...extra };
}

/** The writable part by the names of the kind's path: what a merge patch is applied to. */
export function writableOf(row: EntryRow): Json {
  const { name, version, title, description, feature, owner, tags, metadata, regions, registry_id } = row;
  const { compliance_status, security_context } = row;
  return {
    name,
    version: version || null,
    title,
    description,
    feature,
    owner,
    tags,
    metadata,
    regions,
    registry_id,
    compliance_status,
    security_context,
    ...row.spec,
  };
}
