import { parsePastMoment } from '../core/duration.js';

/** `--since 7d --until 2030-01-01` as the `from` and `to` of the API; `--to` is always a file. */
export function timeRange(options: Record<string, unknown>): { from?: string; to?: string } {
  const time = (name: 'since' | 'until'): string | undefined =>
    options[name] === undefined ? undefined : parsePastMoment(String(options[name]), `--${name}`);
  return { from: time('since'), to: time('until') };
}
