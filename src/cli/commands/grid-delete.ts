import { gridWords } from '../kinds/grid.words.js';
import { deleteLeaf } from '../kinds/kind-writing.js';
import type { LeafSpec } from '../spec/types.js';
import { deletion } from '../waiting/deletion.js';
import { conditionOf } from '../waiting/wait-option.js';
import { confirmDeletion, runBatch } from './batch-answer.js';

const shared = deleteLeaf(gridWords);

/** As of other kinds, but that a node may have to be drained first. */
export const gridDeleteLeaf: LeafSpec = {
  ...shared,
  description: 'One that has connections is drained first, and goes when it is drained; --force does not wait.',
  async run(context, { args, options }) {
    const condition = await conditionOf(context, options, gridWords, { onlyGo: true });
    const ids = args[0] as string[];
    const what = ids.length === 1 ? `node ${ids[0]}` : `${ids.length} nodes`;
    const force = options.force === true;
    if (!context.dryRun) await confirmDeletion(context, what, { ids, force });
    const draining: string[] = [];
    const how = deletion(context, {
      of: gridWords,
      force,
      ifMatch: options.ifMatch as string | undefined,
      condition,
      onAccepted: (id) => draining.push(id),
    });
    await runBatch(context, { items: ids, ...how }, `deleted ${ids[0]}`);
    for (const id of draining) context.notice(`${id} has connections: it is drained first, and gone when it is`);
  },
};
