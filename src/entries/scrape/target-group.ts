import type { ScrapeTarget } from './scrape-targets.js';

/** As Prometheus' `http_sd_configs` reads it. */
export interface TargetGroup {
  targets: string[];
  labels: Record<string, string>;
}

const PREFIX = '__meta_ureg_';
const UNFIT = /[^A-Za-z0-9_]/g;

/** A group of one target, as each has labels of its own. */
export function targetGroup({ host, port, labels }: ScrapeTarget): TargetGroup {
  const told = Object.entries(labels).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null ? [] : [[PREFIX + name.replaceAll(UNFIT, '_'), textOf(value)]],
  );
  return { targets: [addressOf(host, port)], labels: Object.fromEntries(told) };
}

const addressOf = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** A list has commas around each of its words, so that `.*,canary,.*` finds one. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length === 0 ? '' : `,${value.join(',')},`;
  return JSON.stringify(value);
}

/** Labels of an object's members, each named after the object and its key. */
export const labelsOf = (name: string, members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).map(([key, value]) => [`${name}_${key}`, value]));
