import type { View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import type { UsageFigures } from '../views/usage-view.js';
import { printUsage, USAGE_OPTIONS, usageQuery, type UsageReport } from './usage-report.js';

interface GatewayStats extends UsageReport {
  refused: Record<string, number>;
  top_keys: (UsageFigures & { id: string; name: string | null })[];
  top_routes: (UsageFigures & { route: string })[];
}

const statsView: View<GatewayStats> = {
  fields: ['from', 'to', 'step', 'totals', 'refused', 'without_key', 'top_keys', 'top_routes', 'series', 'keys'],
  columns: [],
  name: (stats) => String(stats.totals.requests),
};

export const usageCommand: LeafSpec = {
  name: 'usage',
  summary: 'Count requests, errors and latency over all keys',
  description: 'As JSON the whole report: totals, refusals by reason, routes, keys, and a series over time.',
  options: USAGE_OPTIONS,
  examples: [
    { cmd: 'usage' },
    { cmd: 'usage --by key --since 7d' },
    { cmd: 'usage --by time --step day --since 30d -o csv' },
  ],
  effect: 'reads',
  view: statsView,
  operations: ['GET /api/v1/gateway/stats'],
  async run(context, { options }) {
    const client = await context.client();
    const report = await client.json<GatewayStats>({
      method: 'GET',
      path: '/api/v1/gateway/stats',
      query: usageQuery(options),
    });
    const key = report.top_keys.map((row) => ({ ...row, of: row.name ?? row.id }));
    await printUsage(context, { report, view: statsView, by: options.by, lines: { route: report.top_routes, key } });
    const refused = Object.entries(report.refused).filter(([, count]) => count > 0);
    if (refused.length > 0)
      context.notice(`refused: ${refused.map(([why, count]) => `${count} ${why.replaceAll('_', ' ')}`).join(', ')}`);
  },
};
