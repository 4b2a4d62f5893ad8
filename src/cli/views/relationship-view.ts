import { age } from '../output/time.js';
import { column, type View } from '../output/view.js';

/** What relationships mean. */
export const RELATIONSHIP_TYPES = [
  'depends_on',
  'requires',
  'belongs_to',
  'provides',
  'calls',
  'contains',
  'owns',
  'runs_on',
  'replicates_to',
  'parent_of',
  'part_of',
] as const;

/** An edge between two entries, as the API answers it. */
export interface Relationship extends Record<string, unknown> {
  id: string;
  source_key: string;
  target_key: string;
  type: string;
  weight: number;
  bidirectional: boolean;
  metadata: Record<string, unknown>;
  revision: number;
}

export const relationshipView: View<Relationship> = {
  fields: [
    'id',
    'source_id',
    'source_key',
    'type',
    'target_id',
    'target_key',
    'weight',
    'bidirectional',
    'metadata',
    'revision',
    'created_at',
  ],
  columns: [
    column('ID', 'id', { right: true }),
    column('SOURCE', 'source_key'),
    column('TYPE', 'type'),
    column('TARGET', 'target_key'),
    column('WEIGHT', 'weight', { right: true }),
    { title: 'BOTH WAYS', value: ({ bidirectional }) => (bidirectional ? 'yes' : 'no'), wide: true },
    column('METADATA', 'metadata', { wide: true }),
    column('REVISION', 'revision', { right: true, wide: true }),
    { title: 'AGE', value: ({ created_at }) => age(created_at), right: true },
  ],
  name: ({ id }) => id,
};
