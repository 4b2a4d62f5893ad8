import type { CommandContext } from '../core/context.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import type { LeafSpec } from '../spec/types.js';
import { answerBatch } from './batch-answer.js';
import { bulkResultView, type BulkResult } from '../views/bulk-view.js';

export const deleteCommand: LeafSpec = {
  name: 'delete',
  aliases: ['rm'],
  summary: 'Delete entries',
  description: 'Refused while other entries depend on one, unless --force is given.',
  arguments: [
    { name: 'id', summary: 'ids or keys of the entries', required: true, variadic: true, completes: 'entry' },
  ],
  options: [
    { flags: '--force', summary: 'delete although others depend on it', common: true },
    { flags: '--if-match <revision>', summary: 'only if the entry is still at this revision' },
  ],
  examples: [{ cmd: 'delete plugin_my-service --yes' }, { cmd: 'delete plugin_old svc_old --force --yes --dry-run' }],
  effect: 'deletes',
  view: bulkResultView,
  operations: ['DELETE /api/v1/entities/{id}'],
  async run(context, { args, options }) {
    const ids = args[0] as string[];
    if (!context.dryRun) await context.confirm(question(context, ids));
    const results: BulkResult[] = [];
    for (const [index, id] of ids.entries()) {
      const result = await deleteOne(context, index, id, options).catch((error: unknown) =>
        failure(index, id, error, ids),
      );
      if (result) results.push(result);
    }
    if (context.dryRun) return;
    if (ids.length === 1 && results[0]) {
      await context.changed(`deleted ${results[0].key}`, results[0], bulkResultView);
      return;
    }
    await answerBatch(context, results, 'deleted');
  },
};

function question(context: CommandContext, ids: readonly string[]): string {
  const { profileName, server } = context.settings;
  const what = ids.length === 1 ? ids[0] : `${ids.length} entries`;
  const where = profileName.value ? `profile ${profileName.value}, ${server.value.host}` : server.value.host;
  return `Delete ${what} from the registry (${where})?`;
}

async function deleteOne(
  context: CommandContext,
  index: number,
  id: string,
  options: Record<string, unknown>,
): Promise<BulkResult | undefined> {
  const answer = await context.send({
    method: 'DELETE',
    path: `/api/v1/entities/${encodeURIComponent(id)}`,
    query: { force: options.force === true ? true : undefined },
    ifMatch: options.ifMatch as string | undefined,
  });
  return answer && { index, status: 'deleted', key: id };
}

/** One of several: noted, and the others go on; alone, or when no further one can work: thrown. */
function failure(index: number, id: string, error: unknown, ids: readonly string[]): BulkResult {
  const itemFailed =
    error instanceof CliError && [ExitCode.notFound, ExitCode.conflict].some((code) => code === error.exitCode);
  if (!itemFailed || ids.length === 1) throw error;
  return {
    index,
    status: 'failed',
    key: id,
    error: { status: error.status ?? 0, code: error.code, detail: error.message },
  };
}
