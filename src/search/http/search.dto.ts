import { ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { DIMENSIONS } from '../../entries/vectors/embedding-provider.js';
import { ALL_STATUSES, ENTRY_HEALTHS, ENTRY_TYPES } from '../../entries/entry-types.js';
import { DEFAULT_ROWS, MOST_ROWS, WholeNumber } from '../../platform/http/paging.js';
import { DEFAULT_WEIGHTS, FUSIONS } from '../hybrid/fusion.js';
import type { Fusion } from '../hybrid/fusion.js';
import { MOST_QUERY_LENGTH } from '../query/query-syntax.js';
import { SEARCH_MODES } from '../search.service.js';
import type { SearchMode } from '../search.service.js';
import { commaList, lowerCase, lowerCaseList, oneOrMore } from './list-transforms.js';
import { IsMetadataFilter } from './metadata-filter.js';

/** Deeper pages cost the walk to them; whoever needs everything lists or exports. */
export const MOST_SEARCH_OFFSET = 10_000;

const QUERY_DESCRIPTION =
  'Words that must all be there, in the syntax of web search: "words in quotes" stand together, `or` allows either, ' +
  `-word leaves out. At most ${MOST_QUERY_LENGTH} characters, 32 words or phrases, 64 words in all. Empty: the entries of the filters.`;

class SearchPage {
  @ApiPropertyOptional({
    enum: SEARCH_MODES,
    default: 'hybrid',
    description:
      '`text`: by words. `vector`: by meaning. `hybrid`: both together. The header X-Search-Mode tells which answered: by ' +
      'words alone while meaning cannot be asked for, and then X-Search-Degraded tells why.',
  })
  @Transform(lowerCase)
  @IsOptional()
  @IsIn(SEARCH_MODES)
  mode?: SearchMode;

  @ApiPropertyOptional({
    enum: FUSIONS,
    default: 'weighted',
    description: 'How hybrid search puts words and meaning together: by `weighted` scores or reciprocal ranks (`rrf`).',
  })
  @Transform(lowerCase)
  @IsOptional()
  @IsIn(FUSIONS)
  fusion?: Fusion;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_ROWS, default: DEFAULT_ROWS, example: 10 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MOST_ROWS)
  limit: number = DEFAULT_ROWS;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: MOST_SEARCH_OFFSET, default: 0, example: 0 })
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(MOST_SEARCH_OFFSET)
  offset: number = 0;
}

