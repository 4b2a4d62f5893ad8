import { VALUE_TYPES } from '../kinds/config.words.js';
import { numberOf } from '../kinds/kind-request.js';
import { valueOf } from '../kinds/typed-value.js';
import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import type { ArgumentSpec, OptionSpec } from '../spec/types.js';
import { textOfFile } from './manifest-files.js';

export const VALUE: ArgumentSpec = {
  name: 'value',
  summary: 'left out or -: read from standard input, or asked for',
};

export const TYPE_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--type <type>',
    summary: `${VALUE_TYPES.join(', ')}; by the value when left out`,
    choices: VALUE_TYPES,
    common: true,
  },
  { flags: '--secret', summary: 'same as --type secret: encrypted, masked without read:secrets', common: true },
  { flags: '--file <file>', summary: 'read the value from a file', common: true },
];

export interface GivenValue {
  value: unknown;
  type?: string;
  /** It may be a text that looks like something else. */
  guessed: boolean;
  /** Not to be shown: it did not stand on the command line, or it is a secret. */
  hidden: boolean;
  text: string;
}

/** The value a command is given: as an argument, from a file, piped in, or asked for. */
export async function givenValue(
  context: CommandContext,
  key: string,
  word: string | undefined,
  options: Record<string, unknown>,
): Promise<GivenValue> {
  const { type: typed, secret, file } = options as { type?: string; secret?: boolean; file?: string };
  if (secret && typed !== undefined && typed !== 'secret') throw usageError('give either --type, or --secret');
  if (file !== undefined && word !== undefined) throw usageError('give either a value, or --file');
  const type = secret ? 'secret' : typed;
  const sealed = type === 'secret' || options.encrypted === true;
  const onLine = word !== undefined && word !== '-';
  if (onLine && sealed) {
    context.notice('a secret on the command line stays in the history of the shell: leave it out to be asked for it');
  }
  const text = onLine
    ? word
    : file !== undefined
      ? oneLineLess(textOfFile(file))
      : await readValue(context, key, sealed);
  return { value: asTyped(text, type), type, guessed: type === undefined, hidden: sealed || !onLine, text };
}

async function readValue(context: CommandContext, key: string, sealed: boolean): Promise<string> {
  const { stdin } = context.terminal;
  if (!stdin.isTTY) {
    const text = oneLineLess(await context.readStdin('value'));
    if (text !== '') return text;
  } else if (context.mayPrompt) {
    return sealed ? context.secret(`Value of ${key}`) : context.ask(`Value of ${key}`);
  }
  throw usageError('no value was given', { reason: 'give it after the key, pipe it in, or name a file with --file' });
}

/** What `echo` and editors put behind the last line is no part of a value. */
const oneLineLess = (text: string): string => text.replace(/\r?\n$/, '');

function asTyped(text: string, type: string | undefined): unknown {
  switch (type) {
    case undefined:
      return valueOf(text);
    case 'integer':
    case 'float':
      return numberOf(text, `value of type ${type}`);
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw usageError(`${JSON.stringify(text)} is neither true nor false`);
    case 'json':
      try {
        return JSON.parse(text) as unknown;
      } catch (cause) {
        throw usageError('the value is not valid JSON', { reason: (cause as Error).message, cause });
      }
    default:
      return text;
  }
}
