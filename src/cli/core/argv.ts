import { flagWords, GLOBAL_OPTIONS } from '../spec/global-options.js';
import { usageError } from './errors.js';

/** The command line after what commander cannot read has been rewritten. */
export interface PreparedArgv {
  args: string[];
  /** `--help-all`: help without shortening. */
  helpAll: boolean;
  /** `--json=`: list the fields of the command and do nothing else. */
  listFields: boolean;
  version: boolean;
}

const TAKES_VALUE = new Set(
  GLOBAL_OPTIONS.map((option) => flagWords(option.flags))
    .filter((words) => words.takesValue)
    .flatMap((words) => [words.long, ...(words.short ? [words.short] : [])]),
);

/**
 * `--json=a,b` becomes `--json --fields a,b`: an optional value of `--json` itself would swallow the next word, so that
 * `get --json abc` had no id any more.
 */
export function prepareArgv(argv: readonly string[]): PreparedArgv {
  const prepared: PreparedArgv = { args: [], helpAll: false, listFields: false, version: false };
  const end = argv.indexOf('--');
  const flagged = end === -1 ? argv : argv.slice(0, end);
  flagged.forEach((word, index) => {
    if (word === '--help-all') {
      prepared.helpAll = true;
      prepared.args.push('--help');
    } else if (word === '--version' || word === '-V') {
      prepared.version = true;
    } else if (word === '--json=' || word === '--fields=') {
      prepared.listFields = true;
    } else if (word.startsWith('--json=')) {
      prepared.args.push('--json', '--fields', word.slice('--json='.length));
    } else {
      if (flagged[index - 1] === '--json') refuseBareFieldList(word);
      prepared.args.push(word);
    }
  });
  if (end !== -1) prepared.args.push(...argv.slice(end));
  return prepared;
}

/**
 * `--wait abc` becomes `--wait= abc` for flags whose value may stand behind `=` alone: the parser would take the next word for
 * it. `--wait=` as typed says nothing, and is refused.
 */
export function withoutNextWords(args: readonly string[], attached: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.map((word, index) => {
    if (end !== -1 && index > end) return word;
    if (attached.includes(word)) return `${word}=`;
    if (word.endsWith('=') && attached.includes(word.slice(0, -1))) throw usageError(`${word} says nothing after "="`);
    return word;
  });
}

/** The first words that are no flags: the command. Stops at a flag that is not a global one. */
export function commandWords(args: readonly string[], limit: number): { word: string; index: number }[] {
  const found: { word: string; index: number }[] = [];
  for (let index = 0; index < args.length && found.length < limit; index += 1) {
    const word = args[index];
    if (word === '--') break;
    if (word === '-' || !word.startsWith('-')) found.push({ word, index });
    else if (TAKES_VALUE.has(word)) index += 1;
    else if (!isGlobalFlag(word)) break;
  }
  return found;
}

/** `-o`/`--json` as typed: errors of the parser itself must already know the format. */
export function formatInArgv(argv: readonly string[]): string | undefined {
  let format: string | undefined;
  for (let index = 0; index < argv.length && argv[index] !== '--'; index += 1) {
    const word = argv[index];
    if (word === '-o' || word === '--output') format = argv[index + 1];
    else if (word.startsWith('--output=')) format = word.slice('--output='.length);
    else if (/^-o./.test(word)) format = word.slice(2);
    else if (word === '--json' || word.startsWith('--json=')) format ??= 'json';
  }
  return format;
}

/** What `--server`, `--api` and `--profile` say as typed, where nothing else is read. */
export function placeInArgv(argv: readonly string[]): { server?: string; api?: string; profile?: string } {
  const end = argv.indexOf('--');
  const flagged = end === -1 ? argv : argv.slice(0, end);
  const valueOf = (flag: string): string | undefined => {
    const at = flagged.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
    return flagged[at] === flag ? flagged[at + 1] : flagged[at]?.slice(flag.length + 1);
  };
  return { server: valueOf('--server'), api: valueOf('--api'), profile: valueOf('--profile') };
}

/** `--color`/`--no-color` and `--debug` as typed, for errors of the parser itself. */
export function tellingInArgv(argv: readonly string[]): { colour: string | false | undefined; debug: boolean } {
  const end = argv.indexOf('--');
  const flagged = end === -1 ? argv : argv.slice(0, end);
  let colour: string | false | undefined;
  flagged.forEach((word, index) => {
    if (word === '--no-color') colour = false;
    else if (word === '--color') colour = flagged[index + 1];
    else if (word.startsWith('--color=')) colour = word.slice('--color='.length);
  });
  return { colour, debug: flagged.includes('--debug') };
}

function isGlobalFlag(word: string): boolean {
  const name = word.split('=')[0] ?? word;
  return GLOBAL_OPTIONS.some((option) => {
    const words = flagWords(option.flags);
    return words.long === name || words.short === name || (words.short === '-o' && /^-o./.test(word));
  });
}

function refuseBareFieldList(word: string): void {
  if (!/^[a-z_]+(\.[\w-]+)*(,[a-z_]+(\.[\w-]+)*)+$/.test(word)) return;
  throw usageError(`--json takes its fields after "=", found ${JSON.stringify(word)}`, {
    reason: `write --json=${word}`,
  });
}
