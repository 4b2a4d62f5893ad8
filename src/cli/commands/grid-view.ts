import { gridWords, NODE_TYPES } from '../kinds/grid.words.js';
import { statsLeaf } from '../kinds/kind-telling.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { questionFor } from './batch-answer.js';
import { printStats } from './stats.js';

type Answer = Record<string, unknown>;

interface Zone {
  zone: string | null;
  members: Answer[];
}

interface Topology {
  regions: { region: string | null; zones: Zone[] }[];
}

const placeView: View<Answer> = {
  fields: [
    'region',
    'zone',
    'id',
    'key',
    'name',
    'type',
    'host',
    'port',
    'status',
    'health',
    'liveness',
    'available',
    'weight',
    'capacity',
    'connections',
  ],
  columns: [
    column('REGION', 'region'),
    column('ZONE', 'zone'),
    column('NODE', 'key'),
    column('TYPE', 'type'),
    { title: 'ADDRESS', value: ({ host, port }) => `${String(host)}:${String(port)}` },
    column('CONNECTIONS', 'connections', { right: true }),
    column('CAPACITY', 'capacity', { right: true, wide: true }),
    column('WEIGHT', 'weight', { right: true, wide: true }),
    { title: 'AVAILABLE', value: ({ available }) => (available === false ? 'no' : 'yes') },
    column('STATUS', 'status', { state: true }),
    column('HEALTH', 'health', { state: true }),
    column('LIVENESS', 'liveness', { wide: true }),
    column('ID', 'id', { wide: true }),
  ],
  name: ({ key }) => String(key),
};

export const topologyLeaf: LeafSpec = {
  name: 'topology',
  summary: 'Show the nodes of the grid by region and zone',
  options: [
    { flags: '--region <region>', summary: 'only this region', common: true },
    { flags: '--zone <zone>', summary: 'only this zone', common: true },
    { flags: '--type <type>', summary: NODE_TYPES.join(', '), common: true },
  ],
  examples: [{ cmd: 'grid topology' }],
  effect: 'reads',
  view: placeView,
  operations: ['GET /api/v1/grid/topology'],
  async run(context, { options }) {
    const client = await context.client();
    const query = Object.fromEntries(
      ['region', 'zone', 'type'].map((name) => [name, options[name] as string | undefined]),
    );
    const { regions } = await client.json<Topology>({ method: 'GET', path: '/api/v1/grid/topology', query });
    const rows = regions.flatMap(({ region, zones }) =>
      zones.flatMap(({ zone, members }) => members.map((member) => ({ region, zone, ...member }))),
    );
    await context.list(rows, placeView);
    if (rows.length === 0) context.notice('no node is there');
  },
};

const shared = statsLeaf(gridWords);
const gridStatsView: View<Answer> = {
  fields: [
    ...(shared.view?.fields ?? []),
    'nodes',
    'available',
    'connections',
    'capacity',
    'by_type',
    'by_liveness',
    'balanced',
    'guard',
    'listening_since',
    'snapshot_age_ms',
  ],
  columns: [],
  name: ({ nodes }) => String(nodes ?? ''),
};

export const gridStatsLeaf: LeafSpec = {
  ...shared,
  summary: 'Show how the grid is doing: nodes, connections, decisions, and whether silent nodes are kept',
  description: 'When most of all nodes fall silent at once, the fault is rather on the way: the guard keeps them.',
  options: [
    { flags: '--catalog', summary: 'count the entries of nodes, as of other kinds' },
    ...(shared.options ?? []),
  ],
  view: gridStatsView,
  operations: [...(shared.operations ?? []), 'GET /api/v1/grid/stats'],
  async run(context, invocation) {
    if (invocation.options.catalog === true || invocation.options.overview === true)
      return shared.run(context, invocation);
    const client = await context.client();
    const stats = await client.json<Answer>({ method: 'GET', path: '/api/v1/grid/stats' });
    await printStats(context, stats, gridStatsView);
    const { active, until } = (stats.guard ?? {}) as { active?: boolean; until?: string };
    if (active === true)
      context.notice(`silent nodes are kept until ${until}; ${context.program} grid give-up gives them up`);
  },
};

export const giveUpLeaf: LeafSpec = {
  name: 'give-up',
  summary: 'Give up silent nodes now, though most of all are silent',
  examples: [{ cmd: 'grid give-up --yes' }],
  effect: 'deletes',
  view: gridStatsView,
  operations: ['POST /api/v1/grid/guard/release'],
  async run(context) {
    if (!context.dryRun) await context.confirm(questionFor(context, 'Give up all silent nodes'));
    const answer = await context.send({ method: 'POST', path: '/api/v1/grid/guard/release' });
    if (!answer) return;
    await context.changed('silent nodes are kept no longer', answer.json<Answer>(), gridStatsView);
  },
};
