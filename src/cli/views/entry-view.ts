import { age } from '../output/time.js';
import { column, type View } from '../output/view.js';

/** What the API answers for an entry; only what the program reads is named. */
export interface Entry extends Record<string, unknown> {
  id: string;
  key: string;
  type: string;
  name: string;
  version: string | null;
  revision: number;
}

export const ENTRY_FIELDS = [
  'id',
  'key',
  'type',
  'name',
  'version',
  'title',
  'description',
  'feature',
  'status',
  'health',
  'reported_health',
  'owner',
  'tags',
  'metadata',
  'spec',
  'regions',
  'sync_status',
  'compliance_status',
  'security_context',
  'checksum',
  'revision',
  'created_at',
  'updated_at',
  'accessed_at',
  'classification',
  'relationships',
  'embedding',
] as const;

export const entryView: View<Entry> = {
  fields: ENTRY_FIELDS,
  columns: [
    column('KEY', 'key'),
    column('TYPE', 'type'),
    column('TITLE', 'title'),
    column('FEATURE', 'feature'),
    column('STATUS', 'status', { state: true }),
    column('HEALTH', 'health', { state: true }),
    { title: 'AGE', value: (entry) => age(entry.updated_at), right: true },
    column('OWNER', 'owner', { wide: true }),
    column('TAGS', 'tags', { wide: true }),
    column('REVISION', 'revision', { wide: true, right: true }),
    column('ID', 'id', { wide: true }),
  ],
  name: (entry) => entry.key ?? entry.id,
};
