import type { LeafSpec } from '../spec/types.js';
import { bulkResultView } from '../views/bulk-view.js';
import { deletion } from '../waiting/deletion.js';
import { conditionOf, ENTRY, WAIT_DELETED } from '../waiting/wait-option.js';
import { confirmDeletion, runBatch } from './batch-answer.js';

export const deleteCommand: LeafSpec = {
  name: 'delete',
  aliases: ['rm'],
  summary: 'Delete entries',
  description:
    'Refused while other entries depend on one, unless --force is given, which has its name typed (--confirm).',
  arguments: [
    { name: 'id', summary: 'ids or keys of the entries', required: true, variadic: true, completes: 'entry' },
  ],
  options: [
    { flags: '--force', summary: 'delete although others depend on it', common: true },
    WAIT_DELETED,
    { flags: '--if-match <revision>', summary: 'only if the entry is still at this revision' },
  ],
  examples: [{ cmd: 'delete plugin_my-service --yes' }, { cmd: 'delete plugin_old svc_old --force --dry-run' }],
  effect: 'deletes',
  severe: true,
  view: bulkResultView,
  operations: ['DELETE /api/v1/entities/{id}'],
  async run(context, { args, options }) {
    const condition = await conditionOf(context, options, ENTRY, { onlyGo: true });
    const ids = args[0] as string[];
    const what = ids.length === 1 ? ids[0] : `${ids.length} entries`;
    const force = options.force === true;
    if (!context.dryRun) await confirmDeletion(context, what, { ids, force });
    const how = deletion(context, { of: ENTRY, force, ifMatch: options.ifMatch as string | undefined, condition });
    await runBatch(context, { items: ids, ...how }, `deleted ${ids[0]}`);
  },
};
