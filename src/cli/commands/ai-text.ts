import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import type { ArgumentSpec, Invocation, OptionSpec } from '../spec/types.js';
import { textOfFile } from './manifest-files.js';

export const TEXT: ArgumentSpec = {
  name: 'text',
  summary: 'words of the text; left out or -: read from standard input',
  variadic: true,
};

export const FILE_OPTION: OptionSpec = { flags: '--file <file>', summary: 'read the text from a file', common: true };

/** The text a command is given: as words, from a file, or piped in. */
export async function givenText(context: CommandContext, { args, options }: Invocation): Promise<string> {
  const words = ((args[0] as string[] | undefined) ?? []).join(' ');
  const file = options.file as string | undefined;
  if (file !== undefined && words !== '') throw usageError('give either a text, or --file');
  if (file !== undefined && file !== '-') return textOfFile(file);
  if (words !== '' && words !== '-') return words;
  if (words === '' && file === undefined && context.terminal.stdin.isTTY)
    throw usageError('no text was given', {
      reason: 'give it after the command, pipe it in, or name a file with --file',
    });
  return context.readStdin('text');
}

/** Asks the engine and answers what it says. */
export async function askEngine<Answer>(context: CommandContext, call: string, body: object): Promise<Answer> {
  const client = await context.client();
  return client.json<Answer>({ method: 'POST', path: `/api/v1/ai/${call}`, body });
}
