import { BIDIRECTIONAL } from '../engine/whole-graph.js';
import type { StoredGraph } from '../engine/whole-graph.js';
import { placesOf, shared } from './stored-graph.builder.js';
import type { GraphChanges, RelationshipPage } from './stored-graph.repository.js';

const PLACES_BETWEEN_PAUSES = 20_000;

/**
 * A graph with some entries added and removed, and with the relationships of some sources as they were read anew, by
 * source. Everything else is copied, in memory; yields now and then, so that others may run.
 */
export function* patchedGraph(
  old: StoredGraph,
  { added, removed, changed }: GraphChanges,
  read: RelationshipPage,
): Generator<undefined, StoredGraph> {
  const ids = mergedIds(old.ids, added, removed);
  const placeOf = placesOf(ids);
  yield;
  const moved = Int32Array.from(old.ids, (id) => placeOf(id));
  yield;
  const size = old.targets.length + read.targets.length;
  const next = { offsets: shared.uint32(ids.length + 1), targets: new Uint32Array(size), types: new Uint16Array(size) };
  let to = 0;
  const put = (target: number, type: number): void => {
    if (target < 0) return;
    next.targets[to] = target;
    next.types[to++] = type;
  };
  let [before, at] = [0, 0];
  for (let place = 0; place < ids.length; place++) {
    if (place % PLACES_BETWEEN_PAUSES === 0) yield;
    const id = ids[place];
    while (before < old.ids.length && old.ids[before] < id) before++;
    for (; at < read.sources.length && read.sources[at] <= id; at++)
      if (read.sources[at] === id)
        put(placeOf(read.targets[at]), read.types[at] | (read.bidirectional[at] ? BIDIRECTIONAL : 0));
    if (!changed.has(id) && old.ids[before] === id)
      for (let row = old.offsets[before]; row < old.offsets[before + 1]; row++)
        put(moved[old.targets[row]], old.types[row]);
    next.offsets[place + 1] = to;
  }
  const [targets, types] = [shared.uint32(to), shared.uint16(to)];
  targets.set(next.targets.subarray(0, to));
  types.set(next.types.subarray(0, to));
  return { ids, offsets: next.offsets, targets, types };
}

function mergedIds(old: Float64Array, added: ReadonlySet<number>, removed: ReadonlySet<number>): Float64Array {
  const newcomers = [...added].filter((id) => !removed.has(id)).sort((a, b) => a - b);
  const merged = new Float64Array(old.length + newcomers.length);
  let [size, next] = [0, 0];
  for (let i = 0; i <= old.length; i++) {
    const id = i < old.length ? old[i] : Infinity;
    while (next < newcomers.length && newcomers[next] < id) merged[size++] = newcomers[next++];
    // Heard of twice.
    if (newcomers[next] === id) next++;
    if (i < old.length && !removed.has(id)) merged[size++] = id;
  }
  const ids = shared.float64(size);
  ids.set(merged.subarray(0, size));
  return ids;
}
