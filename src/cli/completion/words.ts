import { PLUGIN_MANAGER } from '../aliases.js';
import { topCommandsOf } from '../groups.js';
import { flagWords, GLOBAL_OPTIONS } from '../spec/global-options.js';
import { HELP_TOPICS, optionsOf } from '../spec/help.js';
import { isGroup, type Completes, type CommandSpec, type LeafSpec, type OptionSpec } from '../spec/types.js';
import { valuesOf } from './values.js';

/** What can follow one command path. */
export interface Completion {
  path: string;
  /** Commands, right behind it. */
  words: string[];
  /** Its own; those of every command are `globalFlags`. */
  flags: Flag[];
  /** Its arguments in their order; of a group those of its usual command. */
  args: Argument[];
  /** What `--fields` takes here. */
  fields: readonly string[];
}

export interface Flag {
  long: string;
  short?: string;
  /** How its value is written; a flag without one has none. `=` alone: never as the next word. */
  value?: 'word' | '=';
  completes?: Completes | 'field';
  /** Several at once, separated by commas. */
  list?: boolean;
}

export interface Argument {
  completes?: Completes;
  variadic?: boolean;
}

/** Every command path of a program with what follows it; the root is the empty path. */
export async function completions(program: string): Promise<Completion[]> {
  const visible = topCommandsOf(program).filter((top) => !top.hidden);
  const names = visible.map(({ name }) => name);
  const nothing = { flags: [], args: [], fields: [] };
  const all: Completion[] = [
    { path: '', words: [...names, 'help'], ...nothing },
    { path: 'help', words: [...HELP_TOPICS.map(([topic]) => topic), ...names], ...nothing },
  ];
  for (const top of visible) {
    const spec = await top.load();
    const resource = program === PLUGIN_MANAGER ? 'plugin' : top.name;
    for (const name of [top.name, ...(top.aliases ?? [])]) all.push(...below(spec, name, resource));
  }
  return all;
}

/** Those of every command. */
export function globalFlags(): Flag[] {
  const flags = GLOBAL_OPTIONS.map((option): Flag => {
    const flag = flagOf(option, '');
    if (flag.long === '--fields') return { ...flag, completes: 'field', list: true };
    // `--json=a,b`: its value is never a word of its own.
    return flag.long === '--json' ? { ...flag, value: '=', completes: 'field', list: true } : flag;
  });
  return [...flags, { long: '--help' }];
}

function below(spec: CommandSpec, path: string, resource: string): Completion[] {
  if (!isGroup(spec)) return [{ path, words: [], ...following(spec, resource) }];
  const usual = spec.children.find((child) => child.name === spec.fallback);
  const own = usual && !isGroup(usual) ? following(usual, resource) : { flags: [], args: [], fields: [] };
  return [
    { path, words: spec.children.map((child) => child.name), ...own },
    ...spec.children.flatMap((child) =>
      [child.name, ...(child.aliases ?? [])].flatMap((name) => below(child, `${path} ${name}`, resource)),
    ),
  ];
}

function following(leaf: LeafSpec, resource: string): Pick<Completion, 'flags' | 'args' | 'fields'> {
  return {
    flags: optionsOf(leaf).map((option) => flagOf(option, resource)),
    args: (leaf.arguments ?? []).map(({ completes, variadic }) => ({ completes, variadic })),
    fields: leaf.view?.fields ?? [],
  };
}

function flagOf(option: OptionSpec, resource: string): Flag {
  const { short, long, takesValue } = flagWords(option.flags);
  if (!takesValue) return { long, short };
  return { long, short, value: 'word', completes: valuesOf(option, resource), list: option.list };
}
