import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { CommandContext } from '../core/context.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { grouped } from '../output/time.js';
import type { LeafSpec } from '../spec/types.js';

const WIRE_FORMATS: Record<string, string> = { table: 'ndjson', jsonl: 'ndjson', json: 'json', yaml: 'yaml' };

export const exportCommand: LeafSpec = {
  name: 'export',
  summary: 'Write the catalog to a file',
  description: 'Entries and relationships, as a stream. What is written here, "import" reads into another registry.',
  options: [
    {
      flags: '--to <file>',
      summary: 'write into this file, whole or not at all (default: standard output)',
      common: true,
    },
  ],
  examples: [{ cmd: 'export --to catalog.ndjson', norun: 'writes a file' }, { cmd: 'export -o yaml' }],
  effect: 'reads',
  operations: ['GET /api/v1/entities/export'],
  async run(context, { options }) {
    const format = WIRE_FORMATS[context.format.name];
    if (format === undefined) {
      throw usageError(`an export cannot be written as ${context.format.name}`, {
        reason: 'formats: jsonl, json, yaml',
      });
    }
    const client = await context.client();
    const response = await client.stream({
      method: 'GET',
      path: '/api/v1/entities/export',
      query: { format },
      accept:
        format === 'ndjson' ? 'application/x-ndjson' : format === 'yaml' ? 'application/yaml' : 'application/json',
    });
    const target = options.to as string | undefined;
    const bytes = target === undefined ? await toStdout(context, response) : await toFile(context, response, target);
    if (target !== undefined) context.notice(`wrote ${grouped(bytes)} bytes to ${target}`);
  },
};

async function toStdout(context: CommandContext, response: IncomingMessage): Promise<number> {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      await context.writeRaw(chunk as Buffer);
    }
  } catch (cause) {
    throw cutOff(cause);
  }
  return bytes;
}

/** Beside the target and renamed at the end: a cut connection leaves no half export that looks like one. */
async function toFile(context: CommandContext, response: IncomingMessage, target: string): Promise<number> {
  const draft = `${target}.part`;
  const progress = context.progress();
  progress.stage('exporting bytes');
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    progress.advance(chunk.length);
  });
  try {
    await pipeline(response, createWriteStream(draft));
    await rename(draft, target);
    return bytes;
  } catch (cause) {
    await rm(draft, { force: true });
    if ((cause as NodeJS.ErrnoException).path !== undefined) {
      throw usageError(`cannot write ${JSON.stringify(target)}`, { reason: (cause as Error).message, cause });
    }
    throw cutOff(cause);
  } finally {
    progress.stop();
  }
}

function cutOff(cause: unknown): CliError {
  return new CliError('cli.export_cut', 'the export was cut off before its end', {
    exitCode: ExitCode.unreachable,
    reason: (cause as Error).message,
    cause,
  });
}
