import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { WholeNumber } from '../../platform/http/paging.js';

const MOST_WAIT_SECONDS = 30;
const MOST_MESSAGES = 1000;

/** `?types=a,b&types=c`. */
const CommaList = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    (Array.isArray(value) ? value : [value]).flatMap((item: unknown) =>
      typeof item === 'string' ? item.split(',').map((word) => word.trim()) : [item],
    ),
  );

export class EventQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    example: 1234,
    description:
      'The `seq` after which to begin. Left out: a poll begins at the oldest kept event, a stream with what comes from now on.',
  })
  @WholeNumber()
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  since?: number;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 50,
    example: ['entity.*', 'relationship_created'],
    description:
      'Names of event types, or patterns such as `entity_*`; repeated or separated by commas. All when left out.',
  })
  @CommaList()
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  types: string[] = [];

  @ApiPropertyOptional({
    type: [String],
    maxItems: 100,
    example: ['plugin', 'service'],
    description: 'Only events about entities of these types; repeated or separated by commas.',
  })
  @CommaList()
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  entity_types: string[] = [];

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_MESSAGES, default: 100, example: 100 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MOST_MESSAGES)
  limit: number = 100;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MOST_WAIT_SECONDS,
    default: 0,
    example: 20,
    description: 'Seconds to wait for an event when there is none yet (long poll).',
  })
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(MOST_WAIT_SECONDS)
  wait: number = 0;
}
