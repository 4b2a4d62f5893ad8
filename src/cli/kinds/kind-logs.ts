import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext } from '../core/context.js';
import { parseCount, parseDuration, parsePastMoment } from '../core/duration.js';
import { CliError, oneLine } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { paintState } from '../output/colour.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { assignments } from '../commands/entry-input.js';
import { acceptedView, given, idArgument, pathOf, rowsOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
/** Failures after which asking again is right. */
const PASSING: readonly ExitCode[] = [ExitCode.unreachable, ExitCode.server, ExitCode.rateLimited];
/** What was shown and may come again: the server keeps no more than this of an entry. */
const MOST_REMEMBERED = 2000;
/** Lines of the same moment may be written one after the other: a little is read twice and shown once. */
const OVERLAP_MS = 1000;

interface LogLine extends Record<string, unknown> {
  at?: string;
  level?: string;
  message?: string;
}

const logView: View<LogLine> = {
  fields: ['id', 'at', 'level', 'message', 'fields'],
  columns: [
    column('AT', 'at'),
    column('LEVEL', 'level', { state: true }),
    column('MESSAGE', 'message'),
    column('FIELDS', 'fields', { wide: true }),
  ],
  name: (line) => String(line.message ?? ''),
};

export function logsGroup(kind: KindWords): GroupSpec {
  return {
    name: 'logs',
    summary: `Read and write the log of ${kind.one}`,
    fallback: 'show',
    children: [showLeaf(kind), addLeaf(kind)],
  };
}

function showLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'show',
    summary: `Show the log of ${one}, oldest first`,
    description: 'The registry keeps the last 1000 lines of each. --follow goes on until Ctrl-C.',
    arguments: [idArgument(kind)],
    options: [
      {
        flags: '--level <levels>',
        summary: `${LEVELS.join(', ')}; several by commas`,
        completes: LEVELS,
        list: true,
        common: true,
      },
      { flags: '--grep <text>', summary: 'only lines that hold this text', common: true },
      { flags: '--since <time>', summary: '15m, 2h or a date and time', common: true },
      { flags: '--limit <n>', summary: 'at most so many lines (default 100)', common: true },
      { flags: '-f, --follow', summary: 'then go on showing new lines', common: true },
      { flags: '--interval <duration>', summary: 'how often to ask for new lines (default 2s)' },
    ],
    examples: [
      { cmd: `${name} logs ${sample.id} --since 15m --level warn,error` },
      { cmd: `${name} logs ${sample.id} --follow`, norun: 'goes on until Ctrl-C' },
    ],
    effect: 'reads',
    view: logView,
    operations: [`GET /api/v1/${path}/{id}/logs`],
    async run(context, { args, options }) {
      const wish = {
        path: pathOf(kind, String(args[0]), 'logs'),
        level: options.level as string | undefined,
        q: options.grep as string | undefined,
        limit: options.limit === undefined ? 100 : parseCount(String(options.limit), '--limit', 1, 1000),
      };
      const since = options.since === undefined ? undefined : parsePastMoment(String(options.since), '--since');
      const interval = options.interval === undefined ? 2000 : parseDuration(String(options.interval), '--interval');
      const first = await readLog(context, wish, since);
      if (options.follow === true) return followLog(context, wish, { first, interval });
      await context.list(first, logView);
      if (first.length === 0) context.notice('the log is empty');
    },
  };
}

interface LogWish {
  path: string;
  level?: string;
  q?: string;
  limit: number;
}

/** Oldest first, however the server orders them. */
async function readLog(context: CommandContext, wish: LogWish, since?: string): Promise<LogLine[]> {
  const { path, ...narrowed } = wish;
  const client = await context.client();
  const answer = await client.json<unknown>({ method: 'GET', path, query: { ...narrowed, since } });
  const lines = rowsOf<LogLine>(answer, 'logs', 'lines');
  const newestFirst = timeOf(lines[0]) > timeOf(lines.at(-1));
  return newestFirst ? lines.toReversed() : lines;
}

/** Asks again and again until Ctrl-C; every line is shown once, also after the server was away for a while. */
async function followLog(
  context: CommandContext,
  wish: LogWish,
  { first, interval }: { first: LogLine[]; interval: number },
): Promise<never> {
  const shown = new Set<string>();
  let lines = first;
  let last = new Date().toISOString();
  for (;;) {
    for (const line of lines) {
      if (shown.has(identity(line))) continue;
      shown.add(identity(line));
      await showLine(context, line);
      if (timeOf(line) !== '') last = timeOf(line);
    }
    for (const old of [...shown].slice(0, Math.max(0, shown.size - MOST_REMEMBERED))) shown.delete(old);
    context.flushNotices();
    await sleep(interval);
    const since = new Date(Date.parse(last) - OVERLAP_MS).toISOString();
    lines = await readLog(context, { ...wish, limit: 1000 }, since).catch((error: unknown) => {
      if (!(error instanceof CliError) || !PASSING.includes(error.exitCode)) throw error;
      context.terminal.stderr.write(`${oneLine(error.message)}, trying again\n`);
      return [];
    });
  }
}

async function showLine(context: CommandContext, line: LogLine): Promise<void> {
  if (context.format.name.startsWith('json')) return context.writeRaw(`${JSON.stringify(line)}\n`);
  const level = String(line.level ?? '-');
  const cells = [timeOf(line), paintState(level, context.paint)];
  return context.writeRaw(`${cells.join('\t')}\t${oneLine(String(line.message ?? ''))}\n`);
}

function addLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'add',
    summary: `Write a line into the log of ${one}`,
    arguments: [
      idArgument(kind),
      { name: 'message', summary: 'the line', asked: { question: 'What is to be written?' } },
    ],
    options: [
      { flags: '--level <level>', summary: `${LEVELS.join(', ')} (default info)`, choices: LEVELS, common: true },
      { flags: '--field <field=value>', summary: 'a field beside the text', repeatable: true },
    ],
    examples: [{ cmd: `${name} logs add ${sample.id} "rolled back to 1.4.1" --level warn` }],
    effect: 'writes',
    view: acceptedView,
    operations: [`POST /api/v1/${path}/{id}/logs`],
    async run(context, { args, options }) {
      const fields = options.field as string[] | undefined;
      const answer = await context.send({
        method: 'POST',
        path: pathOf(kind, String(args[0]), 'logs'),
        body: given({
          level: options.level ?? 'info',
          message: String(args[1]),
          fields: fields && assignments(fields, '--field'),
        }),
      });
      if (!answer) return;
      if (context.speaks) return context.write(`wrote a line into the log of ${String(args[0])}\n`);
      await context.one(answer.json<Record<string, unknown>>(), acceptedView);
    },
  };
}

function timeOf(line: LogLine | undefined): string {
  return line?.at ?? '';
}

function identity(line: LogLine): string {
  return line.id === undefined ? JSON.stringify(line) : String(line.id);
}
