import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { validated } from '../../platform/http/validation.pipe.js';
import { ClassifiedEntryRepository } from '../classification/classified-entry.repository.js';
import { Classifier } from '../classification/classifier.js';
import type { ClassificationResult } from '../classification/classifier.js';
import { alreadyThere, createdEvent, updatedEvent } from '../entry-events.js';
import { draftOf } from '../entry-draft.js';
import type { EntryDraft } from '../entry-draft.js';
import { keyOf } from '../entry-key.js';
import { EntryRepository } from '../entry.repository.js';
import type { NewEntry } from '../entry.repository.js';
import type { EntryRow } from '../entry-response.js';
import { EntryCreate } from '../http/entry.dto.js';
import { RegistryError } from '../../platform/errors/registry-error.js';
import { Outbox } from '../outbox.js';
import type { NewEvent } from '../outbox.js';
import { HealthPropagation } from '../health/health-propagation.js';
import { KindCatalog } from '../kind/kind-catalog.js';
import { Memberships } from '../membership/memberships.js';
import { membershipOrder } from '../membership/membership-order.js';
import { EntrySecrets } from '../secrets/entry-secrets.js';
import type { ConcealedDraft } from '../secrets/entry-secrets.js';
import type { StoredSecret } from '../secrets/entry-secret.repository.js';
import { failure, wavesOf } from './bulk.js';
import type { BulkResult, BulkStatus, BulkWriter, ConflictAction, Placed } from './bulk.js';

const identityOf = (draft: Pick<EntryDraft, 'type' | 'name' | 'version'>): string =>
  keyOf(draft.type, draft.name, draft.version);
const rowIdentity = (row: EntryRow): string => keyOf(row.kind, row.name, row.version);

const resultOf = (index: number, status: BulkStatus, row: EntryRow): BulkResult => ({
  index,
  status,
  id: row.uid,
  key: rowIdentity(row),
});

/** A changed entry beside what it was. */
interface Change extends NewEntry, ConcealedDraft {
  index: number;
  before: EntryRow;
  /** Whether there are secrets to write or to drop. */
  hasSecrets: boolean;
}

/** Registers entries many at a time: a handful of statements a batch, an event an entry. */
@Injectable()
export class EntryBulkWriter implements BulkWriter<EntryDraft> {
  /** What the service itself said of drafts without a feature; a transaction that is run again finds it here. */
  private readonly classifications = new WeakMap<EntryDraft, ClassificationResult>();

  constructor(
    private readonly repository: EntryRepository,
    private readonly classifier: Classifier,
    private readonly classified: ClassifiedEntryRepository,
    private readonly outbox: Outbox,
    private readonly secrets: EntrySecrets,
    private readonly kinds: KindCatalog,
    private readonly memberships: Memberships,
    private readonly health: HealthPropagation,
  ) {}

  prepare(raw: unknown): EntryDraft {
    return this.kinds.settle(draftOf(validated(EntryCreate, raw, 'entity')));
  }

  async write(items: readonly Placed<EntryDraft>[], onConflict: ConflictAction): Promise<BulkResult[]> {
    for (const { item } of items) if (item.feature === null) await this.classify(item);
    const results: BulkResult[] = [];
    for (const type of new Set(items.map(({ item }) => item.type))) await this.kinds.hooksOf(type).beforeLock?.();
    for (const group of membershipOrder(items))
      for (const wave of wavesOf(group, identityOf)) results.push(...(await this.writeWave(wave, onConflict)));
    return results.toSorted((a, b) => a.index - b.index);
  }

  private async classify(draft: EntryDraft): Promise<void> {
    const classification = await this.classifier.classify(draft);
    draft.feature = classification.feature;
    this.classifications.set(draft, classification);
  }

  private async writeWave(wave: readonly Placed<EntryDraft>[], onConflict: ConflictAction): Promise<BulkResult[]> {
    const known = await this.existing(wave);
    const fresh = wave.filter(({ item }) => !known.has(identityOf(item)));
    const { inserted, refused } = await this.insert(fresh);
    // Another writer may have been faster between the look and the insert: its entry is an existing one like any other.
    const overtaken = fresh.filter(({ index, item }) => !inserted.has(identityOf(item)) && !refused.has(index));
    if (overtaken.length > 0) for (const [identity, row] of await this.existing(overtaken)) known.set(identity, row);
    const events: NewEvent[] = [];
    const results: BulkResult[] = [...refused.values()];
    const there: Placed<EntryDraft>[] = [];
    for (const { index, item } of wave) {
      if (refused.has(index)) continue;
      const created = inserted.get(identityOf(item));
      const before = known.get(identityOf(item));
      if (created) {
        events.push(createdEvent(created));
        results.push(resultOf(index, 'created', created));
      } else if (!before || onConflict === 'fail') results.push(failure(index, alreadyThere(item)));
      else if (onConflict === 'skip') results.push(resultOf(index, 'skipped', before));
      else there.push({ index, item });
    }
    results.push(...(await this.update(there, known, events)));
    await this.outbox.record(events);
    return results;
  }