/** What every hit must be, whatever its words say. */
export class SearchFilters {
  @ApiPropertyOptional({ type: [String], enum: ALL_STATUSES, description: 'Either of these.', example: ['active'] })
  @Transform(lowerCaseList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsIn(ALL_STATUSES, { each: true })
  status?: string[];

  @ApiPropertyOptional({ type: [String], enum: ENTRY_HEALTHS, description: 'Either of these.', example: ['healthy'] })
  @Transform(lowerCaseList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(8)
  @IsIn(ENTRY_HEALTHS, { each: true })
  health?: string[];

  @ApiPropertyOptional({ type: [String], description: 'Either of these feature categories.', example: ['ai-ml'] })
  @Transform(oneOrMore)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  feature?: string[];

  @ApiPropertyOptional({ minLength: 1, maxLength: 256, example: 'team-payments' })
  @IsOptional()
  @IsString()
  @Length(1, 256)
  owner?: string;

  @ApiPropertyOptional({ type: [String], description: 'All of these.', example: ['payments'] })
  @Transform(oneOrMore)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  tags?: string[];

  @ApiPropertyOptional({
    type: Object,
    additionalProperties: true,
    description: 'Equal values by dotted path.',
    example: { 'limits.cpu': 2 },
  })
  @IsOptional()
  @IsMetadataFilter()
  metadata?: Record<string, unknown>;
}

const Weight = (value: number, description: string): PropertyDecorator => {
  const decorators = [
    ApiPropertyOptional({ type: Number, minimum: 0, maximum: 100, default: value, description, example: value }),
    IsOptional(),
    IsNumber({ allowNaN: false, allowInfinity: false }),
    Min(0),
    Max(100),
  ];
  return (target, key) => decorators.forEach((decorate) => decorate(target, key));
};

/** What each leg of hybrid search counts for. */
export class SearchWeights {
  @Weight(DEFAULT_WEIGHTS.vector, 'What it is about.') vector?: number;
  @Weight(DEFAULT_WEIGHTS.text, 'Its words.') text?: number;
  @Weight(DEFAULT_WEIGHTS.filters, 'What speaks for it whatever was asked: how much depends on it.') filters?: number;
}

export class SearchRequest extends SearchPage {
  @ApiPropertyOptional({
    maxLength: MOST_QUERY_LENGTH,
    default: '',
    description: QUERY_DESCRIPTION,
    example: 'fraud -test',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MOST_QUERY_LENGTH)
  query?: string;

  @ApiPropertyOptional({
    type: [String],
    enum: ENTRY_TYPES,
    description: 'Either of these types.',
    example: ['service'],
  })
  @Transform(lowerCaseList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsIn(ENTRY_TYPES, { each: true })
  entity_types?: string[];

  @ApiPropertyOptional({ type: SearchFilters })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => SearchFilters)
  filters?: SearchFilters;

  @ApiPropertyOptional({ type: SearchWeights, description: 'Only how they stand to each other matters; not all 0.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => SearchWeights)
  weights?: SearchWeights;

  @ApiPropertyOptional({
    type: [Number],
    minItems: DIMENSIONS,
    maxItems: DIMENSIONS,
    description: 'Asked instead of what the query means; of the model whose index is searched (see the statistics).',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(DIMENSIONS)
  @ArrayMaxSize(DIMENSIONS)
  @IsNumber({ allowNaN: false, allowInfinity: false }, { each: true })
  vector?: number[];
}

export class SearchQuery extends SearchPage {
  @ApiPropertyOptional({
    maxLength: MOST_QUERY_LENGTH,
    default: '',
    description: QUERY_DESCRIPTION,
    example: 'fraud -test',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MOST_QUERY_LENGTH)
  q?: string;

  @ApiPropertyOptional({
    type: [String],
    enum: ENTRY_TYPES,
    description: 'Either of these types.',
    example: ['service'],
  })
  @Transform(commaList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsIn(ENTRY_TYPES, { each: true })
  type?: string[];

  @ApiPropertyOptional({ type: [String], enum: ALL_STATUSES, description: 'Either of these.', example: ['active'] })
  @Transform(commaList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsIn(ALL_STATUSES, { each: true })
  status?: string[];

  @ApiPropertyOptional({ type: [String], enum: ENTRY_HEALTHS, description: 'Either of these.', example: ['healthy'] })
  @Transform(commaList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(8)
  @IsIn(ENTRY_HEALTHS, { each: true })
  health?: string[];

  @ApiPropertyOptional({ type: [String], description: 'Either of these feature categories.', example: ['ai-ml'] })
  @Transform(commaList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  feature?: string[];

  @ApiPropertyOptional({ minLength: 1, maxLength: 256, example: 'team-payments' })
  @IsOptional()
  @IsString()
  @Length(1, 256)
  owner?: string;

  @ApiPropertyOptional({ type: [String], description: 'Repeatable; all must match.', example: ['payments'] })
  @Transform(oneOrMore)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  tag?: string[];
}

export class FacetsQuery extends PickType(SearchQuery, [
  'q',
  'type',
  'status',
  'health',
  'feature',
  'owner',
  'tag',
] as const) {}

export class SuggestQuery {
  @ApiPropertyOptional({ maxLength: 128, default: '', description: 'What was typed so far.', example: 'kub' })
  @IsString()
  @MaxLength(128)
  q: string = '';

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 50, default: 10, example: 10 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(50)
  limit: number = 10;
}
