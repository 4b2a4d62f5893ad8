import type { Type } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { EntrySummary } from '../../http/entry.dto.js';
import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import type { RecentChanges } from './kind-stats.repository.js';

const Counts = (example: Record<string, number>): PropertyDecorator =>
  ApiProperty({ type: Object, additionalProperties: { type: 'integer' }, example });

const Count = (example: number): PropertyDecorator => ApiProperty({ type: 'integer', example });

export class RecentChangesAnswer implements RecentChanges {
  @Count(3) created: number;
  @Count(12) updated: number;
  @Count(1) deleted: number;
  @Count(7) transitions: number;
  @Count(2) health_changes: number;
}

/** The answer of a kind's overview. */
export class KindOverview {
  @Count(42) total: number;
  @Counts({ running: 40, stopped: 2 }) by_status: Record<string, number>;
  @Counts({ healthy: 39, unhealthy: 3 }) by_health: Record<string, number>;
  @ApiProperty({ type: RecentChangesAnswer, description: 'Of entries that are there still, and those removed.' })
  last_24_hours: RecentChangesAnswer;
  @ApiProperty({ type: [EntrySummary], description: 'Some that are unhealthy or degraded, the worst first.' })
  unhealthy: EntrySummary[];
}

/** The class of a kind's totals: with one count for each field its lists may be narrowed by. */
export function kindStatsClass({ title, filters }: Kind): Type<object> {
  class Stats {
    @Count(42) total: number;
    @Counts({ running: 40, stopped: 2 }) by_status: Record<string, number>;
    @Counts({ healthy: 39, unhealthy: 3 }) by_health: Record<string, number>;
    @Counts({ 'ai-ml': 12 }) by_feature: Record<string, number>;
    @Counts({ 'team-payments': 9 }) by_owner: Record<string, number>;
  }
  for (const field of filters) Counts({ [field]: 42 })(Stats.prototype, `by_${field}`);
  return named(`${title}Stats`, Stats);
}
