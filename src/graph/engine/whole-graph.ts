import type { Csr } from './csr.js';

/** Rows of a graph: what `i` leads to stands in `targets` from `offsets[i]` to `offsets[i + 1]`. */
export type Rows = Pick<Csr, 'offsets' | 'targets'>;

/** Everything there is, as it is stored: rows by source, parallel relationships apart. */
export interface StoredGraph extends Rows {
  /** Inside ids of all entries, rising; places are indexes of it. */
  ids: Float64Array;
  /** Type of each relationship; {@link BIDIRECTIONAL} is set where it leads both ways. */
  types: Uint16Array;
}

/** Beside the type, which is a positive `smallint`. */
export const BIDIRECTIONAL = 0x8000;

/**
 * A simple directed graph of entries, as whole-graph algorithms take it: parallel relationships are one step, a
 * bidirectional one is a step each way. Rows rise.
 */
export interface WholeGraph {
  ids: Float64Array;
  out: Rows;
  in: Rows;
}

export interface Choice {
  /** Only relationships of these types. */
  types?: readonly number[];
  /** Ids of entries that are not there, rising. */
  without?: Float64Array;
}

/** Called now and then by long work; throws to end it. */
export type Check = () => void;

/** Steps between two calls of {@link Check}. */
export const STEPS_BETWEEN_CHECKS = 1 << 16;

/** Two transpositions by counting sort every row; the third one turns the sorted rows around. */
export function wholeGraph(stored: StoredGraph, choice: Choice, check: Check): WholeGraph {
  const kept = withoutEntries(stored.ids, choice.without);
  const back = steps(stored, kept, choice.types, check);
  const out = distinct(transposed(back, check));
  return { ids: kept.ids, out, in: transposed(out, check) };
}

interface Kept {
  ids: Float64Array;
  /** New place by stored place, or -1. */
  place?: Int32Array;
}

function withoutEntries(ids: Float64Array, without: Float64Array | undefined): Kept {
  if (!without || without.length === 0) return { ids };
  const place = new Int32Array(ids.length);
  const kept = new Float64Array(ids.length);
  let size = 0;
  let next = 0;
  for (let i = 0; i < ids.length; i++) {
    while (next < without.length && without[next] < ids[i]) next++;
    if (without[next] === ids[i]) place[i] = -1;
    else {
      kept[size] = ids[i];
      place[i] = size++;
    }
  }
  return { ids: kept.slice(0, size), place };
}

/** Every step by its target, unsorted and with doubles. */
function steps(stored: StoredGraph, { ids, place }: Kept, types: readonly number[] | undefined, check: Check): Rows {
  const chosen = types && new Set(types);
  const offsets = new Uint32Array(ids.length + 1);
  const each = (visit: (from: number, to: number) => void): void => {
    for (let i = 0; i < stored.ids.length; i++) {
      if (i % STEPS_BETWEEN_CHECKS === 0) check();
      const from = place ? place[i] : i;
      if (from < 0) continue;
      for (let at = stored.offsets[i]; at < stored.offsets[i + 1]; at++) {
        const to = place ? place[stored.targets[at]] : stored.targets[at];
        if (to < 0 || (chosen && !chosen.has(stored.types[at] & ~BIDIRECTIONAL))) continue;
        visit(from, to);
        if (stored.types[at] & BIDIRECTIONAL) visit(to, from);
      }
    }
  };
  each((_, to) => offsets[to + 1]++);
  for (let i = 0; i < ids.length; i++) offsets[i + 1] += offsets[i];
  const next = offsets.slice(0, -1);
  const targets = new Uint32Array(offsets[ids.length]);
  each((from, to) => (targets[next[to]++] = from));
  return { offsets, targets };
}

/** The same steps the other way; its rows rise. */
export function transposed(rows: Rows, check: Check): Rows {
  const size = rows.offsets.length - 1;
  const offsets = new Uint32Array(size + 1);
  for (let at = 0; at < rows.targets.length; at++) offsets[rows.targets[at] + 1]++;
  for (let i = 0; i < size; i++) offsets[i + 1] += offsets[i];
  const next = offsets.slice(0, -1);
  const targets = new Uint32Array(rows.targets.length);
  for (let i = 0; i < size; i++) {
    if (i % STEPS_BETWEEN_CHECKS === 0) check();
    for (let at = rows.offsets[i]; at < rows.offsets[i + 1]; at++) targets[next[rows.targets[at]]++] = i;
  }
  return { offsets, targets };
}

/** Sorted rows without doubles. */
function distinct({ offsets, targets }: Rows): Rows {
  const size = offsets.length - 1;
  const kept = new Uint32Array(size + 1);
  let to = 0;
  for (let i = 0; i < size; i++) {
    const start = to;
    for (let at = offsets[i]; at < offsets[i + 1]; at++) {
      if (to > start && targets[to - 1] === targets[at]) continue;
      targets[to++] = targets[at];
    }
    kept[i + 1] = to;
  }
  return { offsets: kept, targets: targets.slice(0, to) };
}

/** Who is next to whom, whichever way: the union of both directions, rows rising. */
export function undirected({ ids, out, in: back }: WholeGraph): Rows {
  const offsets = new Uint32Array(ids.length + 1);
  const targets = new Uint32Array(out.targets.length + back.targets.length);
  let to = 0;
  for (let i = 0; i < ids.length; i++) {
    let a = out.offsets[i];
    let b = back.offsets[i];
    const [endA, endB] = [out.offsets[i + 1], back.offsets[i + 1]];
    while (a < endA || b < endB) {
      const left = a < endA ? out.targets[a] : Infinity;
      const right = b < endB ? back.targets[b] : Infinity;
      targets[to++] = Math.min(left, right);
      if (left <= right) a++;
      if (right <= left) b++;
    }
    offsets[i + 1] = to;
  }
  return { offsets, targets: targets.slice(0, to) };
}
