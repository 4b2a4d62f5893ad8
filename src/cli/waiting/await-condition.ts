import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf } from '../aliases.js';
import type { RegistryClient, RegistryRequest } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { CliError, isMissingRoute } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { pathOf } from '../kinds/kind-request.js';
import type { KindWords } from '../kinds/kind-words.js';
import type { Entry } from '../views/entry-view.js';
import type { Condition } from './condition.js';

/** A kind, or all entries. */
export interface AwaitedKind extends Pick<KindWords, 'path'> {
  name: KindWords['name'] | 'entry';
}

export interface Waiting {
  condition: Condition;
  /** Id, key or name. */
  id: string;
  /** What it is called where the id is not what a user would type. */
  key?: string;
  /** Whose entry it is. */
  of: AwaitedKind;
  query?: RegistryRequest['query'];
  /** What the name means by now counts, and not the entry that it meant at first. */
  byName?: boolean;
  /** What has been done already, and stays so: `created svc_checkout`. */
  done?: string;
  /** When something was waited for before. */
  deadline?: number;
}

/** Soon at first, for what takes a moment; then seldom, for what takes minutes and counts against a quota. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2000;
/** What the look at the very end may take. */
const LAST_LOOK_MS = 1000;
/** What may be over with the next look. */
const PASSING: readonly ExitCode[] = [ExitCode.unreachable, ExitCode.server, ExitCode.rateLimited];

/** Asks for an entry until the condition holds of it, as long as `--timeout`; undefined when it is gone, as was waited for. */
export async function awaitCondition(context: CommandContext, waiting: Waiting): Promise<Entry | undefined> {
  // Behind the import of whoever parsed the condition.
  const { holds, isNow } = await import('./condition.js');
  const { condition, done, deadline = deadlineOf(context) } = waiting;
  const client = await context.client();
  const progress = context.progress();
  const before = done === undefined ? '' : `${done}; `;
  context.signals.explain(`${before}only the waiting has ended, look with: ${lookCommand(context, waiting)}`);
  try {
    let seen: Entry | undefined;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      const found = await lookAt(client, waiting, { seen, deadline });
      if (found === 'gone') return undefined;
      if (!(found instanceof CliError)) {
        if (holds(condition, found)) return found;
        seen = found;
        progress.stage(`${found.key} is ${isNow(condition, found)}, waiting for ${condition.text}`);
      }
      const left = deadline - Date.now();
      if (left <= 0) {
        // Nobody knows what it is by now, other than when the last answer was only too slow.
        if (found instanceof CliError && found.code !== 'cli.timeout') throw found;
        throw unmet(context, waiting, seen!, isNow(condition, seen));
      }
      await sleep(Math.min(pause, left));
    }
  } finally {
    progress.stop();
    context.signals.explain(undefined);
  }
}

export function deadlineOf(context: CommandContext): number {
  return Date.now() + context.settings.timeoutMs.value;
}

interface LookedAt {
  /** As it was when it was last seen. */
  seen?: Entry;
  deadline: number;
}

/** The entry, `gone`, or why it cannot be told for now. By its id once that is known: its name may come to mean another. */
async function lookAt(
  client: RegistryClient,
  { condition, id, of, query, byName }: Waiting,
  { seen, deadline }: LookedAt,
): Promise<Entry | 'gone' | CliError> {
  const timeoutMs = Math.max(deadline - Date.now(), seen ? LAST_LOOK_MS : 1);
  try {
    return await client.json<Entry>({
      method: 'GET',
      path: pathOf(of, byName ? id : (seen?.id ?? id)),
      query,
      timeoutMs,
    });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (condition.deleted && isNoEntry(error)) return 'gone';
    // A server that is started anew is waited for, one that was never there is not.
    if (seen && PASSING.includes(error.exitCode)) return error;
    throw error;
  }
}

/** Of the registry, and not of something in front of it. */
function isNoEntry(error: CliError): boolean {
  return error.exitCode === ExitCode.notFound && error.code.endsWith('.not_found') && !isMissingRoute(error);
}

/** How to see what it is. */
function lookCommand({ program }: CommandContext, { of, id, key = id }: Waiting): string {
  return `${of.name === 'entry' ? program : commandOf(program, of.name)} get ${key}`;
}

function unmet(context: CommandContext, waiting: Waiting, seen: Entry, now: string): CliError {
  const { condition, done } = waiting;
  const within = `${context.settings.timeoutMs.value / 1000} s`;
  const what = condition.deleted
    ? `${seen.key} was not deleted within ${within}`
    : `${condition.field} of ${seen.key} did not become ${condition.wanted} within ${within}`;
  const beside = condition.deleted || condition.field === 'status' ? 'health' : 'status';
  const besides = typeof seen[beside] === 'string' ? `, its ${beside} ${seen[beside]}` : '';
  return new CliError('cli.wait_unmet', done === undefined ? what : `${done}, but ${what}`, {
    exitCode: ExitCode.no,
    reason: `it is ${now}${besides}`,
    next: `${lookCommand(context, waiting)}   (or give it longer with --timeout)`,
    details: { id: seen.id, key: seen.key, condition: condition.text, is: now },
  });
}
