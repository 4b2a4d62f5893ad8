import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { EntryFilter } from '../../entries/entry-filter.js';
import { ALL_STATUSES, ENTRY_HEALTHS, ENTRY_TYPES } from '../../entries/entry-types.js';
import { DEFAULT_ROWS, MOST_ROWS, WholeNumber } from '../../platform/http/paging.js';
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
    description: 'The header X-Search-Mode tells which answered.',
  })
  @Transform(lowerCase)
  @IsOptional()
  @IsIn(SEARCH_MODES)
  mode?: SearchMode;

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

/** `null` says no more than leaving a filter out. */
const given = <T>(value: T | null | undefined): T | undefined => value ?? undefined;

export const filterOfRequest = ({ entity_types, filters }: SearchRequest): EntryFilter => ({
  types: given(entity_types),
  status: given(filters?.status),
  health: given(filters?.health),
  feature: given(filters?.feature),
  tags: given(filters?.tags),
  owner: given(filters?.owner),
  metadata: given(filters?.metadata),
});

export const filterOfQuery = (query: SearchQuery): EntryFilter => ({
  types: query.type,
  status: query.status,
  health: query.health,
  feature: query.feature,
  tags: query.tag,
  owner: query.owner,
});
