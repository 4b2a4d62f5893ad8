import type { Completes } from '../spec/types.js';
import { entryWords } from './values.js';
import { globalFlags, type Argument, type Completion, type Flag } from './words.js';

/** Flags that say which registry is asked, and as whom: names are asked of that one. */
export const CONNECTION_FLAGS = ['--profile', '--server', '--api', '--key', '--token-file'] as const;

/**
 * The command table as the scripts hold it, in strings that a shell takes apart quickly. What a word may be is written:
 * the number of a set; `F`, the set of fields of the command; `@name`, asked of the registry; `/file`, `/folder` or
 * `/data` (`@file`); nothing or `-`, anything. A comma behind it: several at once, separated by commas.
 */
export interface Table {
  rows: readonly Row[];
  /** Flags of every command, written as those of a row. */
  global: string;
  /** Words by the number of their set. */
  sets: readonly string[];
}

export interface Row {
  /** Command paths with the same behind them. */
  paths: readonly string[];
  words: string;
  /** `--all`, `--limit=`, `-o=0`; `--json~F,` takes a value behind = only. */
  flags: string;
  /** One for each argument; `+` repeats the last. */
  args: string;
  /** Number of the set of its fields; empty when it has none. */
  fields: string;
}

export function tableOf(all: readonly Completion[]): Table {
  const sets = new Map<string, number>();
  const setOf = (words: readonly string[]): string => {
    const text = words.join(' ');
    if (!sets.has(text)) sets.set(text, sets.size);
    return String(sets.get(text));
  };
  const global = flagsText(globalFlags(), setOf);
  const rows = new Map<string, Row & { paths: string[] }>();
  for (const { path, words, flags, args, fields } of all) {
    const row = {
      words: words.join(' '),
      flags: flagsText(flags, setOf),
      args: argsText(args, setOf),
      fields: fields.length === 0 ? '' : setOf(fields),
    };
    const same = JSON.stringify(row);
    const known = rows.get(same);
    if (known) known.paths.push(path);
    else rows.set(same, { paths: [path], ...row });
  }
  return { rows: [...rows.values()], global, sets: [...sets.keys()] };
}

type SetOf = (words: readonly string[]) => string;

function flagsText(flags: readonly Flag[], setOf: SetOf): string {
  return flags
    .flatMap(({ long, short, value, completes, list }) => {
      if (value === undefined) return [long];
      const what = `${value === '=' ? '~' : '='}${token(completes, setOf)}${completes && list ? ',' : ''}`;
      return short === undefined ? [`${long}${what}`] : [`${long}${what}`, `${short}${what}`];
    })
    .join(' ');
}

function argsText(args: readonly Argument[], setOf: SetOf): string {
  return args
    .flatMap(({ completes, variadic }) => [token(completes, setOf) || '-', ...(variadic ? ['+'] : [])])
    .join(' ');
}

function token(completes: Completes | 'field' | undefined, setOf: SetOf): string {
  if (completes === undefined) return '';
  if (typeof completes !== 'string') return setOf(completes);
  switch (completes) {
    case 'field':
      return 'F';
    case 'type':
    case 'status':
      return setOf(entryWords(completes));
    case 'file':
    case 'folder':
    case 'data':
      return `/${completes}`;
    default:
      return `@${completes}`;
  }
}
