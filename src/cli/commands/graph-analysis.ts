import type { CommandContext } from '../core/context.js';
import { parseCount } from '../core/duration.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec, OptionSpec } from '../spec/types.js';
import type { GraphNode } from '../views/graph-view.js';
import { TYPES } from './graph-show.js';

const LIMIT: OptionSpec = { flags: '--limit <n>', summary: 'at most so many', common: true };
const FRESH: OptionSpec = { flags: '--fresh', summary: 'wait for a new computation where what is known is stale' };

interface Dated extends Record<string, unknown> {
  stale?: boolean;
  computed_at?: string;
}

interface Central extends GraphNode, Dated {
  exact?: boolean;
  sample_size?: number | null;
}

const digits = (value: unknown): unknown => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
const measure = (title: string, field: string) => ({
  title,
  value: (row: Central) => digits(row[field]),
  right: true,
});

const centralityView: View<Central> = {
  fields: [
    'id', 'key', 'type', 'name', 'version', 'title', 'status', 'health', 'feature', 'degree_centrality', 'in_degree',
    'out_degree', 'betweenness_centrality', 'closeness_centrality', 'pagerank', 'standard_error', 'ranks', 'computed_at',
    'graph_version', 'stale', 'exact', 'sample_size', 'entries',
  ], // prettier-ignore
  columns: [
    column('KEY', 'key'),
    column('IN', 'in_degree', { right: true }),
    column('OUT', 'out_degree', { right: true }),
    measure('DEGREE', 'degree_centrality'),
    measure('BETWEENNESS', 'betweenness_centrality'),
    measure('CLOSENESS', 'closeness_centrality'),
    measure('PAGERANK', 'pagerank'),
    column('TITLE', 'title', { wide: true }),
    column('ID', 'id', { wide: true }),
  ],
  name: (row) => row.key,
};

export const centralityCommand: LeafSpec = {
  name: 'centrality',
  summary: 'Show the most central entries, or how central one is',
  arguments: [
    { name: 'id', summary: 'id or key of one entry (the most central ones when left out)', completes: 'entry' },
  ],
  options: [
    {
      flags: '--metric <metric>',
      summary: 'what to sort by (default degree)',
      choices: ['degree', 'betweenness', 'closeness', 'pagerank'],
      common: true,
    },
    LIMIT,
    FRESH,
  ],
  examples: [{ cmd: 'graph centrality --metric pagerank --limit 3' }, { cmd: 'graph centrality resource_libc6' }],
  effect: 'reads',
  view: centralityView,
  operations: ['GET /api/v1/graph/centrality', 'GET /api/v1/graph/centrality/{id}'],
  async run(context, { args, options }) {
    const client = await context.client();
    const fresh = options.fresh === true ? true : undefined;
    if (args[0] !== undefined) {
      const path = `/api/v1/graph/centrality/${encodeURIComponent(String(args[0]))}`;
      const one = await client.json<Central>({ method: 'GET', path, query: { fresh } });
      await context.one(one, centralityView);
      noticeMeasured(context, one);
      return;
    }
    const query = { metric: options.metric as string | undefined, limit: limitOf(options), fresh };
    const rows = await client.json<Central[]>({ method: 'GET', path: '/api/v1/graph/centrality', query });
    await context.list(rows, centralityView);
    if (rows.length === 0) context.notice('no entries');
    else noticeMeasured(context, rows[0]);
  },
};

function noticeMeasured(context: CommandContext, row: Central): void {
  if (row.exact === false)
    context.notice(`betweenness and closeness are estimated from a sample of ${String(row.sample_size)} entries`);
  noticeStale(context, row);
}

interface Community extends Record<string, unknown> {
  number: number;
  size: number;
  members: GraphNode[];
}

interface CommunitiesAnswer extends Dated {
  modularity: number;
  count: number;
  communities: Community[];
}

const communitiesView: View<CommunitiesAnswer> = {
  fields: ['modularity', 'count', 'entries', 'communities', 'computed_at', 'graph_version', 'stale'],
  columns: [],
  name: () => '',
};
const keys = (nodes: readonly GraphNode[]): string => nodes.map(({ key }) => key).join(' ');
const communityView: View<Community> = {
  fields: ['number', 'size', 'members', 'truncated'],
  columns: [
    column('NUMBER', 'number', { right: true }),
    column('SIZE', 'size', { right: true }),
    { title: 'MEMBERS', value: ({ members }) => keys(members) },
  ],
  name: ({ members }) => keys(members),
};

