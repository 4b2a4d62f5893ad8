import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf } from '../aliases.js';
import type { RegistryResponse } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import type { Entry } from '../views/entry-view.js';
import { awaitCondition, deadlineOf } from '../waiting/await-condition.js';
import type { Condition } from '../waiting/condition.js';
import { pathOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

/** What a driver was asked to do, as the answer to a verb carries it. */
interface Pending {
  id: string;
  verb: string;
  state: string;
  message?: string | null;
}

export interface Outcome {
  id: string;
  answer: RegistryResponse;
  verb: string;
  /** `--wait`, with or without a condition. */
  wait: boolean;
  condition?: Condition;
}

const POLL_MS = 500;

/**
 * What a verb left behind: as answered, or with `--wait` when its driver has done it and the condition holds. That is not
 * looked at before: what is restarted is still running while the driver has not begun.
 */
export async function outcomeOf(
  context: CommandContext,
  kind: KindWords,
  { id, answer, verb, wait, condition }: Outcome,
): Promise<{ entry: Entry; underWay: boolean }> {
  const asked = answer.json<Entry & { operation?: Pending }>();
  const operation = answer.status === 202 ? asked.operation : undefined;
  if (!wait || (!operation && !condition)) return { entry: asked, underWay: answer.status === 202 };
  const deadline = deadlineOf(context);
  const failure = operation && (await awaitOperation(context, kind, { id, operation, deadline }));
  if (condition && !failure) {
    const waiting = { condition, id: asked.id, key: asked.key, of: kind, done: `${verb} is done`, deadline };
    return { entry: (await awaitCondition(context, waiting)) ?? asked, underWay: false };
  }
  const client = await context.client();
  const entry = await client.json<Entry>({ method: 'GET', path: pathOf(kind, id) });
  // Somebody may wait for it to fail.
  if (failure && !(condition && (await import('../waiting/condition.js')).holds(condition, entry))) throw failure;
  return { entry, underWay: false };
}

/** Returns when the operation has ended: with the reason if it failed. Otherwise the answer is no (exit code 10). */
async function awaitOperation(
  context: CommandContext,
  kind: KindWords,
  { id, operation, deadline }: { id: string; operation: Pending; deadline: number },
): Promise<CliError | undefined> {
  const look = `${commandOf(context.program, kind.name)} operations ${id}`;
  const client = await context.client();
  const path = pathOf(kind, id, 'operations', operation.id);
  const progress = context.progress();
  context.signals.explain(`the registry goes on with ${operation.verb}; look with: ${look}`);
  progress.stage(`${operation.verb} ${id}`);
  try {
    for (let now = operation; now.state !== 'succeeded'; now = await client.json<Pending>({ method: 'GET', path })) {
      if (now.state === 'failed') return unmet(`${now.verb} of ${id} failed`, now.message ?? undefined, look);
      if (Date.now() + POLL_MS > deadline)
        throw unmet(`${now.verb} of ${id} did not end in time`, `the registry goes on with it: ${now.state}`, look);
      await sleep(POLL_MS);
    }
    return undefined;
  } finally {
    progress.stop();
    context.signals.explain(undefined);
  }
}

function unmet(message: string, reason: string | undefined, next: string): CliError {
  return new CliError('cli.wait_unmet', message, { exitCode: ExitCode.no, reason, next });
}
