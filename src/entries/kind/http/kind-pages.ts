import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { etagOf } from '../../../platform/http/etag.js';
import { EntriesService } from '../../entries.service.js';
import type { EntryRow } from '../../entry-response.js';
import { sendRows } from '../../http/entry-page.js';
import { filterOf } from '../../http/entry-query.dto.js';
import type { EntryFilterQuery } from '../../http/entry-query.dto.js';
import type { Kind } from '../kind.js';
import { KindEntriesService } from '../kind-entries.service.js';

/** Lists of a kind's entries, as its path answers them. */
@Injectable()
export class KindPages {
  constructor(
    private readonly entries: EntriesService,
    private readonly kindEntries: KindEntriesService,
  ) {}

  send(kind: Kind, query: EntryFilterQuery, request: Request, response: Response): Promise<object[]> {
    const own = query as unknown as Record<string, readonly string[] | undefined>;
    const spec = kind.filters.flatMap((field) => (own[field]?.length ? [[field, own[field]] as const] : []));
    const filter = { ...filterOf({ ...query, type: [kind.name] }), spec: Object.fromEntries(spec) };
    return sendRows({ entries: this.entries, filter, query, request, response }, (rows) =>
      this.shown(kind, rows, response),
    );
  }

  /** One of them, with its ETag. */
  async answer(kind: Kind, row: EntryRow, response: Response): Promise<Record<string, unknown>> {
    response.setHeader('ETag', etagOf(row.revision));
    return (await this.shown(kind, [row], response))[0];
  }

  /** As the caller may see them; an answer that holds a secret in the clear is kept by no cache on its way. */
  async shown(kind: Kind, rows: readonly EntryRow[], response: Response): Promise<Record<string, unknown>[]> {
    const open = await this.entries.shown(rows);
    if (open !== rows && open.some((row, i) => row !== rows[i])) response.setHeader('Cache-Control', 'no-store');
    return this.kindEntries.responses(kind, open);
  }
}
