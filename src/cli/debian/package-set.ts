import type { Need } from './need.js';
import type { Provided } from './package.js';
import { compareDebianVersions } from '../../versions/debian-version.js';

/** A package of the file with what is needed once all are known. */
export interface Member {
  readonly name: string;
  readonly version: string;
  readonly depends: readonly Need[];
  readonly recommends: readonly Need[];
  readonly provides: readonly Provided[];
}

/** What a group ends at: a package, or a name that only others provide. */
export type Target<M extends Member> = M | string;

/** All packages of one file: who has which name, and who provides which. */
export class PackageSet<M extends Member> {
  readonly members: M[] = [];
  private readonly byName = new Map<string, M>();
  /** Versions of the few names that have more than one. */
  private readonly older = new Map<string, Set<string>>();
  private readonly providers = new Map<string, M[]>();
  private readonly targets = new Map<Need, Target<M> | undefined>();

  /** False when this name and version are there already: the first one stays. */
  add(member: M): boolean {
    const known = this.byName.get(member.name);
    if (known && !this.addVersion(member, known)) return false;
    if (!known) this.byName.set(member.name, member);
    this.members.push(member);
    for (const { name } of member.provides) {
      const list = this.providers.get(name);
      if (!list) this.providers.set(name, [member]);
      else if (list.at(-1) !== member) list.push(member);
    }
    return true;
  }

  /** In the order of the file, each once. */
  providersOf(name: string): readonly M[] {
    return this.providers.get(name) ?? [];
  }

  /** The first alternative that is a package of the file, else the first that some package of it provides. */
  resolve(need: Need): Target<M> | undefined {
    if (this.targets.has(need)) return this.targets.get(need);
    const target = this.find(need.names);
    this.targets.set(need, target);
    return target;
  }

  private find(names: readonly string[]): Target<M> | undefined {
    for (const name of names) {
      const member = this.byName.get(name);
      if (member) return member;
    }
    return names.find((name) => this.providers.has(name));
  }

  /** The newest version is the one a name means. */
  private addVersion(member: M, known: M): boolean {
    const versions = this.older.get(member.name) ?? new Set([known.version]);
    if (versions.has(member.version)) return false;
    this.older.set(member.name, versions.add(member.version));
    if (compareDebianVersions(member.version, known.version) > 0) this.byName.set(member.name, member);
    return true;
  }
}
