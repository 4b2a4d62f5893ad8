import type { CommandContext } from '../core/context.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';

type Stats = Record<string, unknown>;

interface StatRow extends Record<string, unknown> {
  name: string;
  value: string;
}

const statsView: View<Stats> = {
  fields: [
    'total_entities',
    'total_relationships',
    'by_type',
    'by_status',
    'by_health',
    'by_feature',
    'relationships_by_type',
    'database',
  ],
  columns: [],
  name: (stats) => String(stats.total_entities ?? ''),
};

const statRowView: View<StatRow> = {
  fields: ['name', 'value'],
  columns: [column('WHAT', 'name'), column('COUNT', 'value', { right: true })],
  name: (row) => row.name,
};

export const statsCommand: LeafSpec = {
  name: 'stats',
  summary: 'Count what the registry holds',
  examples: [{ cmd: 'stats' }, { cmd: 'stats -o json' }],
  effect: 'reads',
  view: statsView,
  operations: ['GET /api/v1/stats'],
  async run(context) {
    const client = await context.client();
    const stats = await client.json<Stats>({ method: 'GET', path: '/api/v1/stats' });
    await printStats(context, stats, statsView);
  },
};

/** Figures: one a line for people, as the API tells them for programs. */
export async function printStats<Figures extends Stats>(
  context: CommandContext,
  stats: Figures,
  view: View<Figures>,
): Promise<void> {
  const table = ['table', 'wide', 'csv'].includes(context.format.name) && context.flags.fields === undefined;
  if (table) await context.list([...flatten(stats)], statRowView);
  else await context.one(stats, view);
}

/** `by_type.plugin  12`: every number of the answer, largest first within its group. */
function* flatten(value: Record<string, unknown>, prefix = ''): Generator<StatRow> {
  const entries = Object.entries(value);
  const numbers = entries.filter(([, item]) => typeof item === 'number' || typeof item === 'string');
  if (prefix !== '') numbers.sort((a, b) => Number(b[1]) - Number(a[1]));
  for (const [name, item] of numbers) yield { name: prefix + name, value: String(item) };
  for (const [name, item] of entries) {
    if (item && typeof item === 'object') yield* flatten(item as Record<string, unknown>, `${prefix}${name}.`);
  }
}
