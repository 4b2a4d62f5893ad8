import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, Matches } from 'class-validator';
import { Shown } from '../../../platform/http/fields.js';
import { PageQuery } from '../../../platform/http/paging.js';

const MOST_TYPES = 50;

const words = ({ value }: { value: unknown }): unknown =>
  value === undefined
    ? undefined
    : (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
        typeof one === 'string' ? one.split(',').map((word) => word.trim()) : [one],
      );

export class EntryEventQuery extends OmitType(PageQuery, ['sort'] as const) {
  @ApiPropertyOptional({
    type: [String],
    maxItems: MOST_TYPES,
    description: 'Either of these types, repeated or separated by commas.',
    example: ['transition'],
  })
  @Transform(words)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_TYPES)
  @Matches(/^[a-z][a-z0-9_.]{0,63}$/, { each: true, message: 'types must be names of event types' })
  types?: string[];
}

/** Something that happened to an entry. */
export class EntryEvent {
  @Shown(1235, { type: Number, nullable: true, description: 'Its number in the feed of all events; soon, when null.' })
  seq: number | null;
  @Shown('transition') type: string;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) at: string;
  @Shown('api_key:0192f0c1-7c3a-7a10-9d5e-0242ac120002', { description: 'Who did it.' }) actor: string;
  @Shown('5c2ab0ff-6f1c-4b60-9d3e-4a8a0e2a7a11', { type: String, nullable: true }) request_id: string | null;
  @Shown(3, { type: Number, nullable: true, description: 'Of the entry, after it.' }) revision: number | null;
  @Shown('running', { type: String, nullable: true, description: 'After it.' }) status: string | null;
  @Shown('healthy', { type: String, nullable: true, description: 'After it.' }) health: string | null;
  @ApiPropertyOptional({ type: String, description: 'Of a transition.', example: 'start' }) verb?: string;
  @ApiPropertyOptional({ type: String, description: 'Of a transition.', example: 'installed' }) from?: string;
  @ApiPropertyOptional({ type: String, description: 'Of a transition.', example: 'running' }) to?: string;
  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'JSON Patch (RFC 6902) of an update.',
    example: [{ op: 'replace', path: '/status', value: 'running' }],
  })
  patch?: object[];
}
