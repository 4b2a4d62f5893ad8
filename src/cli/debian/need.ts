import type { Group } from './package.js';

/** A group of alternatives as the import keeps it: one object however often an index repeats it (`libc6 (>= 2.34)`). */
export interface Need {
  readonly names: readonly string[];
  /** The alternatives as JSON, for the metadata. */
  readonly text: string;
}

/** Gives equal groups the same Need: an index of 300,000 groups has a third of that in different ones. */
export class Needs {
  private readonly known = new Map<string, Need>();

  of(group: Group): Need {
    let key = '';
    for (const { name, op, version } of group) key += `${name} ${op ?? ''} ${version ?? ''}|`;
    const found = this.known.get(key);
    if (found) return found;
    const made: Need = { names: group.map(({ name }) => name), text: JSON.stringify(group.map(plain)) };
    this.known.set(key, made);
    return made;
  }
}

function plain({ name, op, version }: Group[number]): Group[number] {
  return { name, ...(op && { op }), ...(version && { version }) };
}
