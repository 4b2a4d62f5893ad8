import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { Transform } from 'class-transformer';
import { EntrySummary } from '../../entries/http/entry.dto.js';
import { Shown } from '../../platform/http/fields.js';
import { WholeNumber } from '../../platform/http/paging.js';
import { TRENDING_WINDOWS } from '../activity/trending.service.js';
import type { TrendingWindow } from '../activity/trending.service.js';
import { lowerCase } from './list-transforms.js';

const INTEGER = { type: 'integer' } as const;
const TIME = { type: String, nullable: true, format: 'date-time' } as const;
const WINDOWS = Object.keys(TRENDING_WINDOWS) as TrendingWindow[];

export class TrendingQuery {
  @ApiPropertyOptional({ enum: WINDOWS, default: '7d', description: 'How far to look back.' })
  @Transform(lowerCase)
  @IsOptional()
  @IsIn(WINDOWS)
  window?: TrendingWindow;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 10, example: 10 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 10;
}

export class TrendingSearch {
  @Shown('message broker') query: string;
  @ApiProperty({ ...INTEGER, example: 42 }) searches: number;
  @Shown(17.2, { description: 'Searches, each counting half after every half-life.' }) score: number;
}

export class TrendingEntry extends EntrySummary {
  @ApiProperty({ ...INTEGER, example: 311 }) reads: number;
  @Shown(120.5, { description: 'Reads, each counting half after every half-life.' }) score: number;
}

export class Trending {
  @Shown('7d', { enum: WINDOWS }) window: TrendingWindow;
  @Shown(42) half_life_hours: number;
  @ApiProperty({
    type: [TrendingSearch],
    description: 'Searches that found something, of words that names, titles and tags open to all have.',
  })
  queries: TrendingSearch[];
  @ApiProperty({ type: [TrendingEntry] }) entries: TrendingEntry[];
}

export class SearchStatsQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 100,
    default: 0,
    description: 'Judges the vector index now by the neighbours of so many entries; takes five seconds at most.',
    example: 20,
  })
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(100)
  sample: number = 0;
}

export class TextIndex {
  @ApiProperty({ ...INTEGER, example: 63444 }) entries: number;
  @ApiProperty({ ...INTEGER, description: 'In three entries or more.', example: 41210 }) lexemes: number;
  @Shown(38.4, { description: 'Distinct lexemes of an entry.' }) average_length: number;
  @ApiProperty({ ...INTEGER, example: 104857600 }) size_bytes: number;
  @Shown('2026-03-01T09:30:00.000Z', TIME) counted_at: string | null;
}

export class Vocabulary {
  @ApiProperty({ ...INTEGER, example: 58120 }) words: number;
  @ApiProperty({ ...INTEGER, example: 9437184 }) size_bytes: number;
  @Shown('2026-03-01T09:30:00.000Z', TIME) counted_at: string | null;
}

export class VectorIndexPart {
  @Shown('static-en-384@753d53be8bda') model: string;
  @Shown('serving', { enum: ['filling', 'serving'] }) state: 'filling' | 'serving';
  @ApiProperty({ ...INTEGER, example: 63440 }) vectors: number;
  @ApiProperty({ ...INTEGER, description: 'Entries still to be looked at.', example: 4 }) backlog: number;
  @ApiProperty({ ...INTEGER, example: 157286400 }) size_bytes: number;
}

export class VectorIndexes {
  @Shown('serving', {
    enum: ['off', 'filling', 'serving'],
    description: '`off`: no model is configured. `filling`: searches go by words until it is whole.',
  })
  state: 'off' | 'filling' | 'serving';
  @Shown('static-en-384@753d53be8bda', { type: String, nullable: true }) model: string | null;
  @ApiProperty({ type: [VectorIndexPart] }) indexes: VectorIndexPart[];
}

export class Recall {
  @ApiProperty({ ...INTEGER, description: 'Of so many true neighbours.', example: 10 }) at: number;
  @ApiProperty({ ...INTEGER, description: 'Entries whose neighbours were looked for.', example: 20 }) sample: number;
  @Shown(0.985, { description: '0 to 1: which part of the true neighbours search finds.' }) recall: number;
  @Shown(3.2, { description: 'Median milliseconds.' }) search_ms: number;
  @Shown(48.1, { description: 'Median milliseconds by every distance.' }) exact_ms: number;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) measured_at: string;
}

export class Reindex {
  @Shown('2026-03-01T09:30:00.000Z', { ...TIME, description: 'When the indexes were last asked to be made true.' })
  asked_at: string | null;
  @Shown('2026-03-01T09:31:10.000Z', { ...TIME, description: 'When that was last done.' }) done_at: string | null;
  @ApiProperty({ ...INTEGER, nullable: true, description: 'Entries whose text index was wrong then.', example: 0 })
  changed: number | null;
}

export class SearchStats {
  @ApiProperty({ type: TextIndex }) text: TextIndex;
  @ApiProperty({ type: Vocabulary }) vocabulary: Vocabulary;
  @ApiProperty({ type: VectorIndexes }) vectors: VectorIndexes;
  @ApiProperty({ type: Recall, nullable: true, description: 'The last judgement of the process that answers.' })
  recall: Recall | null;
  @ApiProperty({ type: Reindex }) reindex: Reindex;
}
