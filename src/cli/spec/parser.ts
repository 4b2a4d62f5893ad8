import { Command, CommanderError, Option } from 'commander';
import { usageError, type CliError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { topCommandsOf } from '../groups.js';
import type { TopCommand } from '../top-command.js';
import { flagWords, GLOBAL_OPTIONS } from './global-options.js';
import { helpOf, optionsOf, rootHelp, usageLine } from './help.js';
import { removedOptions } from './removed.js';
import { isGroup, type CommandSpec, type Invocation, type LeafSpec, type OptionSpec } from './types.js';

export interface ParserInput {
  program: string;
  version: string;
  helpAll: boolean;
  /** The command whose module was loaded; the others stand as names only. */
  chosen?: { top: TopCommand; spec: CommandSpec };
  write: (text: string) => void;
  run: (leaf: LeafSpec, invocation: Invocation, flags: Record<string, unknown>) => Promise<void>;
}

/** The commander tree: global options at the root, the chosen command in full. */
export function buildParser(input: ParserInput): Command {
  const root = prepare(new Command(input.program), input, () => rootHelp(input.program, input.version));
  for (const option of GLOBAL_OPTIONS) root.addOption(commanderOption(option));
  for (const top of topCommandsOf(input.program)) {
    if (input.chosen?.top === top) root.addCommand(commandFor(input.chosen.spec, [], input), { hidden: top.hidden });
    else root.addCommand(stub(top, input), { hidden: top.hidden });
  }
  return root;
}

function stub(top: TopCommand, input: ParserInput): Command {
  const command = prepare(new Command(top.name), input, () => '').description(top.summary);
  return command.aliases([...(top.aliases ?? [])]);
}

function commandFor(spec: CommandSpec, parents: readonly string[], input: ParserInput): Command {
  const words = [...parents, spec.name];
  const command = prepare(new Command(spec.name), input, () => helpOf(input.program, words, spec, input.helpAll));
  command.description(spec.summary).aliases([...(spec.aliases ?? [])]);
  if (isGroup(spec)) {
    for (const child of spec.children) command.addCommand(commandFor(child, words, input));
    return command;
  }
  for (const argument of spec.arguments ?? []) {
    const name = `${argument.name}${argument.variadic ? '...' : ''}`;
    command.argument(argument.required ? `<${name}>` : `[${name}]`, argument.summary);
  }
  for (const option of [...optionsOf(spec), ...removedOptions(spec)]) command.addOption(commanderOption(option));
  command.usage(usageLine('', words, spec).trim());
  return command.action(async (...received: unknown[]) => {
    const self = received.at(-1) as Command;
    const args = received.slice(0, -2) as Invocation['args'];
    await input.run(spec, { args, options: self.opts() }, self.optsWithGlobals());
  });
}

function prepare(command: Command, input: ParserInput, help: () => string): Command {
  return command
    .exitOverride()
    .configureOutput({ writeOut: input.write, writeErr: () => undefined })
    .configureHelp({ formatHelp: help })
    .helpOption('-h, --help', 'help of this command')
    .helpCommand(false);
}

function commanderOption(spec: OptionSpec): Option {
  const { long, attached } = flagWords(spec.flags);
  // Given alone it comes with an empty value (argv.ts).
  if (attached) return new Option(`${long} [value]`, spec.summary).argParser((value) => value === '' || value);
  const option = new Option(spec.flags, spec.summary);
  if (spec.choices) option.choices([...spec.choices]);
  if (spec.repeatable) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  return option;
}

/** What the words had led to when the parser gave up. */
export interface ParsedSoFar {
  usage?: string;
  group?: { words: readonly string[]; children: readonly string[] };
  /** The word in whose place the group's usual command was put. */
  surplus?: string;
  /** Flags given alone, whose value stands behind `=` where they have one. */
  bare?: readonly string[];
}

/** What commander refuses, in the form all errors have. Undefined when it only showed help. */
export function parseFailure(
  error: CommanderError,
  program: string,
  { usage, group, surplus, bare = [] }: ParsedSoFar,
): CliError | undefined {
  if (error.exitCode === 0 || error.code === 'commander.help' || error.code === 'commander.helpDisplayed')
    return undefined;
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  // One is enough: it is never run, only told.
  const hint = suggestion?.replace(/^\(Did you mean (?:one of )?([^,?]+).*$/s, 'did you mean $1?');
  const unknownCommand = error.code === 'commander.unknownCommand';
  const path = [program, ...(group?.words ?? [])].join(' ');
  // A group's usual command took the word that was meant as one of the others.
  if (error.code === 'commander.excessArguments' && group && surplus !== undefined)
    return usageError(`${path} has no command '${surplus}'`, {
      reason: didYouMean(surplus, group.children) ?? `it has ${group.children.join(', ')}`,
      next: `${path} --help`,
    });
  const [flag] = error.code === 'commander.excessArguments' ? bare : [];
  return usageError(message, {
    reason: flag === undefined ? hint : `${flag} takes a value behind "=" only: ${flag}=…`,
    usage,
    next: unknownCommand ? `${path} --help` : undefined,
  });
}
