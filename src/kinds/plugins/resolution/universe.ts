import type { Candidate, Requirement } from './candidate.js';

/** A wanted package: its name, and which of its versions will do. */
export interface Need {
  name: string;
  text: string;
  accepts: (version: string) => boolean;
  /** Whether others that provide the name will do as well. */
  orProvided?: boolean;
}

/** One version as it was published. Each group of needs is met by any one of its alternatives. */
export interface Release {
  name: string;
  version: string;
  needs: readonly (readonly Need[])[];
  provides?: readonly string[];
  /** Wanted only where nothing else will do. */
  last?: boolean;
  /** `name@version` of what it is installed with: wanted before anything newer. */
  installedWith?: ReadonlySet<string>;
}

/** Every version there is. The order of versions is given: SemVer's for plugins, another for other worlds. */
export class Universe<R extends Release = Release> {
  private readonly byName = new Map<string, IndexedCandidate<R>[]>();
  private readonly providers = new Map<string, IndexedCandidate<R>[]>();

  constructor(releases: Iterable<R>, compare: (a: string, b: string) => number) {
    for (const release of releases) {
      const candidate = new IndexedCandidate(release, this);
      append(this.byName, release.name, candidate);
      for (const provided of release.provides ?? []) append(this.providers, provided, candidate);
    }
    for (const versions of this.byName.values())
      versions.sort((a, b) => lastOf(a) - lastOf(b) || compare(b.version, a.version));
  }

  /** Newest first, what is wanted last at the end. */
  versionsOf(name: string): readonly IndexedCandidate<R>[] {
    return this.byName.get(name) ?? [];
  }

  find(name: string, version: string): IndexedCandidate<R> | undefined {
    return this.versionsOf(name).find((candidate) => candidate.version === version);
  }

  requirementOf(needs: readonly Need[], installedWith?: ReadonlySet<string>): Requirement {
    const options = [...new Set(needs.flatMap((need) => this.optionsOf(need)))];
    const pinned = installedWith ? options.filter((one) => installedWith.has(`${one.name}@${one.version}`)) : [];
    return {
      text: needs.map(({ text }) => text).join(' | '),
      options: pinned.length > 0 ? [...new Set([...pinned, ...options])] : options,
    };
  }

  private optionsOf({ name, accepts, orProvided }: Need): Candidate[] {
    const own = this.versionsOf(name).filter(({ version }) => accepts(version));
    return orProvided ? [...own, ...(this.providers.get(name) ?? [])] : own;
  }
}

const lastOf = ({ release }: { release: Release }): number => (release.last ? 1 : 0);

class IndexedCandidate<R extends Release> implements Candidate {
  private found?: readonly Requirement[];

  constructor(
    readonly release: R,
    private readonly universe: Universe<R>,
  ) {}

  get name(): string {
    return this.release.name;
  }

  get version(): string {
    return this.release.version;
  }

  /** Looked up when the search first comes by: most of a universe is never reached. */
  get requirements(): readonly Requirement[] {
    const { needs, installedWith } = this.release;
    return (this.found ??= needs.map((group) => this.universe.requirementOf(group, installedWith)));
  }
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
