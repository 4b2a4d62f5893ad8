import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { followEvents } from '../../client/follow-events.js';
import { chunksOf } from '../../client/stream-chunks.js';
import type { QueryValue } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import type { Entry } from '../views/entry-view.js';
import type { Relationship } from '../views/relationship-view.js';

/** A message of the event stream. */
export interface Change extends Record<string, unknown> {
  seq: number;
  type: string;
  at: string;
  entity?: Entry;
  relationship?: Relationship;
}

/** Failures after which trying again is right. */
const PASSING: readonly ExitCode[] = [ExitCode.unreachable, ExitCode.server, ExitCode.rateLimited];
const FIRST_DELAY_MS = 500;
/** A registry says something every few seconds; a connection that brings nothing for so long is dead. */
const IDLE_MS = 50_000;

/** The stream of changes from `since` on, or from now. A refusal of this first connection is thrown. */
export async function openChanges(
  context: CommandContext,
  query: Record<string, QueryValue>,
): Promise<IncomingMessage> {
  const client = await context.client();
  const answer = await client.stream({ method: 'GET', path: '/api/v1/events', query, accept: 'text/event-stream' });
  const type = answer.headers['content-type'] ?? '';
  if (type.startsWith('text/event-stream')) return answer;
  answer.destroy();
  throw new CliError('cli.unexpected_answer', `${client.server} did not answer /api/v1/events like a registry`, {
    reason: `expected a stream of events, got ${type || 'no content type'}`,
    next: `${context.program} health --server <url>`,
  });
}

/** Every change once and in order; a lost connection is told of and resumed where it broke. */
export async function* followChanges(
  context: CommandContext,
  query: Record<string, QueryValue>,
  opened: IncomingMessage,
  signal?: AbortSignal,
): AsyncGenerator<Change> {
  context.flushNotices();
  let first: IncomingMessage | undefined = opened;
  const events = followEvents({
    open: async (lastEventId) => {
      const response = first ?? (await openChanges(context, { ...query, since: lastEventId ?? query.since }));
      first = undefined;
      signal?.addEventListener('abort', () => response.destroy(), { once: true });
      return chunksOf(Readable.toWeb(response) as ReadableStream<Uint8Array>, IDLE_MS);
    },
    passes: (error) => !(error instanceof CliError) || PASSING.includes(error.exitCode),
    onLost: (delay) => context.terminal.stderr.write(`connection lost, trying again in ${delay / 1000} s\n`),
    firstDelayMs: FIRST_DELAY_MS,
    // One person watches: there is no crowd to spread.
    random: () => 1,
    signal,
  });
  for await (const { data } of events) {
    const change = parseChange(data);
    if (change) yield change;
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
