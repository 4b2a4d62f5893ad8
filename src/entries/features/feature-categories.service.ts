import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ConflictError, NotFoundError } from '../../platform/errors/registry-error.js';
import { EntriesService } from '../entries.service.js';
import { ENTRY_COLUMNS } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import { currentViewer, hidden, visible } from '../visibility.js';
import { namespaceOf } from './feature-categories.js';

export interface FeatureCategoryInput {
  name: string;
  title?: string | null;
  description?: string | null;
  icon?: string | null;
  category?: string | null;
  namespace?: string | null;
}

/** A category with how many entries it holds. */
export type CountedCategory = EntryRow & { entries: string };

/** `c`: how many entries each category has, as the caller may count them. */
function counted(values: unknown[]): string {
  const viewer = currentViewer();
  const unseen = viewer
    ? `UNION ALL SELECT e.feature, -1 FROM entry_restriction r JOIN entry e ON e.id = r.entry_id
       WHERE e.kind <> 'feature' AND ${hidden('e.id', values, viewer)}`
    : '';
  return `(SELECT feature, sum(n) AS n FROM (
    SELECT feature, n FROM entry_count WHERE kind <> 'feature' ${unseen}
  ) counters GROUP BY feature) c`;
}

/** Feature categories: entries of type `feature`, counted. */
@Injectable()
export class FeatureCategoriesService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly entries: EntriesService,
  ) {}

  /** In the order they were made: the eight seeded ones first. */
  list(page: { limit: number; offset: number; afterId?: string }): Promise<CountedCategory[]> {
    const values: unknown[] = [page.afterId ?? '0', page.limit, page.offset];
    return this.uow.query<CountedCategory & object>(
      `SELECT ${ENTRY_COLUMNS}, coalesce(c.n, 0) AS entries FROM entry e
       LEFT JOIN ${counted(values)} ON c.feature = e.name
       WHERE e.kind = 'feature' AND ${visible('e.id', values)} AND e.id > $1 ORDER BY e.id LIMIT $2 OFFSET $3`,
      values,
    );
  }

  async count(): Promise<number> {
    const values: unknown[] = [];
    const rows = await this.uow.query<{ n: string }>(
      `SELECT count(*) AS n FROM entry e WHERE kind = 'feature' AND ${visible('e.id', values)}`,
      values,
    );
    return Number(rows[0].n);
  }

  /** @throws ConflictError `entity.already_exists` */
  async add({ name, title, description, icon, category, namespace }: FeatureCategoryInput): Promise<CountedCategory> {
    const metadata = {
      ...(icon && { icon }),
      category: category ?? 'custom',
      namespace: namespace ?? namespaceOf(name),
    };
    const { row } = await this.entries.register({ type: 'feature', name, title, description, feature: name, metadata });
    return { ...row, entries: '0' };
  }

  /** @throws ConflictError `feature.in_use` while entries are in the category, unless forced */
  async remove(id: string, force: boolean): Promise<void> {
    await this.entries.remove(id, force, async (row) => {
      if (row.kind !== 'feature') throw new NotFoundError('feature category', id, 'feature.not_found');
      if (!force) await this.assertEmpty(row.name);
    });
  }

  private async assertEmpty(name: string): Promise<void> {
    const [{ n }] = await this.uow.query<{ n: string }>(
      "SELECT coalesce(sum(n), 0) AS n FROM entry_count WHERE feature = $1 AND kind <> 'feature'",
      [name],
    );
    if (Number(n) === 0) return;
    throw new ConflictError(
      'feature.in_use',
      `${n} entries are in this category; force=true removes it all the same.`,
      {
        entries: Number(n),
      },
    );
  }
}
