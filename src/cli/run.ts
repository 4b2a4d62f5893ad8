import { CommanderError } from 'commander';
import { programName } from './aliases.js';
import {
  commandWords,
  formatInArgv,
  prepareArgv,
  placeInArgv,
  tellingInArgv,
  withoutNextWords,
  type PreparedArgv,
} from './core/argv.js';
import { CommandContext } from './core/context.js';
import { CliError, errorLines, errorObject, NOTHING_PIPED, SilentExit, usageError, withUsage } from './core/errors.js';
import { ExitCode } from './core/exit-codes.js';
import { processTerminal, type Terminal } from './core/interactive.js';
import { ServerVersions, serverVersionsPath } from './core/server-versions.js';
import { addressOf, resolveSettings } from './core/settings.js';
import { Signals } from './core/signals.js';
import { topCommandsOf } from './groups.js';
import { paintFor } from './output/colour.js';
import { attachedFlags, rootHelp, usageLine } from './spec/help.js';
import { removedWarnings } from './spec/removed.js';
import { withMissing } from './spec/ask-missing.js';
import { buildParser, parseFailure } from './spec/parser.js';
import { isGroup, type CommandSpec, type LeafSpec } from './spec/types.js';
import type { TopCommand } from './top-command.js';

/** The API generation this program speaks. */
export const API_VERSION = 'v1';

/** More words than any command path has. */
const MOST_WORDS = 5;

interface Chosen {
  top: TopCommand;
  spec: CommandSpec;
  /** The leaf the words lead to; a group alone has none. */
  leaf?: LeafSpec;
  words: string[];
  args: string[];
  /** The innermost group, and the word that is none of its commands. */
  group?: { words: readonly string[]; children: readonly string[] };
  surplus?: string;
  bare?: string[];
}

/** Runs one command line and answers its exit code; everything it says goes to the terminal's streams: by default the process's own. */
export async function runCli(
  argv: readonly string[],
  version: string,
  terminal: Terminal = processTerminal(),
): Promise<number> {
  const run = new Run(programName(argv[1]), version, terminal);
  const words = argv.slice(2);
  try {
    return await run.start(words);
  } catch (error) {
    return run.fail(error, words);
  }
}

class Run {
  private readonly signals: Signals;
  private context: CommandContext | undefined;
  private chosen: Chosen | undefined;

  constructor(
    private readonly program: string,
    private readonly version: string,
    private readonly terminal: Terminal,
  ) {
    this.signals = new Signals(terminal.stderr);
    if (terminal.stderr === process.stderr) this.signals.install();
  }

  async start(words: readonly string[]): Promise<number> {
    const prepared = prepareArgv(words);
    const [first] = commandWords(prepared.args, 1);
    if (prepared.version && first)
      // Done as asked, it would end with 0 and leave the command undone.
      throw usageError(`--version tells the version of ${this.program}, and stands alone`, {
        reason: 'the version of an entry is an argument',
        next: `${this.program} ${first.word} --help`,
      });
    if (prepared.version) return this.printVersion(words);
    if (first?.word === 'help') return this.help(prepared, first.index);
    if (!first && !hasUnknownFlag(prepared.args)) return this.print(rootHelp(this.program, this.version));
    this.chosen = await this.choose(prepared.args);
    const { chosen } = this;
    if (prepared.listFields) return this.printFields(chosen?.leaf);
    if (chosen?.leaf) {
      const attached = attachedFlags(chosen.leaf);
      const args = withoutNextWords(chosen.args, attached);
      chosen.bare = attached.filter((flag) => args.includes(`${flag}=`));
      chosen.args = args;
    }
    const bareGroup =
      chosen?.leaf === undefined && chosen?.words.length === commandWords(chosen?.args ?? [], MOST_WORDS).length;
    await this.parse(
      prepared,
      bareGroup ? [...chosen.args, '--help'] : (chosen?.args ?? (first ? withoutHelp(prepared.args) : prepared.args)),
    );
    return ExitCode.ok;
  }

  /** Says what went wrong and answers the exit code. */
  fail(thrown: unknown, words: readonly string[]): number {
    if (thrown instanceof SilentExit) {
      this.context?.flushNotices();
      return thrown.exitCode;
    }
    const error = this.toCliError(thrown);
    if (error === undefined) return ExitCode.ok;
    const stderr = this.terminal.stderr;
    const { colour: flag, debug } = tellingInArgv(words);
    if (this.machineErrors(words)) {
      stderr.write(`${JSON.stringify(errorObject(error))}\n`);
    } else {
      const paint = paintFor({ flag, env: this.terminal.env, isTTY: stderr.isTTY === true });
      stderr.write(`${errorLines(error, paint).join('\n')}\n`);
    }
    if ((debug || this.terminal.env.UREG_DEBUG) && error.cause instanceof Error)
      stderr.write(`debug: ${error.cause.stack ?? error.cause.message}\n`);
    return error.exitCode;
  }

  private async parse(prepared: PreparedArgv, args: string[]): Promise<void> {
    const parser = buildParser({
      program: this.program,
      version: this.version,
      helpAll: prepared.helpAll,
      chosen: this.chosen,
      write: (text) => this.terminal.stdout.write(text),
      run: async (leaf, invocation, flags) => {
        this.context = new CommandContext({
          program: this.program,
          version: this.version,
          terminal: this.terminal,
          cwd: process.cwd(),
          flags: flags,
          dryRun: flags.dryRun === true,
          yes: flags.yes === true,
          signals: this.signals,
        });
        for (const warning of removedWarnings(leaf, invocation.options)) this.context.notice(warning);
        try {
          await leaf.run(this.context, await withMissing(this.context, leaf, invocation, this.usage));
          this.context.flushNotices();
        } finally {
          await this.context.close();
        }
      },
    });
    await parser.parseAsync(args, { from: 'user' });
  }

