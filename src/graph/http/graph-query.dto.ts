import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { RELATIONSHIP_TYPE_PATTERN } from '../../entries/relationships/relationship-types.js';
import { PageQuery, WholeNumber } from '../../platform/http/paging.js';
import { GRAPH_FORMATS } from '../export/graph-format.js';
import type { GraphFormatName } from '../export/graph-format.js';
import type { Direction } from '../engine/neighbor-source.js';
import { CLOSURE, MOST_DEPTH, PATHS, WALK } from '../graph-limits.js';

type Given = { value: unknown };
const list = ({ value }: Given): unknown =>
  value === undefined
    ? undefined
    : (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
        typeof one === 'string' ? one.split(',').map((name) => name.trim().toLowerCase()) : [one],
      );

/** `?types=a,b` and `?types=a&types=b` are the same list. */
export const Types = (description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: [String], maxItems: 50, description, example: ['depends_on', 'requires'] }),
    Transform(list),
    IsOptional(),
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(50),
    Matches(RELATIONSHIP_TYPE_PATTERN, {
      each: true,
      message: 'types must be names of relationship types, separated by commas: a letter, then at most 99 of a-z 0-9 _',
    }),
  );

export const Whole = (options: {
  default?: number;
  most: number;
  description: string;
  example: number;
}): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      type: 'integer',
      minimum: 1,
      maximum: options.most,
      default: options.default,
      description: options.description,
      example: options.example,
    }),
    WholeNumber(),
    IsOptional(),
    IsInt(),
    Min(1),
    Max(options.most),
  );

export const DirectionField = (fallback: Direction): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      enum: ['out', 'in', 'both'],
      default: fallback,
      description:
        'Along the relationships, against them, or both. A bidirectional one is walked both ways in any case.',
      example: fallback,
    }),
    IsIn(['out', 'in', 'both']),
  );

/** An entry named by a query; required, which the route says where nothing else was given either. */
export const Entry = (description: string, example: string): PropertyDecorator =>
  applyDecorators(ApiProperty({ maxLength: 300, description, example }), IsString(), Length(1, 300));

export class WalkQuery {
  @Entry('Id or key of the entry to start from.', 'svc_checkout')
  root_id: string;

  @Whole({ default: WALK.depth, most: MOST_DEPTH, description: 'Most steps from the root.', example: 3 })
  depth: number = WALK.depth;

  @Types('Only relationships of these types; all when left out.')
  types?: string[];

  @DirectionField('out')
  direction: Direction = 'out';

  @Whole({
    default: WALK.nodes,
    most: WALK.mostNodes,
    description: 'Most entries in the answer, the root included.',
    example: 200,
  })
  limit: number = WALK.nodes;

  @ApiPropertyOptional({
    enum: ['constraints'],
    description: 'Tells of each relationship which version it asks for, and whether it gets it.',
    example: 'constraints',
  })
  @IsOptional()
  @IsIn(['constraints'])
  include?: 'constraints';
}

export class ClosureQuery {
  @Types('Only relationships of these types; `depends_on` and `requires` when left out.')
  types?: string[];

  @Whole({ most: MOST_DEPTH, description: 'Most steps from the root; as far as it goes when left out.', example: 10 })
  depth?: number;

  @Whole({
    default: CLOSURE.nodes,
    most: CLOSURE.mostNodes,
    description: 'Most entries in the answer, the root not counted.',
    example: 10_000,
  })
  limit: number = CLOSURE.nodes;
}

export class NeighborsQuery extends PickType(PageQuery, ['limit', 'cursor'] as const) {
  @Types('Only relationships of these types; all when left out.')
  types?: string[];

  @DirectionField('both')
  direction: Direction = 'both';
}

export class PathQuery {
  @Entry('Id or key of the entry the path starts from.', 'svc_checkout')
  source: string;

  @Entry('Id or key of the entry it leads to.', 'resource_postgres')
  target: string;

  @Types('Only relationships of these types; all when left out.')
  types?: string[];

  @DirectionField('out')
  direction: Direction = 'out';

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    description: 'The path of least weight instead of fewest steps.',
    example: 'true',
  })
  @IsIn(['true', 'false'])
  weighted: 'true' | 'false' = 'false';
}

export class PathsQuery extends PickType(PathQuery, ['source', 'target', 'types', 'direction'] as const) {
  @Whole({ default: PATHS.depth, most: MOST_DEPTH, description: 'Most steps of a path.', example: 5 })
  max_depth: number = PATHS.depth;

  @Whole({ default: PATHS.paths, most: PATHS.mostPaths, description: 'Most paths in the answer.', example: 10 })
  limit: number = PATHS.paths;
}

export class SuggestionsQuery {
  @Whole({ default: 20, most: 100, description: 'Most suggestions in the answer.', example: 20 })
  limit: number = 20;
}

export class ExportQuery extends PickType(WalkQuery, ['depth', 'types', 'direction', 'limit'] as const) {
  @ApiProperty({ enum: GRAPH_FORMATS, description: 'Graphviz, GraphML, Mermaid or Cytoscape.js.', example: 'dot' })
  @IsIn(GRAPH_FORMATS)
  format: GraphFormatName;

  @ApiPropertyOptional({
    maxLength: 300,
    description:
      'Id or key of the entry to start from; everything when left out (then `depth` and `limit` say nothing).',
    example: 'svc_checkout',
  })
  @IsOptional()
  @IsString()
  @Length(1, 300)
  root_id?: string;
}

export class CyclesQuery extends PickType(PageQuery, ['limit', 'offset', 'count'] as const) {
  @Types('Only relationships of these types; `depends_on` and `requires` when left out.')
  types?: string[];
}
