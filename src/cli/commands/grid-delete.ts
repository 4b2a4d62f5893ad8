import { gridWords } from '../kinds/grid.words.js';
import { pathOf } from '../kinds/kind-request.js';
import { deleteLeaf } from '../kinds/kind-writing.js';
import type { LeafSpec } from '../spec/types.js';
import { confirmDeletion, runBatch } from './batch-answer.js';

const shared = deleteLeaf(gridWords);

/** As of other kinds, but that a node may have to be drained first. */
export const gridDeleteLeaf: LeafSpec = {
  ...shared,
  description: 'One that has connections is drained first, and goes when it is drained; --force does not wait.',
  async run(context, { args, options }) {
    const ids = args[0] as string[];
    const what = ids.length === 1 ? `node ${ids[0]}` : `${ids.length} nodes`;
    const force = options.force === true;
    if (!context.dryRun) await confirmDeletion(context, what, { ids, force });
    const draining: string[] = [];
    const act = async (id: string) => {
      const query = { force: force || undefined };
      const ifMatch = options.ifMatch as string | undefined;
      const answer = await context.send({ method: 'DELETE', path: pathOf(gridWords, id), query, ifMatch });
      if (answer?.status === 202) draining.push(id);
      return answer;
    };
    const word = 'deleted';
    await runBatch(context, { items: ids, done: word, name: (id) => ({ key: id }), act }, `${word} ${ids[0]}`);
    for (const id of draining) context.notice(`${id} has connections: it is drained first, and gone when it is`);
  },
};
