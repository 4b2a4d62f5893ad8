import type { CommandContext } from '../core/context.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { isMachineFormat } from '../output/format.js';
import { bulkResultView, type BulkResult } from '../views/bulk-view.js';

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
