import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { validated } from '../../platform/http/validation.pipe.js';
import { Classifier } from '../classification/classifier.js';
import { alreadyThere, createdEvent, updatedEvent } from '../entries.service.js';
import { checksumOf, draftOf } from '../entry-draft.js';
import type { EntryDraft } from '../entry-draft.js';
import { keyOf } from '../entry-key.js';
import { EntryRepository } from '../entry.repository.js';
import type { NewEntry } from '../entry.repository.js';
import type { EntryRow } from '../entry-response.js';
import { EntryCreate } from '../http/entry.dto.js';
import { Outbox } from '../outbox.js';
import type { NewEvent } from '../outbox.js';
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
interface Change extends NewEntry {
  index: number;
  before: EntryRow;
}

/** Registers entries many at a time: a handful of statements a batch, an event an entry. */
@Injectable()
export class EntryBulkWriter implements BulkWriter<EntryDraft> {
  constructor(
    private readonly repository: EntryRepository,
    private readonly classifier: Classifier,
    private readonly outbox: Outbox,
  ) {}

  prepare(raw: unknown): EntryDraft {
    return draftOf(validated(EntryCreate, raw, 'entity'));
  }

  async write(items: readonly Placed<EntryDraft>[], onConflict: ConflictAction): Promise<BulkResult[]> {
    for (const { item } of items)
      if (item.feature === null) item.feature = (await this.classifier.classify(item)).feature;
    const results: BulkResult[] = [];
    for (const wave of wavesOf(items, identityOf)) results.push(...(await this.writeWave(wave, onConflict)));
    return results.toSorted((a, b) => a.index - b.index);
  }

  private async writeWave(wave: readonly Placed<EntryDraft>[], onConflict: ConflictAction): Promise<BulkResult[]> {
    const known = await this.existing(wave);
    const fresh = wave.filter(({ item }) => !known.has(identityOf(item)));
    const inserted = await this.insert(fresh);
    // Another writer may have been faster between the look and the insert: its entry is an existing one like any other.
    const overtaken = fresh.filter(({ item }) => !inserted.has(identityOf(item)));
    if (overtaken.length > 0) for (const [identity, row] of await this.existing(overtaken)) known.set(identity, row);
    const events: NewEvent[] = [];
    const results: BulkResult[] = [];
    const changes: Change[] = [];
    for (const { index, item } of wave) {
      const created = inserted.get(identityOf(item));
      if (created) {
        events.push(createdEvent(created));
        results.push(resultOf(index, 'created', created));
        continue;
      }
      const before = known.get(identityOf(item));
      if (!before || onConflict === 'fail') results.push(failure(index, alreadyThere(item)));
      else if (onConflict === 'skip') results.push(resultOf(index, 'skipped', before));
      else {
        const checksum = checksumOf(item);
        if (checksum === before.checksum) results.push(resultOf(index, 'unchanged', before));
        else changes.push({ index, uid: before.uid, draft: item, checksum, before });
      }
    }
    results.push(...(await this.replace(changes, events)));
    await this.outbox.record(events);
    return results;
  }

  private async existing(items: readonly Placed<EntryDraft>[]): Promise<Map<string, EntryRow>> {
    const rows = await this.repository.lockByIdentity(items.map(({ item }) => item));
    return new Map(rows.map((row) => [rowIdentity(row), row]));
  }

  private async insert(items: readonly Placed<EntryDraft>[]): Promise<Map<string, EntryRow>> {
    if (items.length === 0) return new Map();
    // One order for every writer, so that two bulks of the same entries wait for each other instead of dead-locking.
    const ordered = items.toSorted((a, b) => (identityOf(a.item) < identityOf(b.item) ? -1 : 1));
    const rows = await this.repository.insertFree(
      ordered.map(({ item }) => ({ uid: uuidv7(), draft: item, checksum: checksumOf(item) })),
    );
    return new Map(rows.map((row) => [rowIdentity(row), row]));
  }

  private async replace(changes: readonly Change[], events: NewEvent[]): Promise<BulkResult[]> {
    if (changes.length === 0) return [];
    const rows = new Map((await this.repository.replace(changes)).map((row) => [row.uid, row]));
    return changes.map(({ index, uid, before }) => {
      const after = rows.get(uid)!;
      events.push(updatedEvent(before, after));
      return resultOf(index, 'updated', after);
    });
  }
}
