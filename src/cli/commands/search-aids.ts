import { parseCount } from '../core/duration.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec, OptionSpec } from '../spec/types.js';

const limitOption = (most: number): OptionSpec => ({
  flags: '--limit <n>',
  summary: `at most so many, 1 to ${most} (default 10)`,
  common: true,
});
const limitOf = (options: Record<string, unknown>, most: number): number | undefined =>
  options.limit === undefined ? undefined : parseCount(String(options.limit), '--limit', 1, most);

interface Suggestion extends Record<string, unknown> {
  text: string;
  kind: string;
  key: string | null;
}

const suggestionView: View<Suggestion> = {
  fields: ['text', 'kind', 'key', 'type', 'title'],
  columns: [column('TEXT', 'text'), column('WHAT', 'kind'), column('KEY', 'key'), column('TITLE', 'title')],
  name: ({ text }) => text,
};

export const suggestCommand: LeafSpec = {
  name: 'suggest',
  summary: 'Complete what is being typed',
  description: 'Names of entries first, then words, then what a mistyped word was probably meant to be.',
  arguments: [{ name: 'text', summary: 'what was typed so far', required: true, variadic: true }],
  options: [limitOption(50)],
  examples: [{ cmd: 'suggest tens' }, { cmd: 'suggest image vi -o name' }],
  effect: 'reads',
  view: suggestionView,
  operations: ['GET /api/v1/search/suggest'],
  async run(context, { args, options }) {
    const client = await context.client();
    const found = await client.json<Suggestion[]>({
      method: 'GET',
      path: '/api/v1/search/suggest',
      query: { q: (args[0] as string[]).join(' '), limit: limitOf(options, 50) },
    });
    await context.list(found, suggestionView);
    if (found.length === 0) context.notice('nothing begins so');
  },
};

interface Related extends Record<string, unknown> {
  key: string;
  score: number;
  reasons: { kind: string; score: number; detail: string }[];
}

const relatedView: View<Related> = {
  fields: ['id', 'key', 'type', 'name', 'version', 'title', 'status', 'health', 'feature', 'score', 'reasons'],
  columns: [
    { title: 'SCORE', value: ({ score }) => score.toFixed(3), right: true },
    column('KEY', 'key'),
    column('TITLE', 'title'),
    { title: 'BECAUSE', value: ({ reasons }) => reasons.map(({ detail }) => detail).join('; ') },
    column('ID', 'id', { wide: true }),
  ],
  name: ({ key }) => key,
};

const REASONS = ['meaning', 'relationship', 'shared', 'source'] as const;

export const relatedCommand: LeafSpec = {
  name: 'related',
  summary: 'Show what has to do with an entry, and why',
  arguments: [{ name: 'id', summary: 'id or key of the entry', required: true, completes: 'entry' }],
  options: [
    {
      flags: '--by <list>',
      summary: `only these reasons: ${REASONS.join(', ')}`,
      completes: REASONS,
      list: true,
      common: true,
    },
    limitOption(100),
  ],
  examples: [{ cmd: 'related resource_gpicview' }, { cmd: 'related svc_my-api --by relationship -o json' }],
  effect: 'reads',
  view: relatedView,
  operations: ['GET /api/v1/entities/{id}/related'],
  async run(context, { args, options }) {
    const client = await context.client();
    const found = await client.json<Related[]>({
      method: 'GET',
      path: `/api/v1/entities/${encodeURIComponent(String(args[0]))}/related`,
      query: { by: options.by as string | undefined, limit: limitOf(options, 100) },
    });
    await context.list(found, relatedView);
    if (found.length === 0) context.notice('nothing has to do with it');
  },
};

interface FacetsAnswer extends Record<string, unknown> {
  total: { value: number; relation: string };
  sampled: number | null;
  facets: Record<string, { value: string; count: number }[]>;
}

interface FacetRow extends Record<string, unknown> {
  facet: string;
  value: string;
  count: number;
}

