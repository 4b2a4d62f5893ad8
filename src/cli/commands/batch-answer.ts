import type { RegistryResponse } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { CliError, isMissingRoute } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { isMachineFormat } from '../output/format.js';
import { bulkResultView, type BulkResult } from '../views/bulk-view.js';

export interface Batch<Item> {
  items: readonly Item[];
  /** What became of one that it worked for. */
  done: 'created' | 'deleted' | 'revoked' | 'cancelled';
  name: (item: Item) => { key: string; id?: string };
  /** Undefined under `--dry-run`. */
  act: (item: Item) => Promise<RegistryResponse | undefined>;
  /** What is waited for, of each that was done, when all have been tried. */
  settle?: (item: Item) => Promise<unknown>;
}

/** Does the same to each, one after another: the only one is told in a sentence, several as a list of results. */
export async function runBatch<Item>(context: CommandContext, batch: Batch<Item>, sentence: string): Promise<void> {
  const results: BulkResult[] = [];
  for (const [index, item] of batch.items.entries()) {
    const named = batch.name(item);
    try {
      if (await batch.act(item)) results.push({ index, status: batch.done, ...named });
    } catch (error) {
      results.push({ index, status: 'failed', ...named, error: failure(error, batch.items.length) });
    }
  }
  if (context.dryRun) return;
  for (const [index, item] of batch.settle ? batch.items.entries() : []) {
    if (results[index]?.status === 'failed') continue;
    await batch.settle?.(item).catch((error: unknown) => {
      results[index] = { index, status: 'failed', ...batch.name(item), error: failure(error, batch.items.length) };
    });
  }
  if (batch.items.length === 1 && results[0]) return context.changed(sentence, results[0], bulkResultView);
  await answerBatch(context, results, batch.done);
}

/** One of several: noted, and the others go on; alone, or when no further one can work: thrown. */
function failure(error: unknown, count: number): BulkResult['error'] {
  const itemFailed =
    error instanceof CliError &&
    !isMissingRoute(error) &&
    [ExitCode.notFound, ExitCode.conflict, ExitCode.invalid, ExitCode.no].some((code) => code === error.exitCode);
  if (!itemFailed || count === 1) throw error;
  return { status: error.status ?? 0, code: error.code, detail: error.message };
}

/** `Delete svc_a from the registry (profile prod, host)?`: what a question must say of where. */
export function questionFor(context: CommandContext, what: string): string {
  const { profileName, server } = context.settings;
  return `${what} (${profileName.value ? `profile ${profileName.value}, ` : ''}${server.value.host})?`;
}

/** Asks before entries are deleted; where others depend on them, by their name, or how many they are. */
export async function confirmDeletion(
  context: CommandContext,
  what: string,
  { ids, force }: { ids: readonly string[]; force: boolean },
): Promise<void> {
  if (!force) return context.confirm(questionFor(context, `Delete ${what} from the registry`));
  const question = questionFor(context, `Delete ${what} from the registry, whatever depends on it`);
  await context.confirmSevere(question, ids.length === 1 && ids[0] !== undefined ? ids[0] : String(ids.length));
}

/** Several items at once: what became of each; with a failure among them exit code 9, and for programs the error object. */
export async function answerBatch(
  context: CommandContext,
  results: readonly BulkResult[],
  verb: string,
): Promise<void> {
  const failed = results.filter((result) => result.status === 'failed').length;
  const said = `${results.length - failed} of ${results.length} ${verb}`;
  if (failed > 0 && isMachineFormat(context.format)) {
    throw new CliError('cli.partial', said, { exitCode: ExitCode.partial, details: { results } });
  }
  await context.list(results, bulkResultView);
  context.notice(said);
  if (failed > 0) context.exit(ExitCode.partial);
}
