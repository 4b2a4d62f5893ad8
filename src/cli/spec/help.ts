import { PLUGIN_MANAGER } from '../aliases.js';
import { topCommandsOf } from '../groups.js';
import { CONFIRM_OPTION, DRY_RUN_OPTION, flagWords, GLOBAL_OPTIONS, YES_OPTION } from './global-options.js';
import {
  isGroup,
  type ArgumentSpec,
  type CommandSpec,
  type GroupSpec,
  type LeafSpec,
  type OptionSpec,
} from './types.js';

export const HELP_TOPICS: readonly (readonly [string, string])[] = [
  ['exit-codes', 'what each exit code means'],
  ['environment', 'variables that are read'],
  ['formatting', 'output formats, fields and templates'],
  ['settings', 'profiles, files and their order'],
  ['waiting', 'what --wait waits for'],
];

const MAX_FLAG_LINES = 25;
const FLAG_COLUMN = 30;
const MAX_EXAMPLES = 8;

/** Own options of a leaf with those its effect brings; without those that are taken but shown nowhere. */
export function optionsOf(leaf: LeafSpec): OptionSpec[] {
  const extra: OptionSpec[] = [];
  const own = leaf.options?.some(({ flags }) => flags === DRY_RUN_OPTION.flags);
  if (!own && (leaf.effect === 'writes' || leaf.effect === 'deletes' || leaf.effect === 'local-writes'))
    extra.push(DRY_RUN_OPTION);
  if (leaf.effect === 'deletes') extra.push(YES_OPTION);
  if (leaf.severe) extra.push(CONFIRM_OPTION);
  return [...(leaf.options ?? []).filter(({ removed }) => removed === undefined), ...extra];
}

/** Flags that take a value behind `=` only. */
export function attachedFlags(leaf: LeafSpec): string[] {
  return (leaf.options ?? [])
    .map(({ flags }) => flagWords(flags))
    .flatMap(({ long, attached }) => (attached ? [long] : []));
}

/** Always needed, whether the parser says so or it is asked for. */
export function isNeeded(argument: ArgumentSpec): boolean {
  return argument.required === true || (argument.asked !== undefined && !argument.asked.unless);
}

/** `ureg list [type] [feature] [flags]`. */
export function usageLine(program: string, words: readonly string[], leaf: LeafSpec): string {
  const args = (leaf.arguments ?? []).map((argument) => {
    const name = `${argument.name}${argument.variadic ? '...' : ''}`;
    return isNeeded(argument) ? `<${name}>` : `[${name}]`;
  });
  return [program, ...words, ...args, '[flags]'].join(' ');
}

export function helpOf(program: string, words: readonly string[], spec: CommandSpec, all: boolean): string {
  return isGroup(spec) ? groupHelp(program, words, spec) : leafHelp(program, words, spec, all);
}

export function rootHelp(program: string, version: string): string {
  const all = topCommandsOf(program).filter((command) => !command.hidden);
  const sections = [...new Set(all.map((command) => command.section))];
  const lines = [`${program} ${version}: one place to register, find and relate all your software.`, ''];
  lines.push('Usage:', `  ${program} <command> [arguments] [flags]`, '');
  for (const section of sections) {
    const commands = all.filter((command) => command.section === section);
    lines.push(`${section}:`, ...commands.map((command) => row(command.name, command.summary)), '');
  }
  lines.push('Global flags:', ...flagLines(GLOBAL_OPTIONS), row('-V, --version', 'print the version'));
  lines.push(row('-h, --help', 'help of any command'), '');
  lines.push('Examples:', ...examplesOf(program).map((cmd) => `  ${program} ${cmd}`), '');
  lines.push('Learn more:', ...HELP_TOPICS.map(([topic, what]) => row(`${program} help ${topic}`, what)));
  return `${lines.join('\n')}\n`;
}

