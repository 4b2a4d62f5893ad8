import { statsLeaf } from '../kinds/kind-telling.js';
import { idArgument, pathOf, rowsOf } from '../kinds/kind-request.js';
import { metricsGroup } from '../kinds/kind-metrics.js';
import { meshWords } from '../kinds/mesh.words.js';
import { parseCount, parseSeconds } from '../core/duration.js';
import { column, type Column, type View } from '../output/view.js';
import { isGroup, type GroupSpec, type LeafSpec } from '../spec/types.js';
import { printStats } from './stats.js';

type Figures = Record<string, unknown>;

const MOST_MINUTES = 43_200;
const MINUTES = { flags: '--minutes <n>', summary: 'of the last so many (default 1440)', common: true };
const TRAFFIC = [
  'requests',
  'successes',
  'failures',
  'retries',
  'error_rate',
  'average_ms',
  'p50_ms',
  'p95_ms',
  'p99_ms',
] as const;

const minutesOf = ({ minutes }: Record<string, unknown>): number | undefined =>
  minutes === undefined ? undefined : parseCount(String(minutes), '--minutes', 1, MOST_MINUTES);

const shared = statsLeaf(meshWords);
const statsView: View<Figures> = {
  fields: [
    ...(shared.view?.fields ?? []),
    ...TRAFFIC,
    'minutes',
    'routes',
    'active_routes',
    'open_breakers',
    'version',
    'by_route',
  ],
  columns: [],
  name: ({ requests }) => String(requests ?? ''),
};

export const meshStatsLeaf: LeafSpec = {
  ...shared,
  summary: 'Show how many requests went through the mesh, how many failed, and how long they took',
  options: [
    MINUTES,
    { flags: '--catalog', summary: 'count the entries of routes, as of other kinds' },
    ...(shared.options ?? []),
  ],
  examples: [{ cmd: 'mesh stats --minutes 60' }],
  view: statsView,
  operations: [...(shared.operations ?? []), 'GET /api/v1/mesh/stats'],
  async run(context, invocation) {
    const { options } = invocation;
    if (options.catalog === true || options.overview === true) return shared.run(context, invocation);
    const client = await context.client();
    const query = { minutes: minutesOf(options) };
    const { by_route: routes, ...all } = await client.json<Figures>({
      method: 'GET',
      path: '/api/v1/mesh/stats',
      query,
    });
    if (!context.speaks) return printStats(context, { ...all, by_route: routes }, statsView);
    await printStats(context, all, statsView);
    const busiest = rowsOf<Figures>(routes)[0];
    if (busiest)
      context.notice(
        `the busiest is ${String(busiest.route)}; ${context.program} mesh metrics ${String(busiest.route)}`,
      );
  },
};

const rate: Column<Figures> = {
  title: 'ERRORS',
  value: ({ error_rate: share }) => `${(Number(share ?? 0) * 100).toFixed(1)} %`,
  right: true,
};

const metricsView: View<Figures> = {
  fields: ['route_id', 'route', 'minutes', 'state', ...TRAFFIC, 'destinations', 'samples'],
  columns: [
    column('DESTINATION', 'destination'),
    column('REQUESTS', 'requests', { right: true }),
    column('FAILURES', 'failures', { right: true }),
    rate,
    column('RETRIES', 'retries', { right: true, wide: true }),
    column('AVG MS', 'average_ms', { right: true }),
    column('P50', 'p50_ms', { right: true }),
    column('P95', 'p95_ms', { right: true }),
    column('P99', 'p99_ms', { right: true }),
  ],
  name: ({ requests }) => String(requests ?? ''),
};

const recorded = metricsGroup(meshWords);

