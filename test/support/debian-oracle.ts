import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

interface RawPackage {
  name: string;
  depends?: { name: string }[][];
  recommends?: { name: string }[][];
  provides?: string[];
}

/**
 * What the registry must answer about an imported package index, worked out from the raw file in the plainest way and
 * with nothing of the importer: of each group the first alternative that is a package of the file, else the first that
 * a package of it provides; a package never depends on itself.
 */
export class DebianOracle {
  readonly packages: ReadonlySet<string>;
  /** Names that are no package of the file and that some group ends at. */
  readonly virtual: ReadonlySet<string>;
  /** Number of relationships of each type after the import. */
  readonly relationships: { depends_on: number; recommends: number; provides: number };
  private readonly needs = new Map<string, Set<string>>();
  private readonly neededBy = new Map<string, Set<string>>();

  constructor(raw: readonly RawPackage[]) {
    const names = new Set(raw.map(({ name }) => name));
    if (names.size !== raw.length) throw new Error('the oracle knows files with one version of each package only');
    const provided = new Set(raw.flatMap(({ provides = [] }) => provides));
    const choose = (group: { name: string }[]): string | undefined =>
      (group.find(({ name }) => names.has(name)) ?? group.find(({ name }) => provided.has(name)))?.name;
    const targets = (own: string, groups: { name: string }[][] = []): Set<string> =>
      new Set(groups.map(choose).filter((name): name is string => name !== undefined && name !== own));

    const virtual = new Set<string>();
    let recommends = 0;
    for (const { name, depends, recommends: wishes } of raw) {
      const needed = targets(name, depends);
      const wished = targets(name, wishes);
      recommends += wished.size;
      for (const target of [...needed, ...wished]) if (!names.has(target)) virtual.add(target);
      this.needs.set(name, needed);
      for (const target of needed) this.neededBy.set(target, (this.neededBy.get(target) ?? new Set()).add(name));
    }
    this.packages = names;
    this.virtual = virtual;
    this.relationships = {
      depends_on: sum([...this.needs.values()].map((set) => set.size)),
      recommends,
      provides: sum(raw.map(({ provides = [] }) => [...new Set(provides)].filter((name) => virtual.has(name)).length)),
    };
  }

  /** JSON lines, plain or gzip. */
  static read(path: string): DebianOracle {
    const bytes = readFileSync(path);
    const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return new DebianOracle(lines.map((line) => JSON.parse(line) as RawPackage));
  }

  /** Everything a package needs over depends_on, by name, with the fewest steps; without itself. */
  dependenciesOf(name: string): Map<string, number> {
    return reach(name, this.needs);
  }

  /** Everything that needs a package over depends_on, by name, with the fewest steps; without itself. */
  impactOf(name: string): Map<string, number> {
    return reach(name, this.neededBy);
  }

  /** What one package depends on directly. */
  directDependenciesOf(name: string): string[] {
    return [...(this.needs.get(name) ?? [])];
  }
}

function reach(start: string, edges: ReadonlyMap<string, ReadonlySet<string>>): Map<string, number> {
  const distance = new Map([[start, 0]]);
  let front = [start];
  for (let step = 1; front.length > 0; step += 1) {
    const next: string[] = [];
    for (const name of front) {
      for (const target of edges.get(name) ?? []) {
        if (distance.has(target)) continue;
        distance.set(target, step);
        next.push(target);
      }
    }
    front = next;
  }
  distance.delete(start);
  return distance;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
