import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { patchText } from '../views/change-view.js';
import { PAGE_OPTIONS, pageWish } from './list-options.js';
import { printPages } from './pages.js';

interface HistoryItem extends Record<string, unknown> {
  type: string;
  revision: number;
  actor: string;
  at: string;
  patch: { op: string; path: string; value?: unknown }[];
}

const historyView: View<HistoryItem> = {
  fields: ['type', 'revision', 'actor', 'request_id', 'at', 'patch'],
  columns: [
    column('REVISION', 'revision', { right: true }),
    column('AT', 'at'),
    { title: 'WHAT', value: ({ type }) => type.replace('entity_', '') },
    { title: 'CHANGE', value: ({ type, patch }) => (type === 'entity_updated' ? patchText(patch) : '') },
    column('ACTOR', 'actor'),
    column('REQUEST', 'request_id', { wide: true }),
  ],
  name: ({ revision }) => String(revision),
};

export const historyCommand: LeafSpec = {
  name: 'history',
  summary: 'Show every change of an entry, newest first: what, when and by whom',
  arguments: [{ name: 'id', summary: 'id or key of the entry', required: true, completes: 'entry' }],
  options: PAGE_OPTIONS.filter(({ flags }) => !flags.startsWith('--sort')),
  examples: [
    { cmd: 'history plugin_my-service' },
    { cmd: 'history plugin_my-service --limit 1 -o json', note: 'with the JSON patch of the change' },
  ],
  effect: 'reads',
  view: historyView,
  operations: ['GET /api/v1/entities/{id}/history'],
  run: (context, { args, options }) =>
    printPages<HistoryItem>(context, {
      path: `/api/v1/entities/${encodeURIComponent(String(args[0]))}/history`,
      query: {},
      wish: pageWish(options),
      view: historyView,
      none: 'no changes are kept',
    }),
};