const metricsLeaf: LeafSpec = {
  name: 'show',
  summary: 'Show how many requests went by a route and to which destination, and how long they took',
  description: '--recorded shows what was recorded beside, as of other kinds.',
  arguments: [idArgument(meshWords)],
  options: [
    MINUTES,
    { flags: '--recorded', summary: 'the latest of each metric that was recorded', common: true },
    { flags: '--name <metric>', summary: 'one that was recorded, over time', common: true },
    { flags: '--since <time>', summary: 'of recorded ones: 15m, 2h or a date and time' },
    { flags: '--until <time>', summary: 'up to then' },
    { flags: '--limit <n>', summary: 'at most so many (default 1000)' },
  ],
  examples: [{ cmd: 'mesh metrics route_orders' }, { cmd: 'mesh metrics route_orders --recorded' }],
  effect: 'reads',
  view: metricsView,
  operations: ['GET /api/v1/mesh/routes/{id}/metrics'],
  async run(context, invocation) {
    const { args, options } = invocation;
    const rest = recorded.children[0];
    if ((options.recorded === true || options.name !== undefined) && !isGroup(rest))
      return rest.run(context, invocation);
    const client = await context.client();
    const path = pathOf(meshWords, String(args[0]), 'metrics');
    const figures = await client.json<Figures>({ method: 'GET', path, query: { minutes: minutesOf(options) } });
    if (!context.speaks && context.format.name !== 'wide') return context.one(figures, metricsView);
    const destinations = rowsOf<Figures>(figures.destinations);
    await context.list([{ ...figures, destination: 'all' }, ...destinations], metricsView);
  },
};

export const meshMetricsGroup: GroupSpec = {
  ...recorded,
  summary: 'See the figures of a route, and record others',
  children: [metricsLeaf, ...recorded.children.slice(1)],
};

interface Topology extends Record<string, unknown> {
  spans: number;
  complete: boolean;
  nodes: Figures[];
  edges: Figures[];
}

const topologyView: View<Topology> = {
  fields: ['from', 'to', 'spans', 'complete', 'nodes', 'edges'],
  columns: [column('SPANS', 'spans', { right: true }), column('NODES', 'nodes'), column('EDGES', 'edges')],
  name: ({ nodes }) => nodes.map(({ service }) => String(service)).join('\n') || '-',
};

const edgeView: View<Figures> = {
  fields: ['source', 'target', 'calls', 'errors', 'error_rate', 'calls_per_second', 'avg_ms', 'p95_ms'],
  columns: [
    column('FROM', 'source'),
    column('TO', 'target'),
    column('CALLS', 'calls', { right: true }),
    rate,
    column('PER SECOND', 'calls_per_second', { right: true }),
    column('AVG MS', 'avg_ms', { right: true }),
    column('P95', 'p95_ms', { right: true }),
  ],
  name: ({ source, target }) => `${String(source)} ${String(target)}`,
};

const nodeView: View<Figures> = {
  fields: ['service', 'key', 'requests', 'errors', 'error_rate', 'requests_per_second', 'avg_ms', 'p95_ms'],
  columns: [
    column('SERVICE', 'service'),
    column('ENTRY', 'key'),
    column('REQUESTS', 'requests', { right: true }),
    rate,
    column('PER SECOND', 'requests_per_second', { right: true }),
    column('AVG MS', 'avg_ms', { right: true }),
    column('P95', 'p95_ms', { right: true }),
  ],
  name: ({ service }) => String(service),
};

export const meshTopologyLeaf: LeafSpec = {
  name: 'topology',
  summary: 'See who calls whom, with rates and errors, from traces',
  options: [
    { flags: '--window <time>', summary: 'of the last 15m, 2h (default 15m, at most 1d)', common: true },
    { flags: '--services', summary: 'the services instead, with what they served', common: true },
  ],
  examples: [{ cmd: 'mesh topology --window 1h' }, { cmd: 'mesh topology --window 1h --services' }],
  effect: 'reads',
  view: topologyView,
  operations: ['GET /api/v1/mesh/topology'],
  async run(context, { options }) {
    const window =
      options.window === undefined ? undefined : parseSeconds(String(options.window), '--window', 10, 86_400);
    const client = await context.client();
    const map = await client.json<Topology>({ method: 'GET', path: '/api/v1/mesh/topology', query: { window } });
    if (!context.speaks && context.format.name !== 'wide') return context.one(map, topologyView);
    const nodes = options.services === true;
    await context.list(nodes ? map.nodes : map.edges, nodes ? nodeView : edgeView);
    if (map.spans === 0) context.notice('no traces in that time');
    else if (!nodes && map.edges.length === 0) context.notice('nobody calls another; see --services');
    if (!map.complete) context.notice('there were more spans than were counted: the figures are of a part');
  },
};
