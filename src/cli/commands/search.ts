import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { ENTRY_FIELDS, type Entry } from '../views/entry-view.js';
import { parseCount } from '../core/duration.js';

interface Hit extends Entry {
  score: number;
  matched?: { highlight?: string | null } | null;
}

const hitView: View<Hit> = {
  fields: [...ENTRY_FIELDS, 'score', 'matched'],
  columns: [
    { title: 'SCORE', value: (hit) => (typeof hit.score === 'number' ? hit.score.toFixed(3) : ''), right: true },
    column('KEY', 'key'),
    column('TITLE', 'title'),
    column('FEATURE', 'feature'),
    column('STATUS', 'status', { state: true }),
    { title: 'MATCH', value: (hit) => plainHighlight(hit.matched?.highlight), wide: true },
    column('ID', 'id', { wide: true }),
  ],
  name: (hit) => hit.key ?? hit.id,
};

export const searchCommand: LeafSpec = {
  name: 'search',
  aliases: ['find'],
  summary: 'Find entries by what they are about',
  description: 'Quotes keep words together, "or" allows either, -word leaves out. Small typing errors are forgiven.',
  arguments: [{ name: 'query', summary: 'words to look for', required: true, variadic: true }],
  options: [
    { flags: '--type <type>', summary: 'only entries of this type', repeatable: true, common: true },
    { flags: '--feature <feature>', summary: 'only entries of this feature category' },
    { flags: '--status <status>', summary: 'only entries in this status' },
    { flags: '--owner <owner>', summary: 'only entries of this owner' },
    { flags: '-l, --tag <tag>', summary: 'only entries with this tag', repeatable: true },
    { flags: '--limit <n>', summary: 'at most so many (default 20)', common: true },
    { flags: '--offset <n>', summary: 'leave out the first n' },
  ],
  examples: [
    { cmd: 'search "tensorflow"' },
    { cmd: 'search image viewer --type resource --limit 5' },
    { cmd: 'search \'"mail server" or postfix -exim\' -o name' },
  ],
  effect: 'reads',
  view: hitView,
  operations: ['GET /api/v1/search'],
  async run(context, { args, options }) {
    const client = await context.client();
    const query = (args[0] as string[]).join(' ');
    const limit = options.limit === undefined ? 20 : parseCount(String(options.limit), '--limit', 1, 1000);
    const offset =
      options.offset === undefined ? undefined : parseCount(String(options.offset), '--offset', 0, 1_000_000);
    const hits = await client.json<Hit[]>({
      method: 'GET',
      path: '/api/v1/search',
      query: {
        q: query,
        type: (options.type as string[] | undefined)?.join(','),
        feature: options.feature as string | undefined,
        status: options.status as string | undefined,
        owner: options.owner as string | undefined,
        tag: options.tag as string[] | undefined,
        limit,
        offset,
      },
    });
    await context.list(hits, hitView);
    if (hits.length === 0) context.notice(`nothing found for ${JSON.stringify(query)}`);
    else if (hits.length === limit) context.notice(`showing the best ${limit}; use --limit or --offset for more`);
  },
};

/** The server marks what matched with tags; a table shows the words alone. */
function plainHighlight(text: string | null | undefined): string {
  return (text ?? '').replace(/<\/?(?:mark|b|em)>/g, '');
}
