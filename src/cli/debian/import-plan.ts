import { Needs } from './need.js';
import type { DebianPackage } from './package.js';
import { PackageSet, type Member } from './package-set.js';
import { readPackages } from './read-packages.js';
import { edgesOf, FIELDS, leftOverOf, type Field, type LeftOver } from './relations.js';
import { draftOf, EDGE_TYPES, edgeLine, entryLine, providesLine, virtualEntryLine } from './wire.js';

/** A package of the plan; `id` is what the registry calls it, known once its entry was accepted. */
export interface PlannedPackage extends Member {
  draft: Buffer | undefined;
  id: string | undefined;
}

/** A name that a group ended at and that only other packages provide. */
export interface PlannedVirtual {
  name: string;
  id: string | undefined;
}

export interface Complaint {
  line: number;
  reason: string;
}

export interface ReadResult {
  packages: number;
  broken: number;
  duplicates: number;
}

/** A line of a bulk request, and what it stands for. */
export interface EntryItem {
  line: Buffer | string;
  subject: PlannedPackage | PlannedVirtual;
}

export interface EdgeItem {
  line: string;
  label: () => string;
}

/** A whole index, resolved: first every entry, then every relationship between them. */
export class ImportPlan {
  edgeCount = 0;
  private readonly set = new PackageSet<PlannedPackage>();
  private readonly virtuals = new Map<string, PlannedVirtual>();

  /** Reads everything; complaints about single lines go to `complain`, and the reading goes on. */
  async read(
    bytes: AsyncIterable<Buffer>,
    complain: (complaint: Complaint) => void,
    onPackage: () => void = () => undefined,
  ): Promise<ReadResult> {
    const result: ReadResult = { packages: 0, broken: 0, duplicates: 0 };
    const needs = new Needs();
    await readPackages(bytes, {
      found: (source, line) => {
        onPackage();
        if (this.set.add(planned(source, needs))) {
          result.packages += 1;
          return;
        }
        result.duplicates += 1;
        complain({
          line,
          reason: `${source.name} ${source.version} stands in an earlier line already; the first one counts`,
        });
      },
      broken: (line, reason) => {
        result.broken += 1;
        complain({ line, reason });
      },
    });
    this.survey();
    return result;
  }

  get virtualCount(): number {
    return this.virtuals.size;
  }

  get entryCount(): number {
    return this.set.members.length + this.virtuals.size;
  }

  /** Entries in the order of the file, virtual packages last. Each package's draft is let go once it was given. */
  *entries(): Generator<EntryItem> {
    for (const member of this.set.members) {
      const { draft } = member;
      if (!draft) continue;
      member.draft = undefined;
      yield { line: entryLine(draft, this.leftOvers(member)), subject: member };
    }
    for (const virtual of this.virtuals.values()) yield { line: virtualEntryLine(virtual.name), subject: virtual };
  }

  /** Relationships between entries that were accepted; the others are answered by `lost`. */
  *edges(lost: (label: string) => void): Generator<EdgeItem> {
    for (const member of this.set.members) {
      for (const field of FIELDS) {
        const type = EDGE_TYPES[field];
        for (const [target, needs] of edgesOf(member, field, this.set)) {
          const end = typeof target === 'string' ? this.virtuals.get(target) : target;
          const label = (): string => `${member.name} ${type} ${end?.name ?? String(target)}`;
          if (member.id === undefined || end?.id === undefined) lost(label());
          else yield { line: edgeLine(member.id, end.id, type, needs), label };
        }
      }
    }
    for (const virtual of this.virtuals.values()) yield* this.provisions(virtual, lost);
  }

  private *provisions(virtual: PlannedVirtual, lost: (label: string) => void): Generator<EdgeItem> {
    for (const member of this.set.providersOf(virtual.name)) {
      const label = (): string => `${member.name} ${EDGE_TYPES.provides} ${virtual.name}`;
      const provided = member.provides.filter(({ name }) => name === virtual.name);
      if (member.id === undefined || virtual.id === undefined) lost(label());
      else yield { line: providesLine(member.id, virtual.id, provided), label };
    }
  }

  /** Which virtual packages are needed, and how many relationships there will be. */
  private survey(): void {
    for (const member of this.set.members) {
      for (const field of FIELDS) {
        for (const target of edgesOf(member, field, this.set).keys()) {
          this.edgeCount += 1;
          if (typeof target !== 'string' || this.virtuals.has(target)) continue;
          this.virtuals.set(target, { name: target, id: undefined });
          this.edgeCount += this.set.providersOf(target).length;
        }
      }
    }
  }

  private leftOvers(member: PlannedPackage): ReadonlyMap<Field, LeftOver> {
    const found = new Map<Field, LeftOver>();
    for (const field of FIELDS) {
      const left = leftOverOf(member, field, this.set);
      if (left) found.set(field, left);
    }
    return found;
  }
}

function planned(source: DebianPackage, needs: Needs): PlannedPackage {
  return {
    name: source.name,
    version: source.version,
    depends: source.depends.map((group) => needs.of(group)),
    recommends: source.recommends.map((group) => needs.of(group)),
    provides: source.provides,
    draft: draftOf(source),
    id: undefined,
  };
}
