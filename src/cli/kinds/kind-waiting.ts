import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf } from '../aliases.js';
import type { RegistryResponse } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import type { OptionSpec } from '../spec/types.js';
import type { Entry } from '../views/entry-view.js';
import { pathOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

/** What a driver was asked to do, as the answer to a verb carries it. */
interface Pending {
  id: string;
  verb: string;
  state: string;
  message?: string | null;
}

export const WAIT_OPTION: OptionSpec = {
  flags: '--wait',
  summary: 'until the driver has done it, as long as --timeout; exit code 10 when it failed or that was too short',
  common: true,
};

const POLL_MS = 500;

/** What a verb left behind: as answered, or with `--wait` when its driver has done it. */
export async function outcomeOf(
  context: CommandContext,
  kind: KindWords,
  { id, answer, wait }: { id: string; answer: RegistryResponse; wait: boolean },
): Promise<{ entry: Entry; underWay: boolean }> {
  const asked = answer.json<Entry & { operation?: Pending }>();
  if (answer.status !== 202) return { entry: asked, underWay: false };
  if (!wait || !asked.operation) return { entry: asked, underWay: true };
  await awaitOperation(context, kind, { id, operation: asked.operation });
  const client = await context.client();
  return { entry: await client.json<Entry>({ method: 'GET', path: pathOf(kind, id) }), underWay: false };
}

/** Returns when the operation has succeeded; otherwise the answer is no (exit code 10). */
async function awaitOperation(
  context: CommandContext,
  kind: KindWords,
  { id, operation }: { id: string; operation: Pending },
): Promise<void> {
  const look = `${commandOf(context.program, kind.name)} operations ${id}`;
  const deadline = Date.now() + context.settings.timeoutMs.value;
  const client = await context.client();
  const path = pathOf(kind, id, 'operations', operation.id);
  const progress = context.progress();
  context.signals.explain(`the registry goes on with ${operation.verb}; look with: ${look}`);
  progress.stage(`${operation.verb} ${id}`);
  try {
    for (let now = operation; now.state !== 'succeeded'; now = await client.json<Pending>({ method: 'GET', path })) {
      if (now.state === 'failed') throw unmet(`${now.verb} of ${id} failed`, now.message ?? undefined, look);
      if (Date.now() + POLL_MS > deadline)
        throw unmet(`${now.verb} of ${id} did not end in time`, `the registry goes on with it: ${now.state}`, look);
      await sleep(POLL_MS);
    }
  } finally {
    progress.stop();
    context.signals.explain(undefined);
  }
}

function unmet(message: string, reason: string | undefined, next: string): CliError {
  return new CliError('cli.wait_unmet', message, { exitCode: ExitCode.no, reason, next });
}
