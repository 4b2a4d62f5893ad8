import { Injectable } from '@nestjs/common';
import { isForeignKeyViolation } from '../../../platform/database/database-errors.js';
import { NotFoundError } from '../../../platform/errors/registry-error.js';
import { EntryMetricRepository } from './entry-metric.repository.js';
import type { MetricRange, MetricRow } from './entry-metric.repository.js';
import { MOST_KEPT } from './metric-retention.js';

/** What entries report of themselves, as samples by name. Takes inside ids. */
@Injectable()
export class EntryMetrics {
  constructor(private readonly repository: EntryMetricRepository) {}

  /** Samples without a time are of now. @throws NotFoundError when the entry has gone */
  async record(
    entryId: string,
    samples: readonly { name: string; value: number; unit?: string; tags?: Record<string, string>; at?: Date }[],
  ): Promise<void> {
    if (samples.length === 0) return;
    const rows = samples.map(({ name, value, unit, tags, at }) => ({
      name,
      value,
      unit: unit ?? null,
      tags: tags ?? null,
      at: at ?? null,
    }));
    try {
      await this.repository.insert(entryId, rows);
    } catch (error) {
      if (isForeignKeyViolation(error)) throw new NotFoundError('entity', entryId);
      throw error;
    }
  }

  /** One name's samples in a range, both ends included, oldest first; of more than `limit` the newest. */
  async series(
    entryId: string,
    name: string,
    { from, to, limit = MOST_KEPT }: { from: Date; to?: Date; limit?: number },
  ): Promise<{ at: Date; value: number }[]> {
    const rows = await this.repository.series(entryId, name, { from, to, limit });
    return rows.map(({ at, value }) => ({ at, value }));
  }

  /** As {@link series}, with units and tags. */
  samples(entryId: string, name: string, range: MetricRange): Promise<MetricRow[]> {
    return this.repository.series(entryId, name, range);
  }

  /** The latest sample of each name, by name. */
  latest(entryId: string, limit: number): Promise<MetricRow[]> {
    return this.repository.latest(entryId, limit);
  }
}