  private async existing(items: readonly Placed<EntryDraft>[]): Promise<Map<string, EntryRow>> {
    const rows = await this.repository.lockByIdentity(items.map(({ item }) => item));
    return new Map(rows.map((row) => [rowIdentity(row), row]));
  }

  /** The rows that are new, by identity, and what cannot be stored, by its place. */
  private async insert(
    items: readonly Placed<EntryDraft>[],
  ): Promise<{ inserted: Map<string, EntryRow>; refused: Map<number, BulkResult> }> {
    const refused = new Map<number, BulkResult>();
    const entries = new Map<string, NewEntry & ConcealedDraft>();
    const drafts = new Map<string, EntryDraft>();
    // One order for every writer, so that two bulks of the same entries wait for each other instead of dead-locking.
    for (const { index, item } of items.toSorted((a, b) => (identityOf(a.item) < identityOf(b.item) ? -1 : 1))) {
      const uid = uuidv7();
      const concealed = await this.conceal(index, uid, item);
      if ('error' in concealed) refused.set(index, concealed);
      else entries.set(uid, { uid, ...concealed });
      drafts.set(uid, item);
    }
    const rows = entries.size > 0 ? await this.repository.insertFree([...entries.values()]) : [];
    const secrets = rows.map(({ id, uid }) => ({ entryId: id, secrets: entries.get(uid)!.secrets }));
    await this.secrets.save(secrets.filter((entry) => entry.secrets.length > 0));
    await this.classified.insert(
      rows.flatMap(({ id, uid }) => {
        const classification = this.classifications.get(drafts.get(uid)!);
        return classification ? [{ entryId: id, classification }] : [];
      }),
    );
    for (const row of rows) await this.kinds.afterSave(row);
    return { inserted: new Map(rows.map((row) => [rowIdentity(row), row])), refused };
  }

  /** Updates those that are to be another than they are. */
  private async update(
    items: readonly Placed<EntryDraft>[],
    known: ReadonlyMap<string, EntryRow>,
    events: NewEvent[],
  ): Promise<BulkResult[]> {
    const results: BulkResult[] = [];
    const changes: Change[] = [];
    const befores = items.map(({ item }) => known.get(identityOf(item))!);
    const stored = await this.secrets.stored(befores);
    for (const [i, { index, item }] of items.entries()) {
      const before = befores[i];
      const former = stored.get(before.id);
      const concealed = await this.conceal(index, before.uid, item, before, former);
      if ('error' in concealed) results.push(concealed);
      else if (concealed.checksum === before.checksum && concealed.draft.registry_id === before.registry_id)
        results.push(resultOf(index, 'unchanged', before));
      else
        changes.push({
          ...concealed,
          index,
          uid: before.uid,
          before,
          hasSecrets: former !== undefined || concealed.secrets.length > 0,
        });
    }
    return [...results, ...(await this.replace(changes, events))];
  }

  private async conceal(
    index: number,
    uid: string,
    draft: EntryDraft,
    row?: EntryRow,
    before?: readonly StoredSecret[],
  ): Promise<ConcealedDraft | (BulkResult & { error: object })> {
    try {
      await this.kinds.beforeSave(draft, row);
      await this.memberships.settle(draft, row);
      return await this.secrets.conceal(uid, draft, before);
    } catch (error) {
      if (!(error instanceof RegistryError) || error.status >= 500) throw error;
      return failure(index, error) as BulkResult & { error: object };
    }
  }

  private async replace(changes: readonly Change[], events: NewEvent[]): Promise<BulkResult[]> {
    if (changes.length === 0) return [];
    const rows = new Map((await this.repository.replace(changes)).map((row) => [row.uid, row]));
    const secret = changes.filter(({ hasSecrets }) => hasSecrets);
    await this.secrets.save(secret.map(({ before, secrets }) => ({ entryId: before.id, secrets })));
    for (const { uid, before } of changes) await this.kinds.afterSave(rows.get(uid)!, before);
    const owned = changes.map(({ uid, before }) => ({ before, after: rows.get(uid)! }));
    await this.health.ownChanged(owned, { type: 'update' });
    return changes.map(({ index, uid, before, changed }) => {
      const after = rows.get(uid)!;
      events.push(updatedEvent(before, after, changed));
      return resultOf(index, 'updated', after);
    });
  }
}
