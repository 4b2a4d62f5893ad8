import type { QueryValue } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { parseCount } from '../core/duration.js';
import type { View } from '../output/view.js';
import type { OptionSpec } from '../spec/types.js';
import { usageRowView, type UsageFigures, type UsageRow } from '../views/usage-view.js';
import { timeRange } from './time-range.js';

const GROUPINGS = ['route', 'key', 'time'] as const;

export const USAGE_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--by <what>',
    summary: 'a line for each route, key or step of time (default route)',
    choices: GROUPINGS,
    common: true,
  },
  {
    flags: '--since <time>',
    summary: 'from 7d before now, or a date and time (default 1d; 30d with --step day)',
    common: true,
  },
  { flags: '--until <time>', summary: 'up to this time (default now)' },
  { flags: '--step <step>', summary: 'steps of time: hour or day', choices: ['hour', 'day'] },
  { flags: '--limit <n>', summary: 'so many routes and keys, those with most requests (default 10)' },
];

export function usageQuery(options: Record<string, unknown>): Record<string, QueryValue> {
  return {
    ...timeRange(options),
    step: options.step as string | undefined,
    limit: options.limit === undefined ? undefined : parseCount(String(options.limit), '--limit', 1, 100),
  };
}

export interface UsageReport extends Record<string, unknown> {
  totals: UsageFigures;
  series: (UsageFigures & { at: string })[];
}

export interface Lines {
  route: readonly (UsageFigures & { route: string })[];
  key: readonly (UsageFigures & { of: string })[];
}

/** The lines that were asked for and their sum for people; the whole report of the API for programs. */
export async function printUsage<Report extends UsageReport>(
  context: CommandContext,
  { report, view, by, lines }: { report: Report; view: View<Report>; by: unknown; lines: Lines },
): Promise<void> {
  const asLines = ['table', 'wide', 'csv', 'name'].includes(context.format.name) && context.flags.fields === undefined;
  if (!asLines || context.quiet) return context.one(report, view);
  const rows: UsageRow[] =
    by === 'time'
      ? report.series.map((step) => ({ ...step, of: step.at }))
      : by === 'key'
        ? lines.key.map((row) => ({ ...row }))
        : lines.route.map((row) => ({ ...row, of: row.route }));
  const total = ['table', 'wide'].includes(context.format.name) ? [{ ...report.totals, of: 'all' }] : [];
  const title = by === 'time' ? 'FROM' : by === 'key' ? 'KEY' : 'ROUTE';
  await context.list([...rows, ...total], usageRowView(title));
}
