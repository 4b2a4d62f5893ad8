import jsonPatch from 'fast-json-patch';
import type { StateRow } from './mesh-version.repository.js';
import type { MeshRouteDifference } from './mesh-versions.dto.js';

/** What decides how a route sends. */
const sentBy = ({ state: { status, spec } }: StateRow): object => ({ status, spec });

/** What leads from one set of routes to another, by name. */
export function differences(from: readonly StateRow[], to: readonly StateRow[]): MeshRouteDifference[] {
  // A route that was removed and registered again by its name is the same one to those who send by it.
  const keyOf = ({ state: { name, version } }: StateRow): string => `${name}@${version}`;
  const before = new Map(from.map((row) => [keyOf(row), row]));
  const after = new Map(to.map((row) => [keyOf(row), row]));
  const found: MeshRouteDifference[] = [];
  for (const [key, row] of after) {
    const was = before.get(key);
    const patch = was ? (jsonPatch.compare(sentBy(was), sentBy(row)) as object[]) : [];
    if (!was || patch.length > 0) found.push({ id: row.uid, name: row.name, change: was ? 'changed' : 'added', patch });
  }
  for (const [key, row] of before)
    if (!after.has(key)) found.push({ id: row.uid, name: row.name, change: 'removed', patch: [] });
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
