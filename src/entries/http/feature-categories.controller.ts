import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { sendPage } from '../../platform/http/paging.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { FeatureCategoriesService } from '../features/feature-categories.service.js';
import type { CountedCategory } from '../features/feature-categories.service.js';
import { keyOf } from '../entry-key.js';
import { HistoryQuery } from './entry-related.controller.js';
import { EntryRemoveQuery } from './entry-query.dto.js';
import { FeatureCategory, FeatureCategoryCreate } from './feature.dto.js';
import { idCursor } from './relationship-page.js';

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const toResponse = (row: CountedCategory): FeatureCategory => ({
  id: row.uid,
  key: keyOf(row.kind, row.name, row.version),
  name: row.name,
  title: row.title,
  description: row.description,
  icon: text(row.metadata.icon),
  category: text(row.metadata.category),
  namespace: text(row.metadata.namespace),
  entries: Number(row.entries),
});

@ApiTags('features')
@Controller('api/v1/feature-categories')
export class FeatureCategoriesController {
  constructor(private readonly categories: FeatureCategoriesService) {}

  @Get()
  @Permission('read:features')
  @ApiOperation({
    operationId: 'listFeatureCategories',
    summary: 'List the feature categories with how many entries each holds',
  })
  @ApiOkResponse({ type: [FeatureCategory] })
  @ApiProblems(400)
  async list(
    @Query() query: HistoryQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FeatureCategory[]> {
    const cursor = idCursor('id', 'features');
    const rows = await this.categories.list({
      limit: query.limit + 1,
      offset: query.offset ?? 0,
      afterId: cursor.read(query.cursor),
    });
    const total = query.count && (await this.categories.count());
    const more = rows.length > query.limit;
    if (more) rows.pop();
    return sendPage(request, response, {
      rows: rows.map(toResponse),
      total,
      nextCursor: more ? cursor.write(rows.at(-1)!.id) : undefined,
    });
  }

  @Post()
  @Permission('write:features')
  @ApiOperation({ operationId: 'createFeatureCategory', summary: 'Add a feature category' })
  @ApiCreatedResponse({ type: FeatureCategory })
  @ApiProblems(400, 409, 413, 415)
  async add(
    @Body() body: FeatureCategoryCreate,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FeatureCategory> {
    const row = await this.categories.add(body);
    response.setHeader('Location', `/api/v1/entities/${row.uid}`);
    return toResponse(row);
  }

  @Delete(':id')
  @HttpCode(204)
  @Permission('write:features')
  @ApiOperation({ operationId: 'deleteFeatureCategory', summary: 'Remove a feature category' })
  @ApiParam({ name: 'id', description: 'Name, key or id.', example: 'ai-ml' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409)
  async remove(@Param('id') id: string, @Query() query: EntryRemoveQuery): Promise<void> {
    await this.categories.remove(id, query.force === 'true');
  }
}
