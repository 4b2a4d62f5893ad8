import type { IncomingMessage } from 'node:http';
import type { QueryValue } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { oneLine } from '../core/errors.js';
import { followChanges, openChanges, type Change } from './follow-changes.js';

const OF_ENTRIES = { types: 'entity_created,entity_updated,entity_deleted' };

export const openEntryChanges = (context: CommandContext): Promise<IncomingMessage> => openChanges(context, OF_ENTRIES);

/** Changes of matching entries until Ctrl-C, one line each. */
export async function watchEntries(
  context: CommandContext,
  query: Record<string, QueryValue>,
  opened: IncomingMessage,
): Promise<void> {
  for await (const change of followChanges(context, OF_ENTRIES, opened)) {
    if (matches(change, query)) await show(context, change);
  }
}

function matches(change: Change, query: Record<string, QueryValue>): boolean {
  const { entity } = change;
  if (!entity) return false;
  const same = ['type', 'feature', 'status', 'health', 'owner', 'name'].every(
    (field) => query[field] === undefined || entity[field] === query[field],
  );
  const tags = (query.tag as readonly string[] | undefined) ?? [];
  return same && tags.every((tag) => Array.isArray(entity.tags) && entity.tags.includes(tag));
}

async function show(context: CommandContext, change: Change): Promise<void> {
  if (context.format.name.startsWith('json')) return context.writeRaw(`${JSON.stringify(change)}\n`);
  const { entity } = change;
  const cells = [change.at, change.type.replace('entity_', ''), entity?.key, entity?.status, entity?.health];
  return context.writeRaw(`${cells.map((cell) => oneLine(String(cell ?? '-'))).join('\t')}\n`);
}
