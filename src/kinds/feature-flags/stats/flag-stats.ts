import { Injectable } from '@nestjs/common';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { featureFlagKind } from '../feature-flag.kind.js';
import { EvaluationCountRepository } from './evaluation-count.repository.js';
import type { EvaluationCount } from './evaluation-count.repository.js';
import { EvaluationCounts } from './evaluation-counts.js';
import type { FlagHour, FlagStats, FlagStatsQuery } from './flag-stats.dto.js';

const DAY_MS = 86_400_000;
const LONGEST_MS = 92 * DAY_MS;

type Totals = Pick<FlagHour, 'enabled' | 'disabled' | 'variants'>;
const nothing = (): Totals => ({ enabled: 0, disabled: 0, variants: {} });

/** How often flags were answered, and how. */
@Injectable()
export class FlagStatistics {
  constructor(
    private readonly kindEntries: KindEntriesService,
    private readonly repository: EvaluationCountRepository,
    private readonly counts: EvaluationCounts,
  ) {}

  async of(idOrKey: string, query: FlagStatsQuery): Promise<FlagStats> {
    const to = query.to === undefined ? new Date() : new Date(query.to);
    const from = query.from === undefined ? new Date(to.getTime() - DAY_MS) : new Date(query.from);
    if (from > to) throw InvalidError.field('from', 'must not be after to');
    if (to.getTime() - from.getTime() > LONGEST_MS)
      throw InvalidError.field('from', 'must be at most 92 days before to');
    const { id } = await this.kindEntries.resolve(featureFlagKind, idOrKey);
    // What this process has counted is told at once.
    await this.counts.flush();
    const rows = await this.repository.list(id, { from, to, environment: query.environment?.toLowerCase() });
    const total = nothing();
    const hours = new Map<string, FlagHour>();
    for (const row of rows) {
      const { environment } = row;
      const hour = row.hour.toISOString();
      const one = hours.get(`${hour} ${environment}`) ?? { hour, environment, ...nothing() };
      hours.set(`${hour} ${environment}`, one);
      for (const totals of [one, total]) add(totals, row);
    }
    const last = rows.reduce((latest, { last_at }) => Math.max(latest, last_at.getTime()), 0);
    return {
      from: from.toISOString(),
      to: to.toISOString(),
      evaluations: total.enabled + total.disabled,
      ...total,
      last_evaluated_at: last > 0 ? new Date(last).toISOString() : null,
      hours: [...hours.values()],
    };
  }
}

function add(totals: Totals, { enabled, variant, count }: EvaluationCount): void {
  totals[enabled ? 'enabled' : 'disabled'] += count;
  if (variant !== '') totals.variants[variant] = (totals.variants[variant] ?? 0) + count;
}
