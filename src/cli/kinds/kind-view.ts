import { age } from '../output/time.js';
import { column, type View } from '../output/view.js';
import { ENTRY_FIELDS, type Entry } from '../views/entry-view.js';
import type { KindWords } from './kind-words.js';

const ELSEWHERE = new Set(['type', 'spec', 'classification', 'relationships', 'embedding']);

/** How entries of a kind are shown: its own fields stand at the top level. */
export function kindView({
  fields,
  columns,
  stateless,
}: Pick<KindWords, 'fields' | 'columns' | 'stateless'>): View<Entry> {
  return {
    fields: [...new Set([...ENTRY_FIELDS.filter((field) => !ELSEWHERE.has(field)), ...fields])],
    columns: [
      column('KEY', 'key'),
      ...columns,
      column('STATUS', 'status', { state: true, wide: stateless }),
      column('HEALTH', 'health', { state: true, wide: stateless }),
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
