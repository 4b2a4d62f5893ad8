import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import type { LeafSpec, OptionSpec } from '../spec/types.js';
import { TO_FILE_OPTION, writeOut } from './write-out.js';

/** What is written for an output format. */
export const WIRE_FORMATS: Record<string, string> = { table: 'ndjson', jsonl: 'ndjson', json: 'json', yaml: 'yaml' };

/** For whoever takes everything along; needs read:secrets and is recorded. */
export const SECRETS_OPTION: OptionSpec = {
  flags: '--secrets',
  summary: 'secrets in the clear (needs read:secrets, and is recorded)',
};

export const exportCommand: LeafSpec = {
  name: 'export',
  summary: 'Write the catalog to a file',
  description: 'Entries and relationships, as a stream. What is written here, "import" reads into another registry.',
  options: [TO_FILE_OPTION, SECRETS_OPTION],
  examples: [{ cmd: 'export --to catalog.ndjson', norun: 'writes a file' }, { cmd: 'export -o yaml' }],
  effect: 'reads',
  operations: ['GET /api/v1/entities/export'],
  run: (context, { options }) => exportFrom(context, '/api/v1/entities/export', options),
};

/** The export of a path as it arrives, to standard output or into a file. */
export async function exportFrom(
  context: CommandContext,
  path: string,
  { to, secrets }: { to?: unknown; secrets?: unknown },
): Promise<void> {
  const format = WIRE_FORMATS[context.format.name];
  if (format === undefined) {
    throw usageError(`an export cannot be written as ${context.format.name}`, {
      reason: 'formats: jsonl, json, yaml',
    });
  }
  const client = await context.client();
  const response = await client.stream({
    method: 'GET',
    path,
    query: { format, secrets: secrets === true ? true : undefined },
    accept: format === 'ndjson' ? 'application/x-ndjson' : format === 'yaml' ? 'application/yaml' : 'application/json',
  });
  await writeOut(context, response, to as string | undefined);
}
