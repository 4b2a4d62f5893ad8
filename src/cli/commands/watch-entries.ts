import type { IncomingMessage } from 'node:http';
import { followEvents } from '../../client/follow-events.js';
import type { QueryValue } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { CliError, oneLine } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import type { Entry } from '../views/entry-view.js';

interface Change {
  seq: number;
  type: string;
  at: string;
  entity?: Entry;
}

const TYPES = 'entity_created,entity_updated,entity_deleted';
/** Failures after which trying again is right. */
const PASSING: readonly ExitCode[] = [ExitCode.unreachable, ExitCode.server, ExitCode.rateLimited];
const FIRST_DELAY_MS = 500;

/** The stream of changes from `since` on, or from now. */
export async function openChanges(context: CommandContext, since?: string): Promise<IncomingMessage> {
  const client = await context.client();
  return client.stream({
    method: 'GET',
    path: '/api/v1/events',
    query: { types: TYPES, since },
    accept: 'text/event-stream',
  });
}

/** Changes of matching entries until Ctrl-C, one line each; a lost connection is resumed where it broke. */
export async function watchEntries(
  context: CommandContext,
  query: Record<string, QueryValue>,
  opened: IncomingMessage,
): Promise<void> {
  context.flushNotices();
  let first: IncomingMessage | undefined = opened;
  const events = followEvents({
    open: async (lastEventId) => {
      const response = first ?? (await openChanges(context, lastEventId));
      first = undefined;
      return response;
    },
    passes: (error) => !(error instanceof CliError) || PASSING.includes(error.exitCode),
    onLost: (delay) => context.terminal.stderr.write(`connection lost, trying again in ${delay / 1000} s\n`),
    firstDelayMs: FIRST_DELAY_MS,
    // One person watches: there is no crowd to spread.
    random: () => 1,
  });
  for await (const event of events) {
    const change = parseChange(event.data);
    if (change && matches(change, query)) await show(context, change);
  }
}

function parseChange(data: string): Change | undefined {
  try {
    const change = JSON.parse(data) as Change;
    return typeof change.type === 'string' ? change : undefined;
  } catch {
    return undefined;
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
