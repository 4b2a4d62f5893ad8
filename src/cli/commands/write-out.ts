import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CommandContext } from '../core/context.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { grouped } from '../output/time.js';
import type { OptionSpec } from '../spec/types.js';

export const TO_FILE_OPTION: OptionSpec = {
  flags: '--to <file>',
  summary: 'write into this file, whole or not at all (default: standard output)',
  common: true,
};

/** An export as it arrives, to standard output or into a file. */
export async function writeOut(context: CommandContext, response: Readable, target: string | undefined): Promise<void> {
  if (target === undefined) return toStdout(context, response);
  const bytes = await toFile(context, response, target);
  context.notice(`wrote ${grouped(bytes)} bytes to ${target}`);
}

async function toStdout(context: CommandContext, response: Readable): Promise<void> {
  try {
    for await (const chunk of response) {
      await context.writeRaw(chunk as Buffer);
    }
  } catch (cause) {
    throw cutOff(cause);
  }
}

/** Beside the target and renamed at the end: a cut connection leaves no half export that looks like one. */
async function toFile(context: CommandContext, response: Readable, target: string): Promise<number> {
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
