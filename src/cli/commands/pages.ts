import { nextPage } from '../../client/links.js';
import type { QueryValue } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { grouped } from '../output/time.js';
import type { View } from '../output/view.js';
import { pageSize, type PageWish } from './list-options.js';

export interface PagedList<Row> {
  path: string;
  query: Record<string, QueryValue>;
  wish: PageWish;
  view: View<Row>;
  /** The list cannot say how many there are. */
  uncounted?: boolean;
  /** Of what the API lists, only these: for what it cannot be asked for. */
  keeps?: (row: Row) => boolean;
  /** Said when nothing matches. */
  none: string;
}

/**
 * Prints a list of the API, as much of it as was asked for, and says how to go on. What is written line by line goes out
 * page by page: any number of rows in the memory of one page.
 */
export async function printPages<Row>(context: CommandContext, list: PagedList<Row>): Promise<void> {
  const stream = context.quiet || ['jsonl', 'name', 'template'].includes(context.format.name);
  const held: Row[] = [];
  const { count, total, next } = await eachPage<Row>(context, list, async (page) => {
    if (stream) await context.list(page, list.view);
    else for (const row of page) held.push(row);
  });
  if (!stream) await context.list(held, list.view);
  if (count === 0) context.notice(list.none);
  else if (next !== undefined) {
    const all = total === undefined ? 'more' : grouped(total);
    context.notice(`showing ${grouped(count)} of ${all}; use --all, --limit or --page-token ${next}`);
  }
}

async function eachPage<Row>(
  context: CommandContext,
  { path, query, wish, uncounted, keeps }: PagedList<Row>,
  onPage: (page: Row[]) => Promise<void>,
): Promise<{ count: number; total?: number; next?: string }> {
  const client = await context.client();
  const progress = context.progress();
  let count = 0;
  let cursor = wish.cursor;
  let total: number | undefined;
  try {
    progress.stage('reading');
    for (;;) {
      const counting = count === 0 && !uncounted ? { count: 'exact' } : {};
      const limit = pageSize(wish, count);
      const answer = await client.request({
        method: 'GET',
        path,
        query: { ...query, sort: wish.sort, limit, cursor, ...counting },
      });
      const listed = answer.json<Row[]>();
      const page = keeps ? listed.filter(keeps) : listed;
      if (count === 0) total = known(Number(answer.headers['x-total-count'] ?? Number.NaN));
      count += page.length;
      progress.advance(page.length);
      await onPage(page);
      const next = nextPage(answer.headers.link as string | undefined);
      cursor = next && 'cursor' in next ? next.cursor : undefined;
      if (cursor === undefined || listed.length === 0) return { count, total };
      if (!wish.all && count >= wish.limit) return { count, total, next: cursor };
    }
  } finally {
    progress.stop();
  }
}

function known(total: number): number | undefined {
  return Number.isNaN(total) ? undefined : total;
}