export const communitiesCommand: LeafSpec = {
  name: 'communities',
  summary: 'Show which entries are related among themselves',
  options: [
    LIMIT,
    { flags: '--members <n>', summary: 'show so many of each, those with most neighbours (default 5)', common: true },
    FRESH,
  ],
  examples: [
    { cmd: 'graph communities --limit 3' },
    { cmd: 'graph communities --members 3 -o json', norun: 'it is long' },
  ],
  effect: 'reads',
  view: communitiesView,
  operations: ['GET /api/v1/graph/communities'],
  async run(context, { options }) {
    const client = await context.client();
    const answer = await client.json<CommunitiesAnswer>({
      method: 'GET',
      path: '/api/v1/graph/communities',
      query: {
        limit: limitOf(options),
        members: options.members === undefined ? 5 : parseCount(String(options.members), '--members', 1, 100),
        fresh: options.fresh === true ? true : undefined,
      },
    });
    if (isForPrograms(context)) return context.one(answer, communitiesView);
    await context.list(answer.communities, communityView);
    context.notice(`${answer.count} communities, modularity ${answer.modularity.toFixed(3)}`);
    noticeStale(context, answer);
  },
};

interface Component extends Record<string, unknown> {
  size: number;
  nodes: GraphNode[];
}

interface ComponentsAnswer extends Dated {
  count: number;
  components: Component[];
}

const componentsView: View<ComponentsAnswer> = {
  fields: ['connection', 'entries', 'count', 'components', 'computed_at', 'graph_version', 'stale'],
  columns: [],
  name: () => '',
};
const SHOWN = 5;
const componentView: View<Component> = {
  fields: ['size', 'nodes', 'truncated'],
  columns: [
    column('SIZE', 'size', { right: true }),
    { title: 'ENTRIES', value: ({ nodes }) => `${keys(nodes.slice(0, SHOWN))}${nodes.length > SHOWN ? ' …' : ''}` },
  ],
  name: ({ nodes }) => keys(nodes),
};

export const componentsCommand: LeafSpec = {
  name: 'components',
  summary: 'Show what hangs together, largest first',
  options: [
    { flags: '--strong', summary: 'only what reaches each other, in circles', common: true },
    TYPES,
    LIMIT,
    FRESH,
  ],
  examples: [
    { cmd: 'graph components --limit 3' },
    { cmd: 'graph components --strong -o json', norun: 'it tells the time' },
  ],
  effect: 'reads',
  view: componentsView,
  operations: ['GET /api/v1/graph/components'],
  async run(context, { options }) {
    const client = await context.client();
    const answer = await client.json<ComponentsAnswer>({
      method: 'GET',
      path: '/api/v1/graph/components',
      query: {
        connection: options.strong === true ? 'strong' : undefined,
        types: options.types as string | undefined,
        limit: limitOf(options),
        fresh: options.fresh === true ? true : undefined,
      },
    });
    if (isForPrograms(context)) return context.one(answer, componentsView);
    await context.list(answer.components, componentView);
    context.notice(`${answer.count} components`);
    noticeStale(context, answer);
  },
};

interface Suggestion extends Record<string, unknown> {
  entity: GraphNode;
  source_id: string;
}

const suggestionView: View<Suggestion> = {
  fields: ['entity', 'source_id', 'target_id', 'type', 'score', 'reason', 'reasons'],
  columns: [
    column('SCORE', 'score', { right: true }),
    column('TYPE', 'type'),
    { title: 'DIRECTION', value: ({ entity, source_id }) => (source_id === entity.id ? 'in' : 'out') },
    column('KEY', 'entity.key'),
    column('REASON', 'reason'),
  ],
  name: ({ entity }) => entity.key,
};

export const suggestionsCommand: LeafSpec = {
  name: 'suggestions',
  summary: 'Show relationships that an entry probably should have',
  arguments: [{ name: 'id', summary: 'id or key of the entry', required: true, completes: 'entry' }],
  options: [LIMIT],
  examples: [{ cmd: 'graph suggestions resource_gpicview' }],
  effect: 'reads',
  view: suggestionView,
  operations: ['GET /api/v1/graph/suggestions/{id}'],
  async run(context, { args, options }) {
    const client = await context.client();
    const path = `/api/v1/graph/suggestions/${encodeURIComponent(String(args[0]))}`;
    const limit = options.limit === undefined ? undefined : parseCount(String(options.limit), '--limit', 1, 100);
    const rows = await client.json<Suggestion[]>({ method: 'GET', path, query: { limit } });
    await context.list(rows, suggestionView);
    if (rows.length === 0) context.notice('no suggestions');
  },
};

const limitOf = ({ limit }: Record<string, unknown>): number | undefined =>
  limit === undefined ? undefined : parseCount(String(limit), '--limit', 1, 1000);

const isForPrograms = (context: CommandContext): boolean =>
  !context.quiet && ['json', 'jsonl', 'yaml'].includes(context.format.name);

function noticeStale(context: CommandContext, { stale, computed_at }: Dated): void {
  if (stale === true) context.notice(`as of ${String(computed_at)}; relationships have changed since (see --fresh)`);
}
