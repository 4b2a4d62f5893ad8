import { age } from '../output/time.js';
import { column, type Column, type View } from '../output/view.js';

/** What requests came to; of a route, a key or a stretch of time. */
export interface UsageFigures extends Record<string, unknown> {
  requests: number;
  errors: number;
  error_rate: number;
  rate_limited: number;
  bytes_out: number;
  latency_ms: { p50: number | null; p95: number | null; p99: number | null };
  last_used_at?: string | null;
}

/** One line of a report: of what, and its figures. */
export interface UsageRow extends UsageFigures {
  of: string;
}

const FIGURES: readonly Column<UsageRow>[] = [
  column('REQUESTS', 'requests', { right: true }),
  column('ERRORS', 'errors', { right: true }),
  { title: 'ERROR RATE', value: ({ error_rate: rate }) => `${Math.round(rate * 1000) / 10}%`, right: true },
  column('LIMITED', 'rate_limited', { right: true }),
  column('P50 MS', 'latency_ms.p50', { right: true }),
  column('P95 MS', 'latency_ms.p95', { right: true }),
  column('P99 MS', 'latency_ms.p99', { right: true }),
  column('BYTES', 'bytes_out', { right: true, wide: true }),
  { title: 'LAST USED', value: (row) => (row.last_used_at ? `${age(row.last_used_at)} ago` : undefined), wide: true },
];

/** Lines of a report, headed by what they tell apart. */
export function usageRowView(title: string): View<UsageRow> {
  return {
    fields: ['of', 'requests', 'errors', 'error_rate', 'rate_limited', 'bytes_out', 'latency_ms', 'last_used_at'],
    columns: [column(title, 'of'), ...FIGURES],
    name: (row) => row.of,
  };
}