const facetsView: View<FacetsAnswer> = { fields: ['total', 'sampled', 'facets'], columns: [], name: () => '' };
const facetRowView: View<FacetRow> = {
  fields: ['facet', 'value', 'count'],
  columns: [column('BY', 'facet'), column('VALUE', 'value'), column('COUNT', 'count', { right: true })],
  name: ({ value }) => value,
};

export const facetsCommand: LeafSpec = {
  name: 'facets',
  summary: 'Count what a search finds by type, status and tag',
  arguments: [{ name: 'query', summary: 'words to look for; all entries when left out', variadic: true }],
  options: [
    { flags: '--type <type>', summary: 'only entries of this type', completes: 'type', repeatable: true, common: true },
  ],
  examples: [{ cmd: 'facets image viewer' }, { cmd: 'facets --type resource -o json' }],
  effect: 'reads',
  view: facetsView,
  operations: ['GET /api/v1/search/facets'],
  async run(context, { args, options }) {
    const client = await context.client();
    const answer = await client.json<FacetsAnswer>({
      method: 'GET',
      path: '/api/v1/search/facets',
      query: {
        q: ((args[0] as string[] | undefined) ?? []).join(' ') || undefined,
        type: (options.type as string[] | undefined)?.join(','),
      },
    });
    if (!context.quiet && ['json', 'jsonl', 'yaml'].includes(context.format.name))
      return context.one(answer, facetsView);
    const rows = Object.entries(answer.facets).flatMap(([facet, values]) =>
      values.map(({ value, count }): FacetRow => ({ facet, value, count })),
    );
    await context.list(rows, facetRowView);
    const { total, sampled } = answer;
    context.notice(`${total.relation === 'exact' ? '' : 'about '}${total.value} entries`);
    if (sampled !== null) context.notice(`counted over the ${sampled} that most depends on`);
  },
};

interface Trend extends Record<string, unknown> {
  what: string;
  name: string;
  count: number;
  score: number;
}

interface Trending extends Record<string, unknown> {
  queries: { query: string; searches: number; score: number }[];
  entries: { key: string; reads: number; score: number }[];
}

const trendingView: View<Trending> = {
  fields: ['window', 'half_life_hours', 'queries', 'entries'],
  columns: [],
  name: () => '',
};
const trendView: View<Trend> = {
  fields: ['what', 'name', 'count', 'score'],
  columns: [
    column('WHAT', 'what'),
    column('NAME', 'name'),
    column('COUNT', 'count', { right: true }),
    column('SCORE', 'score', { right: true }),
  ],
  name: ({ name }) => name,
};

export const trendingCommand: LeafSpec = {
  name: 'trending',
  summary: 'Show what is searched and read most',
  description: 'Recent interest counts more: half after every half-life, a quarter of the window.',
  options: [
    {
      flags: '--window <window>',
      summary: 'how far to look back (default 7d)',
      choices: ['1h', '24h', '7d', '30d'],
      common: true,
    },
    limitOption(100),
  ],
  examples: [{ cmd: 'trending' }, { cmd: 'trending --window 24h -o json' }],
  effect: 'reads',
  view: trendingView,
  operations: ['GET /api/v1/search/trending'],
  async run(context, { options }) {
    const client = await context.client();
    const answer = await client.json<Trending>({
      method: 'GET',
      path: '/api/v1/search/trending',
      query: { window: options.window as string | undefined, limit: limitOf(options, 100) },
    });
    if (!context.quiet && ['json', 'jsonl', 'yaml'].includes(context.format.name))
      return context.one(answer, trendingView);
    const searched = answer.queries.map(({ query, searches, score }): Trend => ({
      what: 'searched',
      name: query,
      count: searches,
      score,
    }));
    const read = answer.entries.map(({ key, reads, score }): Trend => ({
      what: 'read',
      name: key,
      count: reads,
      score,
    }));
    await context.list([...searched, ...read], trendView);
    if (searched.length + read.length === 0) context.notice('nothing yet');
  },
};
