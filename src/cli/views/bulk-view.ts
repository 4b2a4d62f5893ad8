import { column, type View } from '../output/view.js';

/** One item of a bulk answer. */
export interface BulkResult extends Record<string, unknown> {
  index: number;
  status: 'created' | 'updated' | 'unchanged' | 'skipped' | 'failed' | 'deleted' | 'revoked' | 'cancelled';
  id?: string | null;
  key?: string | null;
  error?: { status: number; code: string; detail: string };
}

export const bulkResultView: View<BulkResult> = {
  fields: ['index', 'status', 'id', 'key', 'error'],
  columns: [
    column('#', 'index', { right: true }),
    column('RESULT', 'status', { state: true }),
    column('KEY', 'key'),
    column('ERROR', 'error.detail'),
    column('ID', 'id', { wide: true }),
  ],
  name: (result) => String(result.key ?? result.id ?? `#${result.index}`),
};
