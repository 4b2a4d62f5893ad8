import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { PageQuery } from '../../platform/http/paging.js';
import type { EntryFilter } from '../entry-filter.js';
import { ALL_STATUSES, ENTRY_HEALTHS, ENTRY_TYPES } from '../entry-types.js';

type Given = { value: unknown };
/** `?type=a,b` and `?type=a&type=b` are the same list. */
const list = ({ value }: Given): unknown =>
  value === undefined
    ? undefined
    : (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
        typeof one === 'string' ? one.split(',') : [one],
      );
const lowerList = (given: Given): unknown => {
  const values = list(given);
  return Array.isArray(values)
    ? values.map((one: unknown) => (typeof one === 'string' ? one.trim().toLowerCase() : one))
    : values;
};
/** Tags may hold commas, so only repeating the parameter makes several. */
const repeated = ({ value }: Given): unknown => (value === undefined || Array.isArray(value) ? value : [value]);

/** `soc2:compliant`; a status may hold colons, a framework none. */
const COMPLIANCE = /^[^:\s\p{C}]{1,100}:[^\p{C}]{1,100}$/u;

export const ENTRY_SORTS = ['created_at', 'updated_at', 'name', 'popularity'] as const;

/** What every list of entries may be narrowed by. */
export class EntryFilterQuery extends PageQuery {
  @ApiPropertyOptional({
    type: [String],
    enum: ENTRY_TYPES,
    description: 'Either of these types.',
    example: ['service'],
  })
  @Transform(lowerList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsIn(ENTRY_TYPES, { each: true })
  type?: string[];

  @ApiPropertyOptional({ type: [String], enum: ALL_STATUSES, example: ['active'] })
  @Transform(lowerList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsIn(ALL_STATUSES, { each: true })
  status?: string[];

  @ApiPropertyOptional({ type: [String], enum: ENTRY_HEALTHS, example: ['healthy'] })
  @Transform(lowerList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(8)
  @IsIn(ENTRY_HEALTHS, { each: true })
  health?: string[];

  @ApiPropertyOptional({ type: [String], description: 'Either of these feature categories.', example: ['ai-ml'] })
  @Transform(lowerList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  feature?: string[];

  @ApiPropertyOptional({ type: [String], description: 'Repeatable; all must match.', example: ['payments'] })
  @Transform(repeated)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  tag?: string[];

  @ApiPropertyOptional({ maxLength: 256, example: 'team-payments' })
  @IsOptional()
  @IsString()
  @Length(1, 256)
  owner?: string;

  @ApiPropertyOptional({ maxLength: 128, description: 'The exact name.', example: 'fraud-detector' })
  @IsOptional()
  @IsString()
  @Length(1, 128)
  name?: string;

  @ApiPropertyOptional({ maxLength: 128, description: 'The exact version.', example: '2.1.0' })
  @IsOptional()
  @IsString()
  @Length(1, 128)
  version?: string;

  @ApiPropertyOptional({
    maxLength: 300,
    description: 'Id, key or name of the registry they live in.',
    example: 'reg_shop',
  })
  @IsOptional()
  @IsString()
  @Length(1, 300)
  registry?: string;

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    description: 'Of `registry`: those in the registries below it too.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  recursive?: 'true' | 'false';

  @ApiPropertyOptional({
    type: [String],
    description: 'Framework and the status it must have; repeatable, all must match.',
    example: ['soc2:compliant'],
  })
  @Transform(repeated)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @Matches(COMPLIANCE, { each: true, message: 'each of $property must be <framework>:<status>' })
  compliance?: string[];

  @ApiPropertyOptional({
    maxLength: 1000,
    description: 'Words to find, in the syntax of web search.',
    example: 'payments -test',
  })
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  q?: string;
}

const frameworkOf = (text: string): [framework: string, status: string] => {
  const at = text.indexOf(':');
  return [text.slice(0, at), text.slice(at + 1)];
};

/** The SQL layer's view of a list's query. */
export const filterOf = (query: EntryFilterQuery): EntryFilter => ({
  types: query.type,
  status: query.status,
  health: query.health,
  feature: query.feature,
  tags: query.tag,
  owner: query.owner,
  name: query.name?.toLowerCase(),
  version: query.version,
  ...(query.compliance && { compliance: Object.fromEntries(query.compliance.map(frameworkOf)) }),
  q: query.q,
});

export const INCLUSIONS = ['relationships', 'embedding'] as const;
export type Inclusion = (typeof INCLUSIONS)[number];

export class EntryGetQuery {
  @ApiPropertyOptional({
    type: [String],
    enum: INCLUSIONS,
    description: 'Also answer these.',
    example: ['relationships'],
  })
  @Transform(lowerList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(4)
  @IsIn(INCLUSIONS, { each: true })
  include?: Inclusion[];
}

export class EntryRemoveQuery {
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    description: 'Remove it even while others depend on it.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  force?: 'true' | 'false';
}
