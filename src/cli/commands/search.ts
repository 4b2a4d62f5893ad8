import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { ENTRY_FIELDS, type Entry } from '../views/entry-view.js';
import { parseCount } from '../core/duration.js';

interface Hit extends Entry {
  score: number;
  matched?: { highlight?: string | null; corrected?: string | null } | null;
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
    const answer = await client.request({
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
    const hits = answer.json<Hit[]>();
    await context.list(hits, hitView);
    const corrected = answer.headers['x-search-corrected'];
    if (typeof corrected === 'string') context.notice(`searched for ${decodeText(corrected)}`);
    if (hits.length === 0) context.notice(`nothing found for ${JSON.stringify(query)}`);
    else if (hits.length === limit) context.notice(`showing the best ${limit}; use --limit or --offset for more`);
  },
};

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };

/** The server answers escaped HTML with `<mark>` around what matched; a table shows the words alone. */
function plainHighlight(text: string | null | undefined): string {
  const unmarked = (text ?? '').replace(/<\/?mark>/g, '');
  return unmarked.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name: string) => ENTITIES[name] ?? '');
}
