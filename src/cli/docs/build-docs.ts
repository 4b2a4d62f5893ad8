import { PLUGIN_MANAGER, PROGRAM_NAMES } from '../aliases.js';
import { EXIT_CODE_MEANINGS } from '../core/exit-codes.js';
import { topCommandsOf } from '../groups.js';
import { GLOBAL_OPTIONS } from '../spec/global-options.js';
import { optionsOf, usageLine } from '../spec/help.js';
import { leavesOf, type ExampleSpec, type LeafSpec, type OptionSpec } from '../spec/types.js';
import { ENVIRONMENT, FORMATS_HELP, WAIT_HELP, WAIT_RULES } from './topics.js';

/** What each example of the help prints, as the tests saw it: command line without the program's name → output. */
export type Captured = Readonly<Record<string, string>>;

const PROGRAM = 'ureg';
const MAX_OUTPUT_LINES = 14;

/** docs/cli.md, made from the same specifications as the help; never edited by hand. */
export async function cliDocs(captured: Captured): Promise<string> {
  const tops = topCommandsOf(PROGRAM).filter((top) => !top.hidden);
  const sections = [...new Set(tops.map((top) => top.section))];
  const parts = [INTRODUCTION];
  for (const section of sections) {
    parts.push(`## ${section}`);
    for (const top of tops.filter((one) => one.section === section)) {
      for (const { words, leaf } of leavesOf(await top.load())) parts.push(commandText(words, leaf, captured));
    }
  }
  parts.push(
    '## Global flags',
    optionTable(GLOBAL_OPTIONS),
    '## Output formats',
    table(
      ['Format', 'What it is'],
      FORMATS_HELP.map(([format, what]) => [code(format), what]),
    ),
    'Data goes to standard output, everything else to standard error. With `-o json` a failure leaves standard output empty and puts one object on standard error: `{"error":{"code","message","status","requestId","hint","details"}}`.',
    '## Waiting',
    table(
      ['Flag', 'What is waited for'],
      WAIT_HELP.map(([flag, what]) => [code(flag), what]),
    ),
    WAIT_RULES.map((rule) => `- ${rule}`).join('\n'),
    '## Exit codes',
    table(
      ['Code', 'Meaning'],
      EXIT_CODE_MEANINGS.map(([exitCode, what]) => [String(exitCode), what]),
    ),
    '## Environment',
    table(
      ['Variable', 'Meaning'],
      ENVIRONMENT.map(([name, what]) => [code(name), what]),
    ),
    '## Files',
    FILES,
  );
  return `${parts.join('\n\n')}\n`;
}

const INTRODUCTION = `# Command line

<!-- Made by scripts/cli-docs.mjs from the program itself; do not edit. -->

The program answers to ${PROGRAM_NAMES.slice(0, 3)
  .map((name) => `\`${name}\``)
  .join(
    ', ',
  )}: \`npm run build\` puts it into \`dist/cli\`, \`npx ${PROGRAM}\` runs it here, \`npm link\` puts it on the path. Without settings it talks to \`http://127.0.0.1:8080\`, and uses the key that a registry on this machine left in \`./data\` (or \`$DATA_DIR\`). Called \`${PLUGIN_MANAGER}\` it has the commands of \`plugin\` at its top (\`discover\`, \`list [feature]\`, \`register PATH\`, \`features\`, \`mesh\`, \`install\` and others) and nothing else of the catalog.`;

const FILES = table(
  ['File', 'What it holds'],
  [
    [
      '`$XDG_CONFIG_HOME/universal-registry/config.json`',
      'profiles: servers, keys and defaults; readable by its owner only',
    ],
    [
      '`.ureg.json` here or in a folder above',
      '`profile`, `output`, `timeout`, `retries` of a project; no server and no key',
    ],
    [
      '`$XDG_CACHE_HOME/universal-registry/servers.json`',
      'the version that each server said it is in its last answer; may be deleted',
    ],
    ['`$DATA_DIR/admin.key`', 'the first admin key of a registry on this machine, used for loopback servers'],
  ],
);

function commandText(words: readonly string[], leaf: LeafSpec, captured: Captured): string {
  const parts = [`### ${PROGRAM} ${words.join(' ')}`, `${leaf.summary}.`];
  if (leaf.description) parts.push(sentences(leaf.description));
  parts.push(fenced(usageLine(PROGRAM, words, leaf)));
  const names = (leaf.arguments ?? []).map((argument) => [code(argument.name), argument.summary]);
  if (names.length > 0) parts.push(table(['Argument', 'Meaning'], names));
  const options = optionsOf(leaf);
  if (options.length > 0) parts.push(optionTable(options));
  parts.push(...leaf.examples.map((example) => exampleText(example, captured)));
  return parts.join('\n\n');
}

function exampleText(example: ExampleSpec, captured: Captured): string {
  const line = `${PROGRAM} ${example.cmd}${example.note ? `   # ${example.note}` : ''}`;
  const output = captured[example.cmd];
  return fenced(output ? `${line}\n${shortened(aligned(output))}` : line);
}

/** Columns as a terminal shows them; what was captured is separated by tabs. */
function aligned(output: string): string {
  const rows = output
    .trimEnd()
    .split('\n')
    .map((row) => row.split('\t'));
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  const line = (row: string[]): string =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map((row) => (row.length === 1 ? row[0] : line(row))).join('\n');
}

function shortened(output: string): string {
  const rows = output.split('\n').map((row) => (row.length > 130 ? `${row.slice(0, 129)}…` : row));
  return rows.length > MAX_OUTPUT_LINES ? [...rows.slice(0, MAX_OUTPUT_LINES), '…'].join('\n') : rows.join('\n');
}

function optionTable(options: readonly OptionSpec[]): string {
  return table(
    ['Flag', 'Meaning'],
    options.map((option) => [
      code(option.flags),
      option.repeatable ? `${option.summary} (repeatable)` : option.summary,
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Lines of a description that only end because the help is 100 columns wide. */
function sentences(description: string): string {
  return description.replaceAll('\n', ' ').replaceAll('<', '\\<');
}

function code(text: string): string {
  return `\`${text}\``;
}

function fenced(text: string): string {
  return `\`\`\`console\n${text}\n\`\`\``;
}
