import { usageError } from '../core/errors.js';
import type { RegistryRequest } from '../core/client.js';
import { column, type Column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { ENTRY_FIELDS, type Entry } from '../views/entry-view.js';
import { parseCount } from '../core/duration.js';

interface Matched {
  text?: number | null;
  vector?: number | null;
  filters?: number | null;
  highlight?: string | null;
  corrected?: string | null;
}

interface Hit extends Entry {
  score: number;
  matched?: Matched | null;
}

type Leg = 'text' | 'vector' | 'filters';

const figure = (value: number | null | undefined): string => (typeof value === 'number' ? value.toFixed(3) : '');
const leg = (title: string, name: Leg): Column<Hit> => ({
  title,
  value: (hit) => figure(hit.matched?.[name]),
  right: true,
});

const hitView: View<Hit> = {
  fields: [...ENTRY_FIELDS, 'score', 'matched'],
  columns: [
    { title: 'SCORE', value: (hit) => figure(hit.score), right: true },
    column('KEY', 'key'),
    column('TITLE', 'title'),
    column('FEATURE', 'feature'),
    column('STATUS', 'status', { state: true }),
    { title: 'MATCH', value: (hit) => plainHighlight(hit.matched?.highlight), wide: true },
    column('ID', 'id', { wide: true }),
  ],
  name: (hit) => hit.key ?? hit.id,
};

/** What each leg found, and the words that matched. */
const whyView: View<Hit> = {
  ...hitView,
  columns: [
    { title: 'SCORE', value: (hit) => figure(hit.score), right: true },
    leg('WORDS', 'text'),
    leg('MEANING', 'vector'),
    leg('USE', 'filters'),
    column('KEY', 'key'),
    { title: 'MATCH', value: (hit) => plainHighlight(hit.matched?.highlight) },
  ],
};

const WHY_BY_WORDS: Record<string, string> = {
  'embeddings.off': 'this registry has no embeddings',
  'embeddings.filling': 'the vector index is not whole yet',
  'embeddings.unavailable': 'the embedding model cannot be reached',
  'query.no_vector': 'the embedding model knows no word of it',
};

export const searchCommand: LeafSpec = {
  name: 'search',
  aliases: ['find'],
  summary: 'Find entries by what they are about',
  description: 'Quotes keep words together, "or" allows either, -word leaves out. Small typing errors are forgiven.',
  arguments: [{ name: 'query', summary: 'words to look for', required: true, variadic: true }],
  options: [
    { flags: '--type <type>', summary: 'only entries of this type', completes: 'type', repeatable: true, common: true },
    { flags: '--feature <feature>', summary: 'only entries of this feature category' },
    { flags: '--status <status>', summary: 'only entries in this status' },
    { flags: '--owner <owner>', summary: 'only entries of this owner' },
    { flags: '-l, --tag <tag>', summary: 'only entries with this tag', repeatable: true },
    {
      flags: '--mode <mode>',
      summary: 'by words and meaning (hybrid, the default), by words (text) or by meaning (vector)',
      choices: ['hybrid', 'text', 'vector'],
      common: true,
    },
    {
      flags: '--fusion <way>',
      summary: 'how words and meaning are put together: by weighted scores or reciprocal ranks (rrf)',
      choices: ['weighted', 'rrf'],
    },
    { flags: '--weights <list>', summary: 'what each leg counts for: vector=0.5,text=0.3,filters=0.2' },
    { flags: '--why', summary: 'show what each leg says of a hit', common: true },
    { flags: '--limit <n>', summary: 'at most so many (default 20)', common: true },
    { flags: '--offset <n>', summary: 'leave out the first n' },
  ],
  examples: [
    { cmd: 'search "tensorflow"' },
    { cmd: 'search image viewer --type resource --limit 5' },
    { cmd: 'search \'"mail server" or postfix -exim\' -o name' },
    {
      cmd: 'search program to look at pictures --why',
      note: 'with what each leg says',
      norun: 'what means the same is found once vectors are made, in the background',
    },
  ],
  effect: 'reads',
  view: hitView,
  operations: ['GET /api/v1/search', 'POST /api/v1/search'],
  async run(context, { args, options }) {
    const client = await context.client();
    const query = (args[0] as string[]).join(' ');
    const limit = options.limit === undefined ? 20 : parseCount(String(options.limit), '--limit', 1, 1000);
    const answer = await client.request(requestOf(query, limit, options));
    const hits = answer.json<Hit[]>();
    await context.list(hits, options.why === true ? whyView : hitView);
    const { 'x-search-corrected': corrected, 'x-search-degraded': degraded } = answer.headers;
    if (typeof corrected === 'string') context.notice(`searched for ${decodeText(corrected)}`);
    if (options.mode !== undefined && options.mode !== 'text' && typeof degraded === 'string')
      context.notice(`searched by words alone: ${WHY_BY_WORDS[degraded] ?? degraded}`);
    if (hits.length === 0) context.notice(`nothing found for ${JSON.stringify(query)}`);
    else if (hits.length === limit) context.notice(`showing the best ${limit}; use --limit or --offset for more`);
  },
};

/** Weights fit no address; with them the search is a body. */
function requestOf(query: string, limit: number, options: Record<string, unknown>): RegistryRequest {
  const offset =
    options.offset === undefined ? undefined : parseCount(String(options.offset), '--offset', 0, 1_000_000);
  const types = options.type as string[] | undefined;
  const { feature, status, owner, tag, mode, fusion } = options as Record<string, string | undefined>;
  if (options.weights === undefined)
    return {
      method: 'GET',
      path: '/api/v1/search',
      query: { q: query, type: types?.join(','), feature, status, owner, tag, mode, fusion, limit, offset },
    };
  const filters = { feature, status, owner, tags: tag };
  const body = {
    query,
    entity_types: types,
    filters,
    mode,
    fusion,
    weights: weightsOf(options.weights),
    limit,
    offset,
  };
  return { method: 'POST', path: '/api/v1/search', body, repeatable: true };
}

function weightsOf(given: unknown): Record<string, number> {
  const weights: Record<string, number> = {};
  for (const part of String(given).split(',')) {
    const [, name = '', value = ''] = /^\s*(vector|text|filters)\s*=\s*(\d*\.?\d+)\s*$/.exec(part) ?? [];
    if (name === '')
      throw usageError(`--weights ${JSON.stringify(part)} is no weight`, {
        reason: 'write vector=0.5,text=0.3,filters=0.2',
      });
    weights[name] = Number(value);
  }
  return weights;
}

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
