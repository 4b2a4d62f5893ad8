import { Controller, Get } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { toSummaryResponse } from '../../entry-response.js';
import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import { KindOverview, kindStatsClass } from '../stats/kind-stats.dto.js';
import { KindStatsRepository } from '../stats/kind-stats.repository.js';

const MOST_EXAMPLES = 10;

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((total, n) => total + n, 0);

/** Totals of one kind. */
export function kindStatsController(kind: Kind): Type {
  const { title, name, path, filters } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}/stats`)
  class KindStatsController {
    constructor(private readonly stats: KindStatsRepository) {}

    @Get()
    @Permission(`read:${name}`)
    @Cost(2)
    @ApiOperation({ operationId: `get${title}Stats`, summary: `Totals of ${path} by their fields` })
    @ApiOkResponse({ type: kindStatsClass(kind) })
    async totals(): Promise<object> {
      const counts = await this.stats.counts(name, filters);
      const fields = Object.entries(counts).map(([field, values]) => [`by_${field}`, values]);
      return { total: sum(counts.status), ...Object.fromEntries(fields) };
    }

    @Get('overview')
    @Permission(`read:${name}`)
    @Cost(2)
    @ApiOperation({ operationId: `get${title}Overview`, summary: `How ${path} are, and what happened to them lately` })
    @ApiOkResponse({ type: KindOverview })
    async overview(): Promise<KindOverview> {
      const [{ status, health }, changes, unwell] = await Promise.all([
        this.stats.counts(name, []),
        this.stats.changes(name, 24),
        this.stats.unwell(name, MOST_EXAMPLES),
      ]);
      return {
        total: sum(status),
        by_status: status,
        by_health: health,
        last_24_hours: changes,
        unhealthy: unwell.map(toSummaryResponse),
      };
    }
  }
  return named(`${title}StatsController`, KindStatsController);
}
