import type { LeafSpec } from '../spec/types.js';
import { bulkResultView } from '../views/bulk-view.js';
import { keyEnds, type ApiKey } from '../views/key-view.js';
import { questionFor, runBatch } from './batch-answer.js';
import { findKey, keyPath } from './find-key.js';

export const keyRevokeCommand: LeafSpec = {
  name: 'revoke',
  aliases: ['delete', 'rm'],
  summary: 'Revoke API keys and every token made from them, for ever',
  arguments: [{ name: 'key', summary: 'ids or names of the keys', required: true, variadic: true, completes: 'key' }],
  options: [{ flags: '--if-match <revision>', summary: 'only if the key is still at this revision' }],
  examples: [{ cmd: 'key revoke ci --yes' }, { cmd: 'key revoke deploy --dry-run' }],
  effect: 'deletes',
  view: bulkResultView,
  operations: ['DELETE /api/v1/gateway/keys/{id}'],
  async run(context, { args, options }) {
    context.assertMayConfirm();
    const names = args[0] as string[];
    // All are found before the first one ends: a mistyped name changes nothing.
    const keys: ApiKey[] = [];
    for (const name of names) keys.push(await findKey(context, name));
    const [first] = keys;
    const what = keys.length === 1 && first ? `key ${first.name} (${keyEnds(first)})` : `${keys.length} keys`;
    if (!context.dryRun) await context.confirm(questionFor(context, `Revoke ${what} for ever`));
    await runBatch(
      context,
      {
        items: keys,
        done: 'revoked',
        name: ({ id, name }) => ({ key: name, id }),
        act: (key) =>
          context.send({ method: 'DELETE', path: keyPath(key), ifMatch: options.ifMatch as string | undefined }),
      },
      `revoked key ${first?.name} ${first?.id}`,
    );
  },
};