function examplesOf(program: string): string[] {
  if (program === PLUGIN_MANAGER) return ['list ai-ml', 'register ./plugin.yaml', 'discover ./plugins'];
  return ['health', 'list plugin ai-ml', 'search "tensorflow"'];
}

function groupHelp(program: string, words: readonly string[], group: GroupSpec): string {
  const path = [program, ...words].join(' ');
  const lines = [group.summary, ''];
  if (group.description) lines.push(group.description, '');
  lines.push('Usage:', `  ${path} <command> [arguments] [flags]`);
  const fallback = group.children.find((child) => child.name === group.fallback);
  if (fallback && !isGroup(fallback)) {
    lines.push(`  ${usageLine(program, words, fallback)}   same as ${path} ${fallback.name}`);
  }
  lines.push('', 'Commands:', ...group.children.map((child) => row(child.name, child.summary)), '');
  const examples = group.children.flatMap((child) => (isGroup(child) ? [] : child.examples.slice(0, 1)));
  lines.push('Examples:', ...examples.slice(0, MAX_EXAMPLES).map((example) => `  ${program} ${example.cmd}`), '');
  lines.push('Learn more:', `  ${path} <command> --help`);
  return `${lines.join('\n')}\n`;
}

function leafHelp(program: string, words: readonly string[], leaf: LeafSpec, all: boolean): string {
  const lines = [leaf.summary, ''];
  if (leaf.description)
    lines.push('Description:', ...leaf.description.split('\n').map((text) => `  ${text}`.trimEnd()), '');
  lines.push('Usage:', `  ${usageLine(program, words, leaf)}`, '');
  if (leaf.arguments?.length) {
    lines.push('Arguments:', ...leaf.arguments.map((argument) => row(argument.name, argument.summary)), '');
  }
  const options = optionsOf(leaf);
  const common = options.filter((option) => option.common);
  const more = options.filter((option) => !option.common);
  const shown = new Set(all ? options : fitting([...common, ...more], MAX_FLAG_LINES));
  const rest = options.length - shown.size;
  const titled = [
    [common.length > 0 ? 'Common flags:' : '', common.filter((option) => shown.has(option))],
    [common.length > 0 ? 'More flags:' : 'Flags:', more.filter((option) => shown.has(option))],
  ] as const;
  for (const [title, some] of titled) if (some.length > 0) lines.push(title, ...flagLines(some), '');
  if (rest > 0) lines.splice(-1, 1, `  ... ${rest} more (--help-all)`, '');
  lines.push('Global flags:');
  if (all) lines.push(...flagLines(GLOBAL_OPTIONS), '');
  else lines.push(`  -o, --json, --fields, --server, --profile, -q and others: ${program} --help`, '');
  lines.push('Examples:', ...leaf.examples.map((example) => exampleLine(program, example.cmd, example.note)), '');
  lines.push('Learn more:', `  ${program} help formatting, ${program} help exit-codes`);
  return `${lines.join('\n')}\n`;
}

function exampleLine(program: string, cmd: string, note: string | undefined): string {
  return note ? `  ${`${program} ${cmd}`.padEnd(48)}  # ${note}` : `  ${program} ${cmd}`;
}

/** As many of the first as take so many lines. */
function fitting(options: readonly OptionSpec[], most: number): OptionSpec[] {
  let used = 0;
  return options.filter((option) => (used += flagLines([option])[0]?.split('\n').length ?? 0) <= most);
}

function flagLines(options: readonly OptionSpec[]): string[] {
  return options.map((option) => {
    const flags = flagWords(option.flags).short ? option.flags : `    ${option.flags}`;
    return row(flags, option.repeatable ? `${option.summary} (repeatable)` : option.summary);
  });
}

function row(left: string, right: string): string {
  return left.length < FLAG_COLUMN
    ? `  ${left.padEnd(FLAG_COLUMN)}${right}`
    : `  ${left}\n  ${' '.repeat(FLAG_COLUMN)}${right}`;
}
