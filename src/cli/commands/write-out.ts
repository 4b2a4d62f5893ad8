import type { Readable } from 'node:stream';
import type { CommandContext } from '../core/context.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { FileDraft } from '../core/file-draft.js';
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

/** A cut connection leaves no half export that looks like one. */
async function toFile(context: CommandContext, response: Readable, target: string): Promise<number> {
  const draft = await FileDraft.open(context.signals, target).catch((error: unknown) => {
    response.destroy();
    throw error;
  });
  const progress = context.progress();
  progress.stage('exporting bytes');
  let bytes = 0;
  try {
    for await (const chunk of response) {
      await draft.write(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      progress.advance((chunk as Buffer).length);
    }
    await draft.keep();
    return bytes;
  } catch (cause) {
    await draft.drop();
    throw cause instanceof CliError ? cause : cutOff(cause);
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
