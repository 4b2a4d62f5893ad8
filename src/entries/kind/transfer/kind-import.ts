import { validated } from '../../../platform/http/validation.pipe.js';
import type { BulkResult, BulkWriter, ConflictAction, Placed } from '../../bulk/bulk.js';
import type { EntryBulkWriter } from '../../bulk/entry-bulk.writer.js';
import { checkMetadata } from '../../bulk/relationship-bulk.writer.js';
import { draftOf } from '../../entry-draft.js';
import type { EntryDraft } from '../../entry-draft.js';
import type { RelationshipCreate } from '../../http/relationship.dto.js';
import { relationshipOf } from '../dependencies/dependencies.service.js';
import type { DependencyGiven } from '../dependencies/dependency.dto.js';
import type { Kind } from '../kind.js';
import type { KindCatalog } from '../kind-catalog.js';
import { bodyOf } from '../kind-view.js';

/** An entry of an import, and what it depends on. */
export interface ImportedEntry {
  draft: EntryDraft;
  dependsOn: readonly DependencyGiven[];
}

/** A dependency of an imported entry, with its place in the import. */
export interface ImportedDependency {
  /** Of the entry. */
  index: number;
  /** Among the entry's. */
  place: number;
  edge: RelationshipCreate;
}

/** One import of a kind: writes the entries, and keeps what they depend on until they are there. */
export class KindImport implements BulkWriter<ImportedEntry> {
  private readonly dependencies = new Map<number, readonly DependencyGiven[]>();

  constructor(
    private readonly kind: Kind,
    private readonly catalog: KindCatalog,
    private readonly writer: EntryBulkWriter,
  ) {}

  prepare(raw: unknown): ImportedEntry {
    const body: { depends_on?: DependencyGiven[] | null } = validated(this.kind.classes.import, raw, this.kind.name);
    const dependsOn = body.depends_on ?? [];
    for (const { metadata } of dependsOn) checkMetadata(metadata);
    return { draft: this.catalog.settle(draftOf(bodyOf(this.kind, body))), dependsOn };
  }

  write(items: readonly Placed<ImportedEntry>[], onConflict: ConflictAction): Promise<BulkResult[]> {
    // A batch may be tried again: its places say the same again.
    for (const { index, item } of items) if (item.dependsOn.length > 0) this.dependencies.set(index, item.dependsOn);
    const drafts = items.map(({ index, item }) => ({ index, item: item.draft }));
    return this.writer.write(drafts, onConflict);
  }

  /** What those that were written depend on. Each is told once. */
  dependenciesOf(results: readonly BulkResult[]): ImportedDependency[] {
    return results.flatMap(({ index, status, id }) => {
      const given = this.dependencies.get(index) ?? [];
      this.dependencies.delete(index);
      if (status === 'failed' || status === 'skipped') return [];
      return given.map((one, place) => ({ index, place, edge: relationshipOf(id!, one) }));
    });
  }
}
