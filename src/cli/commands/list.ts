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
    // What is written line by line goes out page by page: any number of entries in the memory of one page.
    const stream = context.quiet || ['jsonl', 'name', 'template'].includes(context.format.name);
    const held: Entry[] = [];
    const { count, total, next } = await eachPage(context, query, wish, async (page) => {
      if (stream) await context.list(page, entryView);
      else for (const row of page) held.push(row);
    });
    if (!stream) await context.list(held, entryView);
    if (count === 0) context.notice('no entries match');
    else if (next !== undefined) {
      const all = total === undefined ? 'more' : grouped(total);
      context.notice(`showing ${grouped(count)} of ${all}; use --all, --limit or --page-token ${next}`);
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

async function eachPage(
  context: CommandContext,
  query: Record<string, QueryValue>,
  wish: PageWish,
  onPage: (page: Entry[]) => Promise<void>,
): Promise<{ count: number; total?: number; next?: string }> {
  const client = await context.client();
  const progress = context.progress();
  let count = 0;
  let cursor = wish.cursor;
  let total: number | undefined;
  try {
    progress.stage('reading');
    for (;;) {
      const counting = count === 0 ? { count: 'exact' } : {};
      const limit = pageSize(wish, count);
      const answer = await client.request({
        method: 'GET',
        path: '/api/v1/entities',
        query: { ...query, sort: wish.sort, limit, cursor, ...counting },
      });
      const page = answer.json<Entry[]>();
      if (count === 0) total = known(Number(answer.headers['x-total-count'] ?? Number.NaN));
      count += page.length;
      progress.advance(page.length);
      await onPage(page);
      cursor = nextCursor(answer.headers.link);
      if (cursor === undefined || page.length === 0) return { count, total };
      if (!wish.all && count >= wish.limit) return { count, total, next: cursor };
    }
  } finally {
    progress.stop();
  }
}

function known(total: number): number | undefined {
  return Number.isNaN(total) ? undefined : total;
}