  private choose(args: readonly string[], forHelp = false): Promise<Chosen | undefined> {
    return choose(topCommandsOf(this.program), args, forHelp);
  }

  private async help(prepared: PreparedArgv, helpIndex: number): Promise<number> {
    const rest = prepared.args.filter((_, index) => index !== helpIndex);
    const [topic] = commandWords(rest, 1);
    if (!topic) return this.print(rootHelp(this.program, this.version));
    const { topicText } = await import('./docs/topics.js');
    const text = topicText(topic.word, this.program);
    if (text !== undefined) return this.print(text);
    this.chosen = await this.choose(rest, true);
    await this.parse(prepared, this.chosen ? [...this.chosen.args, '--help'] : withoutHelp(rest));
    return ExitCode.ok;
  }

  private printVersion(words: readonly string[]): number {
    if (!formatInArgv(words)?.startsWith('json'))
      return this.print(`${this.program} ${this.version} (API ${API_VERSION})\n`);
    const server = this.serverVersion(words);
    return this.print(
      `${JSON.stringify({ cli: this.version, api: API_VERSION, node: process.versions.node, server })}\n`,
    );
  }

  /** What the server that would be asked said in its last answer; nothing is asked for it. */
  private serverVersion(words: readonly string[]): { url: string; version: string } | null {
    const { env } = this.terminal;
    try {
      const url = addressOf(resolveSettings(placeInArgv(words), env, process.cwd()).server.value);
      const version = new ServerVersions(serverVersionsPath(env)).of(url);
      return version === undefined ? null : { url, version };
    } catch {
      // Settings that cannot be read are told by every command that needs them.
      return null;
    }
  }

  private printFields(leaf: LeafSpec | undefined): number {
    if (!leaf?.view) throw usageError('this command has no fields to choose from');
    return this.print(`${leaf.view.fields.join('\n')}\n`);
  }

  private print(text: string): number {
    this.terminal.stdout.write(text);
    return ExitCode.ok;
  }

  private get usage(): string | undefined {
    const { leaf, words = [] } = this.chosen ?? {};
    return leaf && usageLine(this.program, words, leaf);
  }

  private toCliError(thrown: unknown): CliError | undefined {
    if (thrown instanceof CliError) return thrown.code === NOTHING_PIPED ? withUsage(thrown, this.usage) : thrown;
    if (thrown instanceof CommanderError)
      return parseFailure(thrown, this.program, { ...this.chosen, usage: this.usage });
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new CliError('cli.unexpected', message || 'something unexpected went wrong', {
      next: 'run it again with --debug to see more',
      cause: thrown,
    });
  }

  /** Errors are data when the output is; the parser may have failed before any settings were read. */
  private machineErrors(words: readonly string[]): boolean {
    const typed = formatInArgv(words);
    if (typed !== undefined) return typed.startsWith('json');
    try {
      return this.context?.format.name.startsWith('json') ?? this.terminal.env.UREG_OUTPUT?.startsWith('json') ?? false;
    } catch {
      return false;
    }
  }
}

/** Loads the module the first words name, and puts in the group's fallback child where it was left out. */
async function choose(
  tops: readonly TopCommand[],
  args: readonly string[],
  forHelp: boolean,
): Promise<Chosen | undefined> {
  const [first, ...rest] = commandWords(args, MOST_WORDS);
  const top = tops.find(({ name, aliases }) => name === first?.word || aliases?.includes(first?.word ?? ''));
  if (!first || !top) return undefined;
  const spec = await top.load();
  const chosen: Chosen = { top, spec, words: [spec.name], args: [...args] };
  let here: CommandSpec = spec;
  let last = first.index;
  for (const { word, index } of [...rest, { word: undefined, index: -1 }]) {
    if (!isGroup(here)) break;
    const group: CommandSpec = here;
    chosen.group = { words: [...chosen.words], children: group.children.map(({ name }) => name) };
    const child: CommandSpec | undefined = group.children.find(
      (c) => c.name === word || c.aliases?.includes(word ?? ''),
    );
    if (child) {
      here = child;
      last = index;
      chosen.words.push(child.name);
      continue;
    }
    const fallback = group.children.find((c) => c.name === group.fallback);
    const helped = forHelp || args.some(asksForHelp);
    const something =
      group.bare === true || word !== undefined || args.length > first.index + 1 + chosen.words.length - 1;
    if (!fallback || helped || !something) break;
    chosen.args.splice(index === -1 ? last + 1 : index, 0, fallback.name);
    chosen.surplus = word;
    chosen.words.push(fallback.name);
    here = fallback;
  }
  if (!isGroup(here)) chosen.leaf = here;
  return chosen;
}

const asksForHelp = (word: string): boolean => word === '-h' || word === '--help';

/** There is no help of a command that is none: the help of everything would hide that. */
const withoutHelp = (args: readonly string[]): string[] => args.filter((word) => !asksForHelp(word));

function hasUnknownFlag(args: readonly string[]): boolean {
  return withoutHelp(args).some((word) => word.startsWith('-'));
}
