/** Disjoint sets of entries: the members of set `i` are `ids` from `offsets[i]` to `offsets[i + 1]`, larger sets first. */
export interface Groups {
  ids: Float64Array;
  offsets: Uint32Array;
}

export const countOf = ({ offsets }: Groups): number => offsets.length - 1;

export const sizeOf = ({ offsets }: Groups, group: number): number => offsets[group + 1] - offsets[group];

export const membersOf = ({ ids, offsets }: Groups, group: number): Float64Array =>
  ids.subarray(offsets[group], offsets[group + 1]);

/**
 * Groups the places that bear the same label, larger groups first, then the one with the smallest place. The members of
 * a group stand in the order of `before` (places as numbers, first ones first), or rise.
 */
export function groupsOf(ids: Float64Array, label: Uint32Array, order?: Uint32Array): Groups {
  const size = ids.length;
  const counts = new Uint32Array(size);
  const first = new Uint32Array(size).fill(size);
  for (let i = 0; i < size; i++) {
    counts[label[i]]++;
    if (first[label[i]] === size) first[label[i]] = i;
  }
  const labels: number[] = [];
  for (let i = 0; i < size; i++) if (first[label[i]] === i) labels.push(label[i]);
  labels.sort((a, b) => counts[b] - counts[a] || first[a] - first[b]);
  const offsets = new Uint32Array(labels.length + 1);
  const next = new Uint32Array(size);
  labels.forEach((name, i) => {
    next[name] = offsets[i];
    offsets[i + 1] = offsets[i] + counts[name];
  });
  const members = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const place = order ? order[i] : i;
    members[next[label[place]]++] = ids[place];
  }
  return { ids: members, offsets };
}
