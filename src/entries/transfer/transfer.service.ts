import { Injectable } from '@nestjs/common';
import { InvalidError } from '../../platform/errors/registry-error.js';
import type { BodyItem } from '../../platform/http/ndjson.js';
import { BulkRunner } from '../bulk/bulk-runner.js';
import type { BulkMode, BulkResult, BulkWriter, ConflictAction, Placed } from '../bulk/bulk.js';
import { EntryBulkWriter } from '../bulk/entry-bulk.writer.js';
import { RelationshipBulkWriter } from '../bulk/relationship-bulk.writer.js';
import { draftOfRow } from '../entry-events.js';
import type { EntryDraft } from '../entry-draft.js';
import type { EntryRow } from '../entry-response.js';
import { EntryRepository } from '../entry.repository.js';
import { MembershipRepository } from '../membership/membership.repository.js';
import { Memberships } from '../membership/memberships.js';
import type { RelationshipCreate } from '../http/relationship.dto.js';
import { RelationshipRepository } from '../relationships/relationship.repository.js';
import { toRelationshipResponse } from '../relationships/relationship-response.js';
import { EntrySecrets } from '../secrets/entry-secrets.js';
import type { TransferItem } from './transfer-formats.js';

const PAGE = 1000;
const MOST_ERRORS = 100;

export interface TransferSummary {
  created: number;
  updated: number;
  unchanged: number;
  skipped: number;
  failed: number;
  /** The first hundred items that failed. */
  errors: BulkResult[];
}

type Prepared = { kind: 'entry'; item: EntryDraft } | { kind: 'relationship'; item: RelationshipCreate };

/** Takes the whole catalog out, relationships included, and puts it in again. */
@Injectable()
export class TransferService implements BulkWriter<Prepared> {
  constructor(
    private readonly runner: BulkRunner,
    private readonly entryWriter: EntryBulkWriter,
    private readonly relationshipWriter: RelationshipBulkWriter,
    private readonly entries: EntryRepository,
    private readonly relationships: RelationshipRepository,
    private readonly secrets: EntrySecrets,
    private readonly memberships: Memberships,
    private readonly registries: MembershipRepository,
  ) {}

  /**
   * Every entry the caller may see, page by page in the order they were made, secrets in the clear with `read:secrets`;
   * those of the kinds' own fields when they are asked for (`whole`).
   */
  async *pages(whole = false): AsyncGenerator<readonly EntryRow[]> {
    for (let after = '0'; ;) {
      const rows = await this.entries.page(after, PAGE);
      yield await this.secrets.revealed(rows, whole);
      if (rows.length < PAGE) return;
      after = rows.at(-1)!.id;
    }
  }

  /**
   * Every entry, registries first and each after the one above it, the registry an entry lives in by key; then every
   * relationship, its ends by key.
   */
  async *export(whole = false): AsyncGenerator<TransferItem> {
    for await (const rows of this.registryPages(whole)) yield* this.items(rows);
    for await (const rows of this.pages(whole)) yield* this.items(rows.filter(({ kind }) => kind !== 'registry'));
    for (let after = '0'; ;) {
      const rows = await this.relationships.list({}, { limit: PAGE, offset: 0, afterId: after });
      for (const row of rows) {
        const { source_key, target_key, type, weight, bidirectional, metadata } = toRelationshipResponse(row);
        yield {
          kind: 'relationship',
          source_id: source_key,
          target_id: target_key,
          type,
          weight,
          bidirectional,
          metadata,
        };
      }
      if (rows.length < PAGE) break;
      after = rows.at(-1)!.id;
    }
  }

  private async *registryPages(whole: boolean): AsyncGenerator<readonly EntryRow[]> {
    for (let after = { depth: 0, id: '0' }; ;) {
      const rows = await this.registries.page(after, PAGE);
      yield await this.secrets.revealed(rows, whole);
      if (rows.length < PAGE) return;
      after = rows.at(-1)!;
    }
  }

  private async *items(rows: readonly EntryRow[]): AsyncGenerator<TransferItem> {
    const keys = await this.memberships.keysOf(rows);
    for (const row of rows) {
      const { version, registry_id: home, spec, ...draft } = draftOfRow(row);
      const registry_id = home === null ? null : (keys.get(home) ?? home);
      const own = spec.parent_id !== undefined && spec.parent_id === home ? { ...spec, parent_id: registry_id } : spec;
      yield { kind: 'entry', ...draft, spec: own, registry_id, version: version || null };
    }
  }

  async import(items: AsyncIterable<BodyItem>, mode: BulkMode, onConflict: ConflictAction): Promise<TransferSummary> {
    const summary: TransferSummary = { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0, errors: [] };
    const count = (results: readonly BulkResult[]): void => {
      for (const result of results) {
        summary[result.status]++;
        if (result.error && summary.errors.length < MOST_ERRORS) summary.errors.push(result);
      }
    };
    if (mode === 'atomic') count(await this.runner.atomic(items, this, onConflict));
    else for await (const results of this.runner.bestEffort(items, this, onConflict)) count(results);
    return summary;
  }

  prepare(raw: unknown): Prepared {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
      throw InvalidError.field('item', 'must be a JSON object');
    const { kind = 'entry', ...item } = raw as { kind?: unknown };
    if (kind === 'entry') return { kind, item: this.entryWriter.prepare(item) };
    if (kind === 'relationship') return { kind, item: this.relationshipWriter.prepare(item) };
    throw InvalidError.field('kind', 'must be entry or relationship');
  }

  /** Entries first: a relationship may stand before its ends in the same batch. */
  async write(items: readonly Placed<Prepared>[], onConflict: ConflictAction): Promise<BulkResult[]> {
    const entries: Placed<EntryDraft>[] = [];
    const edges: Placed<RelationshipCreate>[] = [];
    for (const { index, item } of items) {
      if (item.kind === 'entry') entries.push({ index, item: item.item });
      else edges.push({ index, item: item.item });
    }
    const results = entries.length > 0 ? await this.entryWriter.write(entries, onConflict) : [];
    if (edges.length > 0) results.push(...(await this.relationshipWriter.write(edges, onConflict)));
    return results.toSorted((a, b) => a.index - b.index);
  }
}
