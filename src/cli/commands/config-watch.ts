import { setTimeout as sleep } from 'node:timers/promises';
import { configWords } from '../kinds/config.words.js';
import { pathOf } from '../kinds/kind-request.js';
import type { CommandContext } from '../core/context.js';
import { parseSeconds } from '../core/duration.js';
import { CliError, oneLine } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { cellText } from '../output/fields.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';

interface Change extends Record<string, unknown> {
  key: string;
  operation: 'set' | 'delete';
  value: unknown;
  at: string;
}

interface Changes {
  index: number;
  reset: boolean;
  changes: Change[];
}

const changeView: View<Change> = {
  fields: ['at', 'key', 'operation', 'value', 'name', 'scope', 'scope_id', 'revision', 'version', 'type', 'index'],
  columns: [
    column('AT', 'at'),
    column('KEY', 'key'),
    column('OPERATION', 'operation'),
    column('VALUE', 'value'),
    column('REVISION', 'revision', { right: true }),
  ],
  name: ({ key }) => key,
};

/** How long one question waits; the answer may take somewhat longer. */
const WAIT_SECONDS = 50;
const GRACE_MS = 15_000;
const PAUSE_MS = 2000;
const DAY = 86_400;
const PASSING: readonly ExitCode[] = [ExitCode.unreachable, ExitCode.server, ExitCode.rateLimited];

export const watchLeaf: LeafSpec = {
  name: 'watch',
  summary: 'Show changes of values as they happen',
  description:
    'Until Ctrl-C, one line each: when, which, what became of it, and what it was. -o jsonl writes one object a line, with\n' +
    'the index to go on from. --once ends after the first change, --for with exit code 10 when none came.',
  arguments: [{ name: 'prefix', summary: 'only keys that begin with it, e.g. db.', completes: 'config' }],
  options: [
    { flags: '--once', summary: 'end after the first change', common: true },
    { flags: '--for <duration>', summary: 'so long at most; exit code 10 when nothing changed', common: true },
    { flags: '--index <n>', summary: 'what came after it, too: of an answer before', common: true },
  ],
  examples: [
    { cmd: 'config watch db.', norun: 'goes on until Ctrl-C' },
    {
      cmd: 'config watch db. --once --for 10m && ./reload.sh',
      norun: 'waits for a change',
      note: 'run something then',
    },
    { cmd: 'config watch db. --index 0 --once' },
  ],
  effect: 'reads',
  view: changeView,
  operations: ['GET /api/v1/config/watch'],
  async run(context, { args, options }) {
    const prefix = (args[0] as string | undefined)?.replace(/^cfg_/, '');
    const seconds = options.for === undefined ? undefined : parseSeconds(String(options.for), '--for', 1, DAY);
    const until = seconds === undefined ? undefined : Date.now() + seconds * 1000;
    const once = options.once === true;
    const index = options.index as string | undefined;
    const shown = await watch(context, { prefix, index, once, until });
    if (shown === 0) {
      context.notice('nothing changed');
      context.exit(ExitCode.no);
    }
  },
};

interface Wish {
  prefix?: string;
  index?: string;
  once: boolean;
  until?: number;
}

/** Answers how many changes it showed before the time was up, or after the first. */
async function watch(context: CommandContext, { prefix, index, once, until }: Wish): Promise<number> {
  const known = new Map<string, unknown>();
  let shown = 0;
  let first = await ask(context, { prefix, index });
  // Without an index to go on from, everything there is: what was before, and nothing that has happened.
  const tell = async ({ changes, reset }: Changes, isStart: boolean): Promise<void> => {
    for (const change of changes) {
      const before = known.get(change.key);
      const same = reset && JSON.stringify(before) === JSON.stringify(change.value);
      known.set(change.key, change.value);
      if (isStart || same) continue;
      shown += 1;
      await show(context, change, before);
    }
  };
  await tell(first, index === undefined);
  if (index === undefined) context.notice(`watching ${prefix ? `${prefix}…` : 'all values'} from index ${first.index}`);
  context.flushNotices();
  for (;;) {
    if ((once && shown > 0) || (until !== undefined && Date.now() >= until)) return shown;
    const left = until === undefined ? WAIT_SECONDS : Math.ceil((until - Date.now()) / 1000);
    const wait = Math.max(1, Math.min(WAIT_SECONDS, left));
    const next = await askAgain(context, { prefix, index: String(first.index), wait });
    if (!next) continue;
    await tell(next, false);
    first = next;
  }
}

async function ask(
  context: CommandContext,
  { wait, ...query }: { prefix?: string; index?: string; wait?: number },
): Promise<Changes> {
  const client = await context.client();
  const blocking = wait === undefined ? {} : { timeoutMs: wait * 1000 + GRACE_MS };
  return client.json<Changes>({
    method: 'GET',
    path: pathOf(configWords, 'watch'),
    query: { ...query, wait: `${wait ?? 1}s` },
    ...blocking,
  });
}

async function askAgain(context: CommandContext, what: Parameters<typeof ask>[1]): Promise<Changes | undefined> {
  try {
    return await ask(context, what);
  } catch (error) {
    if (!(error instanceof CliError) || !PASSING.includes(error.exitCode)) throw error;
    context.terminal.stderr.write(`${oneLine(error.message)}, trying again\n`);
    await sleep(PAUSE_MS);
    return undefined;
  }
}

/** One line, at once: whoever reads them is to act on them. */
async function show(context: CommandContext, change: Change, before: unknown): Promise<void> {
  const { format } = context;
  if (format.name === 'json') return context.writeRaw(`${JSON.stringify(change)}\n`);
  if (context.quiet || (format.name !== 'table' && format.name !== 'wide')) return context.list([change], changeView);
  const was = before === undefined ? '' : cellText(before);
  const now = change.operation === 'delete' ? '(removed)' : cellText(change.value);
  const value = was === '' || was === now ? now : `${was} -> ${now}`;
  return context.writeRaw(`${[change.at, change.key, value].map((cell) => oneLine(cell)).join('\t')}\n`);
}
