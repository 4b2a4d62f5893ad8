import { topCommandsOf } from '../groups.js';
import { flagWords, GLOBAL_OPTIONS } from '../spec/global-options.js';
import { HELP_TOPICS, optionsOf } from '../spec/help.js';
import { isGroup, NAMED, type ArgumentSpec, type CommandSpec, type Named } from '../spec/types.js';
import { ENTRY_TYPES } from './candidates.js';

/** What can follow one command path: flags, and words or a sort of names. */
export interface Completion {
  path: string;
  words: string[];
  flags: string[];
  /** Asked of the registry. */
  dynamic?: Named;
  files: boolean;
}

/** Every command path of a program with what follows it; the root is the empty path. */
export async function completions(program: string): Promise<Completion[]> {
  const visible = topCommandsOf(program).filter((top) => !top.hidden);
  const all: Completion[] = [
    { path: '', words: [...visible.map((top) => top.name), 'help'], flags: globalFlags(), files: false },
    {
      path: 'help',
      words: [...HELP_TOPICS.map(([topic]) => topic), ...visible.map((top) => top.name)],
      flags: [],
      files: false,
    },
  ];
  for (const top of visible) {
    const spec = await top.load();
    for (const name of [top.name, ...(top.aliases ?? [])]) all.push(...below(spec, name));
  }
  return all;
}

function below(spec: CommandSpec, path: string): Completion[] {
  if (!isGroup(spec)) {
    const flags = optionsOf(spec).flatMap((option) => flagNames(option.flags));
    return [{ path, flags: [...flags, ...globalFlags()], ...following(spec.arguments ?? []) }];
  }
  const own = following([]);
  const fallback = spec.children.find((child) => child.name === spec.fallback);
  const extra = fallback && !isGroup(fallback) ? following(fallback.arguments ?? []) : own;
  return [
    { path, ...extra, words: spec.children.map((child) => child.name), flags: globalFlags() },
    ...spec.children.flatMap((child) =>
      [child.name, ...(child.aliases ?? [])].flatMap((name) => below(child, `${path} ${name}`)),
    ),
  ];
}

function following(args: readonly ArgumentSpec[]): Pick<Completion, 'words' | 'dynamic' | 'files'> {
  const completes = args.flatMap((argument) => (argument.completes === undefined ? [] : [argument.completes]));
  const words = completes.flatMap((what) =>
    Array.isArray(what) ? what : what === 'type' ? ENTRY_TYPES : [],
  ) as string[];
  const dynamic = NAMED.find((what) => completes.includes(what));
  return {
    words,
    files: completes.includes('file'),
    ...(dynamic && { dynamic }),
  };
}

function globalFlags(): string[] {
  return [...GLOBAL_OPTIONS.flatMap((option) => flagNames(option.flags)), '--help'];
}

function flagNames(flags: string): string[] {
  return [flagWords(flags).long];
}
