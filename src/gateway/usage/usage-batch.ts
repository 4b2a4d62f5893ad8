import { SLOTS, merge } from './latency-histogram.js';
import { ALL } from './usage-cells.js';
import type { PlacedCell, UsageCell } from './usage-cells.js';

const COUNTS = [
  'requests',
  'clientErrors',
  'serverErrors',
  'unauthenticated',
  'forbidden',
  'rateLimited',
  'bytesOut',
] as const;

/** A row to add, as the columns of the statement hold it. */
export interface UsageRow extends Record<(typeof COUNTS)[number], number> {
  key: string;
  route: string;
  hour: number;
  lastAt: number;
  /** By slot, ending with the last one that has any. */
  latency: Uint32Array;
}

/** Rows that one process writes at once. A number is used for one batch only, and sent again until it is known to be written. */
export interface UsageBatch {
  number: number;
  requests: number;
  rows: UsageRow[];
}

/** Rows of the cells, and of their sums by key, by route and of all. */
export function usageBatch(number: number, cells: readonly PlacedCell[]): UsageBatch {
  const rows = new Map<string, UsageRow>();
  let requests = 0;
  for (const { key, route, hour, cell } of cells) {
    requests += cell.requests;
    for (const ofKey of [key, ALL]) {
      for (const ofRoute of [route, ALL]) {
        const name = `${hour}\n${ofKey}\n${ofRoute}`;
        const row = rows.get(name) ?? emptyRow(ofKey, ofRoute, hour);
        rows.set(name, row);
        add(row, cell);
      }
    }
  }
  for (const row of rows.values())
    row.latency = row.latency.subarray(0, row.latency.findLastIndex((count) => count > 0) + 1);
  return { number, requests, rows: [...rows.values()] };
}

const emptyRow = (key: string, route: string, hour: number): UsageRow => ({
  key,
  route,
  hour,
  lastAt: 0,
  latency: new Uint32Array(SLOTS),
  requests: 0,
  clientErrors: 0,
  serverErrors: 0,
  unauthenticated: 0,
  forbidden: 0,
  rateLimited: 0,
  bytesOut: 0,
});

function add(row: UsageRow, cell: UsageCell): void {
  for (const count of COUNTS) row[count] += cell[count];
  row.lastAt = Math.max(row.lastAt, cell.lastAt);
  merge(row.latency, cell.latency);
}
