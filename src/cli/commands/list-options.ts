import { parseCount } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import type { QueryValue } from '../core/client.js';
import type { OptionSpec } from '../spec/types.js';

/** Convention of every list: how much of it, from where, in which order. */
export const PAGE_OPTIONS: readonly OptionSpec[] = [
  { flags: '--limit <n>', summary: 'at most so many (default 50)', common: true },
  { flags: '--all', summary: 'everything, page after page', common: true },
  { flags: '--page-token <token>', summary: 'go on where an earlier list ended' },
  { flags: '--sort <field>', summary: 'order by a field; -field for descending (write --sort=-field)', common: true },
];

export const FILTER_OPTIONS: readonly OptionSpec[] = [
  { flags: '--type <type>', summary: 'only entries of this type', completes: 'type', common: true },
  { flags: '--feature <feature>', summary: 'only entries of this feature category', common: true },
  { flags: '--status <status>', summary: 'only entries in this status', common: true },
  { flags: '--health <health>', summary: 'healthy, degraded, unhealthy or unknown', common: true },
  { flags: '-l, --tag <tag>', summary: 'only entries with this tag', repeatable: true, common: true },
  { flags: '--owner <owner>', summary: 'only entries of this owner' },
  { flags: '--name <name>', summary: 'only entries of this name' },
  { flags: '--query <text>', summary: 'only entries whose text matches' },
  { flags: '--filter <field=value>', summary: 'any other filter of the API', repeatable: true },
];

export interface PageWish {
  limit: number;
  all: boolean;
  cursor?: string;
  sort?: string;
}

const PAGE_SIZE = 1000;

export function pageWish(options: Record<string, unknown>): PageWish {
  const limit = options.limit === undefined ? 50 : parseCount(String(options.limit), '--limit', 1, 1_000_000);
  return {
    limit,
    all: options.all === true,
    cursor: options.pageToken as string | undefined,
    sort: options.sort as string | undefined,
  };
}

/** How many to ask for next. */
export function pageSize(wish: PageWish, have: number): number {
  return wish.all ? PAGE_SIZE : Math.min(PAGE_SIZE, wish.limit - have);
}

export function filterQuery(options: Record<string, unknown>): Record<string, QueryValue> {
  const query: Record<string, QueryValue> = {
    type: options.type as string | undefined,
    feature: options.feature as string | undefined,
    status: options.status as string | undefined,
    health: options.health as string | undefined,
    tag: options.tag as string[] | undefined,
    owner: options.owner as string | undefined,
    name: options.name as string | undefined,
    q: options.query as string | undefined,
  };
  for (const text of (options.filter as string[] | undefined) ?? []) {
    const at = text.indexOf('=');
    if (at < 1) throw usageError(`--filter ${JSON.stringify(text)} is not field=value`);
    query[text.slice(0, at)] = text.slice(at + 1);
  }
  return query;
}
