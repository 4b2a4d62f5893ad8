import { usageError } from '../core/errors.js';
import type { LeafSpec } from '../spec/types.js';
import { entryView, type Entry } from '../views/entry-view.js';
import { settled } from '../waiting/settle.js';
import { conditionOf, ENTRY, heldText, WAIT_FOR } from '../waiting/wait-option.js';
import { ENTRY_OPTIONS, entryBody } from './entry-input.js';

export const updateCommand: LeafSpec = {
  name: 'update',
  aliases: ['set'],
  summary: 'Change an entry',
  description:
    'What is not named stays as it is (JSON merge patch). --replace gives the entry exactly the body of --data instead.',
  arguments: [{ name: 'id', summary: 'id or key of the entry', required: true, completes: 'entry' }],
  options: [
    ...ENTRY_OPTIONS,
    { flags: '--unset <field>', summary: 'empty a field, e.g. owner or metadata.port', repeatable: true },
    { flags: '--replace', summary: 'replace the whole writable part (PUT)' },
    WAIT_FOR,
    { flags: '--if-match <revision>', summary: 'only if the entry is still at this revision', common: true },
  ],
  examples: [
    { cmd: 'update plugin_my-service --status inactive' },
    { cmd: 'update plugin_my-service --owner ml-team --metadata tier=2 --unset description' },
    { cmd: 'update plugin_my-service --title "My service" --dry-run' },
  ],
  effect: 'writes',
  view: entryView,
  operations: ['PATCH /api/v1/entities/{id}', 'PUT /api/v1/entities/{id}'],
  async run(context, { args, options }) {
    const condition = await conditionOf(context, options, ENTRY);
    const body = await entryBody(options, context.terminal.stdin);
    for (const field of (options.unset as string[] | undefined) ?? []) unset(body, field);
    if (Object.keys(body).length === 0) {
      throw usageError('nothing to change', { reason: 'give at least one field, e.g. --status inactive, or --data' });
    }
    const replace = options.replace === true;
    const answer = await context.send({
      method: replace ? 'PUT' : 'PATCH',
      path: `/api/v1/entities/${encodeURIComponent(String(args[0]))}`,
      body,
      contentType: replace ? 'application/json' : 'application/merge-patch+json',
      ifMatch: options.ifMatch as string | undefined,
    });
    if (!answer) return;
    const after = answer.json<Entry>();
    const done = `updated ${after.key} to revision ${after.revision}`;
    const entry = await settled(context, { entry: after, of: ENTRY, done, condition });
    await context.changed(`${done} ${after.id}${heldText(condition)}`, entry, entryView);
  },
};

/** null empties a field in a merge patch. */
function unset(body: Record<string, unknown>, path: string): void {
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    body[first] = null;
    return;
  }
  if (first !== 'metadata' && first !== 'spec')
    throw usageError(`--unset ${JSON.stringify(path)} is no field of an entry`);
  let here = (body[first] ??= {}) as Record<string, unknown>;
  for (const part of rest.slice(0, -1)) here = (here[part] ??= {}) as Record<string, unknown>;
  here[rest.at(-1) ?? ''] = null;
}
