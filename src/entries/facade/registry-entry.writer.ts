import { Injectable } from '@nestjs/common';
import { validated } from '../../platform/http/validation.pipe.js';
import type { BulkResult, BulkWriter, ConflictAction, Placed } from '../bulk/bulk.js';
import { EntryBulkWriter } from '../bulk/entry-bulk.writer.js';
import type { EntryDraft } from '../entry-draft.js';
import { RegistryEntryCreate } from './registry-entry.dto.js';

/** Registers entries of the enterprise catalog many at a time: its words in, the catalog's own writer behind. */
@Injectable()
export class RegistryEntryWriter implements BulkWriter<EntryDraft> {
  constructor(private readonly entries: EntryBulkWriter) {}

  prepare(raw: unknown): EntryDraft {
    const { category, ...rest } = validated(RegistryEntryCreate, raw, 'entry');
    return this.entries.prepare({ type: category, ...rest });
  }

  write(items: readonly Placed<EntryDraft>[], onConflict: ConflictAction): Promise<BulkResult[]> {
    return this.entries.write(items, onConflict);
  }
}
