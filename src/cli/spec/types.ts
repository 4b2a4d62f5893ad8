import type { CommandContext } from '../core/context.js';
import type { View } from '../output/view.js';

/** Kinds with a group of commands of their own. */
export type KindName =
  'service' | 'engine' | 'component' | 'registry' | 'plugin' | 'feature-flag' | 'config' | 'grid' | 'mesh';

/** Names and ids that the registry is asked for; of `profile` the user's file. */
export type Named =
  | KindName
  | `${KindName}-setting`
  | 'entry'
  | 'feature'
  | 'key'
  | 'role'
  | 'permission'
  | 'profile'
  | 'relationship'
  | 'rule'
  | 'feedback'
  | 'segment'
  | 'flag-revision'
  | 'draft'
  | 'config-version'
  | 'mesh-version'
  | 'trace'
  | 'instance'
  | 'workload'
  | 'service-name'
  | 'service-operation'
  | 'engine-operation'
  | 'host';

/** What a shell can complete: names, types and statuses of entries, files, folders, `@file` as of `--data`, or these words. */
export type Completes = Named | 'type' | 'status' | 'file' | 'folder' | 'data' | readonly string[];

/** A value that is needed: asked for where a person sits, refused elsewhere. */
export interface Asked {
  /** What to ask; the summary when left out. */
  question?: string;
  /** Options that stand in for it: `file`. */
  unless?: readonly string[];
}

export interface ArgumentSpec {
  name: string;
  summary: string;
  required?: boolean;
  variadic?: boolean;
  /** Needed, but optional to the parser. */
  asked?: Asked;
  /** What the shell can complete here. */
  completes?: Completes;
}

export interface OptionSpec {
  /** `-t, --tag <tag>`; always with a long form. */
  flags: string;
  summary: string;
  /** May be given several times; the value is a list. */
  repeatable?: boolean;
  choices?: readonly string[];
  /** What the shell can complete, where neither `choices` nor the name of the value tells: other values are taken too. */
  completes?: Completes;
  /** Several values may be given at once, separated by commas. */
  list?: boolean;
  asked?: Asked;
  /** Shown among the first flags of the help. */
  common?: boolean;
  /** No longer wanted: still taken for one minor release, with a warning, but shown nowhere. What to do instead: `use --tag`. */
  removed?: string;
}

export interface ExampleSpec {
  /** Without the program name: `list plugin ai-ml`. */
  cmd: string;
  /** What it is for, a few words. */
  note?: string;
  /** Exit code of the example when it is not 0. */
  expect?: number;
  /** Not run by the tests, and why: it needs a terminal, a file of the user, … */
  norun?: string;
}

/** What a command does to the registry; decides whether `--dry-run` and `--yes` exist. */
export type Effect = 'reads' | 'writes' | 'deletes' | 'local' | 'local-writes';

/** Arguments and options as the parser read them. */
export interface Invocation {
  args: readonly (string | string[] | undefined)[];
  options: Record<string, unknown>;
}

export interface LeafSpec {
  name: string;
  aliases?: readonly string[];
  summary: string;
  description?: string;
  arguments?: readonly ArgumentSpec[];
  options?: readonly OptionSpec[];
  /** At least one. */
  examples: readonly [ExampleSpec, ...ExampleSpec[]];
  effect: Effect;
  /** It can do what cannot be made good again, and has the name of it typed then: adds `--confirm`. */
  severe?: boolean;
  /** Fields and columns of what it prints; a command without one prints no records. */
  view?: View<never>;
  /** API operations it covers, `METHOD /path`. */
  operations?: readonly string[];
  /** Left out of help, docs and completion. */
  hidden?: boolean;
  run(context: CommandContext, invocation: Invocation): Promise<void>;
}

export interface GroupSpec {
  name: string;
  aliases?: readonly string[];
  summary: string;
  description?: string;
  children: readonly (LeafSpec | GroupSpec)[];
  /** Child that runs when the first word is no child's name: `graph <id>` is `graph walk <id>`. */
  fallback?: string;
  /** The fallback also runs when nothing follows the name, where other groups show their help. */
  bare?: boolean;
}

export type CommandSpec = LeafSpec | GroupSpec;

export function isGroup(spec: CommandSpec): spec is GroupSpec {
  return 'children' in spec;
}

/** Every leaf below a command, with its words: `['graph', 'impact']`. */
export function* leavesOf(
  spec: CommandSpec,
  words: readonly string[] = [],
): Generator<{ words: string[]; leaf: LeafSpec }> {
  const here = [...words, spec.name];
  if (!isGroup(spec)) {
    yield { words: here, leaf: spec };
    return;
  }
  for (const child of spec.children) yield* leavesOf(child, here);
}
