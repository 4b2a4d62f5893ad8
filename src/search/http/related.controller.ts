import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { EntryId } from '../../entries/http/entries.controller.js';
import { EntrySummary } from '../../entries/http/entry.dto.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Cost } from '../../platform/http/cost.decorator.js';
import { Shown } from '../../platform/http/fields.js';
import { WholeNumber } from '../../platform/http/paging.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { RELATED_REASONS, RelatedService } from '../related/related.service.js';
import type { RelatedReasonKind } from '../related/related.service.js';
import { commaList } from './list-transforms.js';

export class RelatedQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 10, example: 10 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 10;

  @ApiPropertyOptional({
    type: [String],
    enum: RELATED_REASONS,
    description: 'Only by these reasons; all when left out.',
    example: ['meaning', 'shared'],
  })
  @Transform(commaList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(4)
  @IsIn(RELATED_REASONS, { each: true })
  by?: RelatedReasonKind[];
}

export class RelatedReason {
  @Shown('meaning', {
    enum: RELATED_REASONS,
    description:
      '`meaning`: about the like. `relationship`: directly related. `shared`: leads to the same entries. `source`: the ' +
      'same source, repository or homepage in the metadata.',
  })
  kind: RelatedReasonKind;
  @Shown(0.62, { description: '0 to 1.' }) score: number;
  @Shown('is about the like (cosine 0.71)') detail: string;
}

export class RelatedEntry extends EntrySummary {
  @Shown(0.74, { description: '0 to 1: what all reasons come to.' }) score: number;
  @Shown([{ kind: 'meaning', score: 0.62, detail: 'is about the like (cosine 0.71)' }], {
    type: [RelatedReason],
    description: 'Strongest first.',
  })
  reasons: RelatedReason[];
}

@ApiTags('search')
@Controller('api/v1/entities/:id/related')
export class RelatedController {
  constructor(private readonly related: RelatedService) {}

  @Get()
  @Cost(5)
  @Permission('read:search')
  @ApiOperation({
    operationId: 'listRelatedEntities',
    summary: 'List entries that have to do with one, by meaning, relationships and source, with the reasons',
  })
  @EntryId()
  @ApiOkResponse({ type: [RelatedEntry], description: 'Best first.' })
  @ApiProblems(400, 404)
  list(@Param('id') id: string, @Query() { limit, by }: RelatedQuery): Promise<RelatedEntry[]> {
    return this.related.to(id, limit, by);
  }
}
