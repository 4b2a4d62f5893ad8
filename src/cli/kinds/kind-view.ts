import { age } from '../output/time.js';
import { column, type View } from '../output/view.js';
import { ENTRY_FIELDS, type Entry } from '../views/entry-view.js';
import type { KindWords } from './kind-words.js';

const ELSEWHERE = new Set(['type', 'spec', 'classification', 'relationships', 'embedding']);

/** How entries of a kind are shown: its own fields stand at the top level. */
export function kindView({ fields, columns }: Pick<KindWords, 'fields' | 'columns'>): View<Entry> {
  return {
    fields: [...new Set([...ENTRY_FIELDS.filter((field) => !ELSEWHERE.has(field)), ...fields])],
    columns: [
      column('KEY', 'key'),
      ...columns,
      column('STATUS', 'status', { state: true }),
      column('HEALTH', 'health', { state: true }),
      { title: 'AGE', value: (entry) => age(entry.updated_at), right: true },
      column('TITLE', 'title', { wide: true }),
      column('FEATURE', 'feature', { wide: true }),
      column('OWNER', 'owner', { wide: true }),
      column('TAGS', 'tags', { wide: true }),
      column('REVISION', 'revision', { wide: true, right: true }),
      column('ID', 'id', { wide: true }),
    ],
    name: (entry) => entry.key ?? entry.id,
  };
}
