import type { CompiledRoute } from '../table/compiled-route.js';

/** The path that a destination sees: of a rewrite the new one in place of the prefix, or of the whole path. */
export function rewrittenPath({ row, match }: CompiledRoute, path: string): string {
  const to = row.spec.rewrite?.path;
  if (to == null) return path;
  if (match.prefix === undefined) return to;
  const rest = path.slice(match.prefix.length);
  return rest.startsWith('/') && to.endsWith('/') ? to + rest.slice(1) : to + rest;
}
