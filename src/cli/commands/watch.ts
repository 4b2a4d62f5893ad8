import type { CommandContext } from '../core/context.js';
import { parseCount, parseSeconds } from '../core/duration.js';
import { oneLine } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { columnText, columnsFor } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { changeView } from '../views/change-view.js';
import { followChanges, openChanges, type Change } from './follow-changes.js';

const DAY = 86_400;
/** Kinds whose type in the catalog has another name. */
const TYPES: Record<string, string> = {
  'feature-flag': 'feature_flag',
  flag: 'feature_flag',
  grid: 'grid_node',
  mesh: 'mesh_route',
};

export const watchCommand: LeafSpec = {
  name: 'watch',
  summary: 'Show what happens in the registry, as it happens',
  description:
    'Until Ctrl-C, one line each: when, what, to which entry, and what it is now. -o jsonl writes one object a line, with\n' +
    'the seq to go on from. --once ends after the first, --for with exit code 10 when nothing happened. A connection\n' +
    'that is lost is made anew, and nothing is left out or shown twice.',
  arguments: [{ name: 'entry', summary: 'only what happens to this entry: its id or key', completes: 'entry' }],
  options: [
    {
      flags: '--events <types>',
      summary: 'only these, comma-separated: transition, health_changed, entity_*, …',
      common: true,
    },
    {
      flags: '--type <type>',
      summary: 'only of entries of this type or kind',
      completes: 'type',
      repeatable: true,
      common: true,
    },
    { flags: '--since <seq>', summary: 'what came after this seq, too; 0 for everything that is kept', common: true },
    { flags: '--once', summary: 'end after the first', common: true },
    { flags: '--for <duration>', summary: 'so long at most; exit code 10 when nothing happened', common: true },
  ],
  examples: [
    { cmd: 'watch', norun: 'goes on until Ctrl-C' },
    { cmd: 'watch --type service --events health_changed -o jsonl', norun: 'goes on until Ctrl-C' },
    { cmd: 'watch svc_my-api --since 0 --once' },
    {
      cmd: 'watch plugin_my-service --once --for 10m && ./deploy.sh',
      norun: 'waits for a change',
      note: 'run something then',
    },
  ],
  effect: 'reads',
  view: changeView,
  operations: ['GET /api/v1/events'],
  async run(context, { args, options }) {
    const [entry] = args as [string | undefined];
    const { since, events } = options as Record<string, string | undefined>;
    if (since !== undefined) parseCount(since, '--since', 0, Number.MAX_SAFE_INTEGER);
    const seconds = options.for === undefined ? undefined : parseSeconds(String(options.for), '--for', 1, DAY);
    const types = (options.type as string[] | undefined)?.map((type) => TYPES[type] ?? type);
    const query = { types: events, entity_types: types, since };
    const shown = await watch(context, { query, entry, once: options.once === true, seconds });
    if (shown > 0) return;
    context.notice('nothing happened');
    context.exit(ExitCode.no);
  },
};

interface Wish {
  query: Record<string, string | string[] | undefined>;
  entry?: string;
  once: boolean;
  seconds?: number;
}

/** Answers how many changes it showed before the time was up, or after the first. */
async function watch(context: CommandContext, { query, entry, once, seconds }: Wish): Promise<number> {
  const end = new AbortController();
  const timer = seconds === undefined ? undefined : setTimeout(() => end.abort(), seconds * 1000);
  let shown = 0;
  try {
    const opened = await openChanges(context, query);
    context.notice(`watching ${entry ?? 'everything'}; Ctrl-C ends it`);
    for await (const change of followChanges(context, query, opened, end.signal)) {
      if (entry !== undefined && !isAbout(change, entry)) continue;
      await show(context, change);
      shown += 1;
      if (once) break;
    }
  } catch (error) {
    if (!end.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  return shown;
}

/** By id, or by key; a key without @version means every version. */
function isAbout({ entity, relationship }: Change, entry: string): boolean {
  const names = [
    entity?.id,
    entity?.key,
    relationship?.source_id,
    relationship?.target_id,
    relationship?.source_key,
    relationship?.target_key,
  ];
  return names.some((name) => name === entry || (typeof name === 'string' && name.startsWith(`${entry}@`)));
}

/** One line, at once: whoever reads them is to act on them. */
async function show(context: CommandContext, change: Change): Promise<void> {
  const { format, flags } = context;
  if (format.name === 'json' && flags.fields === undefined) return context.writeRaw(`${JSON.stringify(change)}\n`);
  if (!context.quiet && flags.fields === undefined && (format.name === 'table' || format.name === 'wide')) {
    const cells = columnsFor(changeView, format.name === 'wide').map((column) => oneLine(columnText(column, change)));
    return context.writeRaw(`${cells.join('\t')}\n`);
  }
  return context.list([change], changeView);
}
