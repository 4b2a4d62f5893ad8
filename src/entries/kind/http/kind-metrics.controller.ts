import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { ApiOneOrMany, oneOrMany } from '../../../platform/http/one-or-many.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import { KindEntriesService } from '../kind-entries.service.js';
import { AcceptedCount } from '../logs/entry-log.dto.js';
import { MOST_SAMPLES, MetricQuery, MetricSample, MetricSampleCreate } from '../metrics/entry-metric.dto.js';
import { EntryMetrics } from '../metrics/entry-metrics.service.js';
import { KindId } from './kind-id.decorator.js';

const moment = (text: string | null | undefined): Date | undefined => (text ? new Date(text) : undefined);

/** What entries of one kind report of themselves. */
export function kindMetricsController(kind: Kind): Type {
  const { one, title, name, path } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}/:id/metrics`)
  class KindMetricsController {
    constructor(
      private readonly entries: KindEntriesService,
      private readonly metrics: EntryMetrics,
    ) {}

    @Get()
    @Permission(`read:${name}`)
    @ApiOperation({
      operationId: `list${title}Metrics`,
      summary: `Metrics of ${one}: each name's latest, or a series`,
    })
    @KindId(kind)
    @ApiOkResponse({ type: [MetricSample] })
    @ApiProblems(400, 404)
    async list(@Param('id') id: string, @Query() query: MetricQuery): Promise<MetricSample[]> {
      const entry = await this.entries.resolve(kind, id);
      const range = { from: moment(query.from), to: moment(query.to), limit: query.limit };
      const rows =
        query.name === undefined
          ? await this.metrics.latest(entry.id, query.limit)
          : await this.metrics.samples(entry.id, query.name, range);
      return rows.map((row) => ({ ...row, tags: row.tags ?? {}, at: row.at.toISOString() }));
    }

    @Post()
    @Permission(`write:${name}`)
    @ApiOperation({ operationId: `record${title}Metrics`, summary: `Record one or many samples of ${one}` })
    @KindId(kind)
    @ApiOneOrMany(MetricSampleCreate, MOST_SAMPLES)
    @ApiCreatedResponse({ type: AcceptedCount })
    @ApiProblems(400, 404, 409, 413, 415, 422)
    async record(@Param('id') id: string, @Body() body: unknown): Promise<AcceptedCount> {
      const samples = oneOrMany(MetricSampleCreate, body, MOST_SAMPLES);
      const entry = await this.entries.resolve(kind, id);
      const rows = samples.map(({ name: metric, value, unit, tags, at }) => ({
        name: metric,
        value,
        unit: unit ?? undefined,
        tags: tags ?? undefined,
        at: moment(at),
      }));
      await this.metrics.record(entry.id, rows);
      return { accepted: rows.length };
    }
  }
  return named(`${title}MetricsController`, KindMetricsController);
}
