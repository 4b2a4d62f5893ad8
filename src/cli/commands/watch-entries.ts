import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryValue } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { CliError, oneLine } from '../core/errors.js';
import { readEvents } from '../io/event-stream.js';
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
const MAX_DELAY_MS = 15_000;

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
): Promise<never> {
  context.flushNotices();
  let response: IncomingMessage | undefined = opened;
  let last: string | undefined;
  let delay = FIRST_DELAY_MS;
  for (;;) {
    try {
      response ??= await openChanges(context, last);
      for await (const event of readEvents(response)) {
        delay = FIRST_DELAY_MS;
        last = event.id ?? last;
        const change = parseChange(event.data);
        if (change && matches(change, query)) await show(context, change);
      }
    } catch (error) {
      if (error instanceof CliError && !PASSING.includes(error.exitCode)) throw error;
    }
    response = undefined;
    context.terminal.stderr.write(`connection lost, trying again in ${delay / 1000} s\n`);
    await sleep(delay);
    delay = Math.min(delay * 2, MAX_DELAY_MS);
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
