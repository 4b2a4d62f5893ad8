import type { CommandContext } from '../core/context.js';
import type { QueryValue } from '../core/client.js';
import { usageError } from '../core/errors.js';
import { grouped } from '../output/time.js';
import type { LeafSpec } from '../spec/types.js';
import { entryView, type Entry } from '../views/entry-view.js';
import {
  FILTER_OPTIONS,
  filterQuery,
  nextCursor,
  PAGE_OPTIONS,
  pageSize,
  pageWish,
  type PageWish,
} from './list-options.js';
import { openChanges, watchEntries } from './watch-entries.js';

export const listCommand: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List entries, by type and feature',
  arguments: [
    { name: 'type', summary: 'plugin, service, resource, … (all when left out)', completes: 'type' },
    { name: 'feature', summary: 'feature category such as ai-ml', completes: 'feature' },
  ],
  options: [
    ...FILTER_OPTIONS,
    ...PAGE_OPTIONS,
    { flags: '-w, --watch', summary: 'then go on showing changes as they happen' },
  ],
  examples: [
    { cmd: 'list', note: 'the first 50 of everything' },
    { cmd: 'list plugin ai-ml' },
    { cmd: 'list resource --tag libs --sort=-updated_at --limit 20' },
    { cmd: 'list service --health unhealthy -o name', note: 'keys for other commands' },
  ],
  effect: 'reads',
  view: entryView,
  operations: ['GET /api/v1/entities'],
  async run(context, { args, options }) {
    const [type, feature] = args as [string | undefined, string | undefined];
    const query = {
      ...filterQuery(options),
      ...positional('type', type, options),
      ...positional('feature', feature, options),
    };
    const wish = pageWish(options);
    // Opened before the list is read: no change between the two is missed.
    const changes = options.watch === true ? await openChanges(context) : undefined;
    const { rows, total, next } = await fetchEntries(context, query, wish);
    await context.list(rows, entryView);
    if (rows.length === 0) context.notice('no entries match');
    else if (next !== undefined) {
      const all = total === undefined ? 'more' : grouped(total);
      context.notice(`showing ${grouped(rows.length)} of ${all}; use --all, --limit or --page-token ${next}`);
    }
    if (changes) await watchEntries(context, query, changes);
  },
};

function positional(name: string, word: string | undefined, options: Record<string, unknown>): Record<string, string> {
  if (word === undefined) return {};
  if (options[name] !== undefined && options[name] !== word)
    throw usageError(`${name} is given twice: ${word} and --${name}`);
  return { [name]: word };
}

async function fetchEntries(
  context: CommandContext,
  query: Record<string, QueryValue>,
  wish: PageWish,
): Promise<{ rows: Entry[]; total?: number; next?: string }> {
  const client = await context.client();
  const progress = context.progress();
  const rows: Entry[] = [];
  let cursor = wish.cursor;
  let total: number | undefined;
  try {
    progress.stage('reading');
    for (;;) {
      const first = rows.length === 0;
      const answer = await client.request({
        method: 'GET',
        path: '/api/v1/entities',
        query: {
          ...query,
          sort: wish.sort,
          limit: pageSize(wish, rows.length),
          cursor,
          ...(first ? { count: 'exact' } : {}),
        },
      });
      const page = answer.json<Entry[]>();
      for (const row of page) rows.push(row);
      progress.advance(page.length);
      if (first) total = Number(answer.headers['x-total-count'] ?? Number.NaN);
      cursor = nextCursor(answer.headers.link);
      if (cursor === undefined || page.length === 0) return { rows, total: known(total) };
      if (!wish.all && rows.length >= wish.limit) return { rows, total: known(total), next: cursor };
    }
  } finally {
    progress.stop();
  }
}

function known(total: number | undefined): number | undefined {
  return total === undefined || Number.isNaN(total) ? undefined : total;
}
