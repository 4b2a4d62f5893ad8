import { Injectable } from '@nestjs/common';
import { EntriesService, draftOfRow } from '../../entries.service.js';
import { keyOf } from '../../entry-key.js';
import type { EntryRow } from '../../entry-response.js';
import type { EntryPage } from '../../entry.repository.js';
import { DependencyRepository } from '../dependencies/dependency.repository.js';
import type { DependencyRow } from '../dependencies/dependency.repository.js';
import type { Kind } from '../kind.js';

const PAGE = 500;

/** Gives the entries of one kind as their import takes them. */
@Injectable()
export class KindExport {
  constructor(
    private readonly entries: EntriesService,
    private readonly dependencies: DependencyRepository,
  ) {}

  /**
   * All that the caller may see, in the order they were made, each with what it depends on. Secrets of the kind's own
   * fields stay masked unless they are asked for (`whole`).
   */
  async *export(kind: Kind, whole: boolean): AsyncGenerator<object> {
    const page: EntryPage = { sort: 'created_at', descending: false, limit: PAGE };
    for (;;) {
      const rows = await this.entries.list({ types: [kind.name] }, page);
      const needs = new Map<string, DependencyRow[]>();
      for (const row of await this.dependencies.ofMany(rows.map(({ id }) => id))) {
        const known = needs.get(row.source_id);
        if (known) known.push(row);
        else needs.set(row.source_id, [row]);
      }
      for (const row of await this.entries.exported(rows, whole)) yield itemOf(kind, row, needs.get(row.id) ?? []);
      if (rows.length < PAGE) return;
      const last = rows.at(-1)!;
      page.after = [last.created_at.toISOString(), last.id];
    }
  }
}

function itemOf(kind: Kind, row: EntryRow, needs: readonly DependencyRow[]): object {
  const { type: _type, name, version, spec, ...envelope } = draftOfRow(row);
  const own = kind.fields.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]]));
  return {
    name,
    version: version || null,
    ...envelope,
    ...Object.fromEntries(own),
    depends_on: needs.map((need) => ({
      id: keyOf(need.kind, need.name, need.version),
      type: need.type,
      weight: need.weight,
      bidirectional: need.bidirectional,
      metadata: need.metadata,
    })),
  };
}
