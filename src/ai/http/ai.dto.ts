import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { EnumField, IntegerField, Shown, TextField, TextListField } from '../../platform/http/fields.js';
import { MENTION_TYPES } from '../extract/mention.js';
import type { MentionType } from '../extract/mention.js';

/** The longest text that is read. */
export const MOST_LETTERS = 50_000;
const MOST_TEXTS = 256;
const MOST_TEXT_OF_BATCH = 8192;
const TEXT = 'Kafka-based service that scores card payments.';

const lowered = ({ value }: { value: unknown }): unknown =>
  Array.isArray(value)
    ? value.map((one: unknown) => (typeof one === 'string' ? one.trim().toLowerCase() : one))
    : value;

/** A text, or what an entry says of itself; one of these at least. */
export class AiSubject {
  @TextField({ max: MOST_LETTERS, trim: false, example: TEXT }) text?: string | null;
  @TextField({ max: 512, example: 'Scores card payments' }) title?: string | null;
  @TextField({ max: 65_536, trim: false, example: 'Reads payments from Kafka and scores them by a model.' })
  description?: string | null;
  @TextField({ max: 128, example: 'payment-scorer' }) name?: string | null;
  @TextListField({ most: 100, max: 128, example: ['payments'] }) tags?: string[] | null;
}

export class TagsRequest extends AiSubject {
  @IntegerField({ min: 1, max: 50, description: '10 when left out.', example: 5 }) limit?: number | null;
}

export class EmbedRequest {
  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: MOST_TEXTS,
    description: `Each of 1 to ${MOST_TEXT_OF_BATCH} characters.`,
    example: [TEXT],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_TEXTS)
  @IsString({ each: true })
  @Length(1, MOST_TEXT_OF_BATCH, { each: true })
  texts: string[];

  @EnumField(['document', 'query'], {
    description: 'Some models want questions marked as such; `document` when left out.',
    example: 'document',
  })
  kind?: 'document' | 'query' | null;
}

export class EmbedResult {
  @Shown('static-en-384@753d53be8bda') model: string;
  @ApiProperty({ type: 'integer', example: 384 }) dimensions: number;
  @ApiProperty({
    type: 'array',
    items: { type: 'array', items: { type: 'number' }, nullable: true },
    description: 'Vectors of length 1 in the order of the texts; null for a text without a word that the model knows.',
    example: [[0.0514, -0.0231, 0.0127]],
  })
  vectors: (number[] | null)[];
}

export class ExtractRequest {
  @TextField({
    required: true,
    min: 1,
    max: MOST_LETTERS,
    trim: false,
    example: 'Runs on PostgreSQL 15, port 5432. Apache-2.0, by Jane Doe <jane@example.com>.',
  })
  text: string;

  @ApiPropertyOptional({
    type: [String],
    enum: MENTION_TYPES,
    description: 'Only these; all when left out. Looking for people and organisations takes the most time.',
    example: ['technology', 'version'],
  })
  @Transform(lowered)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MENTION_TYPES.length)
  @IsIn(MENTION_TYPES, { each: true })
  types?: MentionType[] | null;
}

export class ExtractedEntity {
  @Shown('technology', { enum: MENTION_TYPES }) type: MentionType;
  @Shown('PostgreSQL', { description: 'As it stands in the text.' }) text: string;
  @ApiProperty({
    type: 'integer',
    description: 'First character, counted from 0 in UTF-16 units, as JavaScript and Java do.',
    example: 8,
  })
  start: number;
  @ApiProperty({ type: 'integer', description: 'Behind the last character.', example: 18 }) end: number;
  @Shown('PostgreSQL', { description: 'The usual name, the SPDX id, the bare version, the amount.' }) value: string;
  @ApiPropertyOptional({
    type: Object,
    additionalProperties: true,
    description:
      '`area` of a technology; `id`, `key`, `type` of an entry; `amount`, `unit` of a metric; `of` of a version.',
    example: { area: 'database' },
  })
  detail?: Record<string, string | number>;
}

export class ExtractResult {
  @ApiProperty({ type: [ExtractedEntity], description: 'In the order of the text; none overlaps another.' })
  entities: ExtractedEntity[];
  @Shown(false, { description: 'True when the text was too long to look for people and organisations in all of it.' })
  truncated: boolean;
}

export class SummarizeRequest {
  @TextField({
    required: true,
    min: 1,
    max: MOST_LETTERS,
    trim: false,
    example: 'The service scores card payments. It reads them from Kafka. Nobody likes Mondays.',
  })
  text: string;
  @IntegerField({ min: 1, max: 50, description: '3 when left out.', example: 2 }) sentences?: number | null;
}

export class SummarySentenceShown {
  @Shown('The service scores card payments.') text: string;
  @ApiProperty({ type: 'integer', example: 0 }) start: number;
  @ApiProperty({ type: 'integer', example: 33 }) end: number;
  @Shown(0.71, { description: '0 to 1: how much it stands for the whole text.' }) score: number;
}

export class SummarizeResult {
  @Shown('The service scores card payments. It reads them from Kafka.', {
    description: 'The sentences, unchanged and in the order of the text.',
  })
  summary: string;
  @ApiProperty({ type: [SummarySentenceShown] }) sentences: SummarySentenceShown[];
  @ApiProperty({ type: 'integer', description: 'How many sentences the text has.', example: 3 }) of: number;
  @Shown('static-en-384@753d53be8bda') model: string;
}

export class SuggestedTag {
  @Shown('kafka') tag: string;
  @Shown(0.82, { description: '0 to 1; compares the tags of one answer.' }) score: number;
  @ApiProperty({ type: [String], enum: ['neighbours', 'text'], example: ['neighbours', 'text'] })
  sources: ('neighbours' | 'text')[];
  @ApiProperty({ type: 'integer', description: 'How many of the like entries have it.', example: 4 })
  neighbours: number;
}

export class TagsResult {
  @ApiProperty({ type: [SuggestedTag] }) tags: SuggestedTag[];
  @Shown('static-en-384@753d53be8bda') model: string;
  @Shown(true, { description: 'False while no index of entries can be asked: the tags are of the text alone.' })
  neighbours: boolean;
}
