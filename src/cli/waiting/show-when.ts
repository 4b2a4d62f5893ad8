import type { CommandContext } from '../core/context.js';
import { parseFields } from '../output/fields.js';
import type { View } from '../output/view.js';
import { bulkResultView } from '../views/bulk-view.js';
import type { Entry } from '../views/entry-view.js';
import { awaitCondition, type Waiting } from './await-condition.js';

/** Shows an entry once the condition holds of it; of one that is gone then, that it is. */
export async function showWhen(context: CommandContext, waiting: Waiting, view: View<Entry>): Promise<void> {
  // What cannot be shown in the end is not worth waiting for.
  const { fields } = context.flags;
  if (fields !== undefined) parseFields(fields, waiting.condition.deleted ? bulkResultView.fields : view.fields);
  const entry = await awaitCondition(context, waiting);
  return entry ? context.one(entry, view) : tellDeleted(context, waiting.id);
}

/** What is left to say of an entry that was waited for until it was gone. */
export function tellDeleted(context: CommandContext, id: string): Promise<void> {
  return context.changed(`${id} is deleted`, { index: 0, status: 'deleted', key: id }, bulkResultView);
}
