import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { NAME_PATTERN } from '../../entries/entry-key.js';
import { EnumField, Shown, TextField } from '../../platform/http/fields.js';
import { DEFAULT_ROWS, MOST_ROWS, WholeNumber } from '../../platform/http/paging.js';
import { CATEGORY_DESCRIPTIONS } from '../classify/category-descriptions.js';
import { MOST_LETTERS } from './ai.dto.js';

export const CATEGORIES = CATEGORY_DESCRIPTIONS.map(({ label }) => label);
const METHODS = ['rule', 'neighbours', 'zero_shot'] as const;
const NULLABLE_TEXT = { type: String, nullable: true } as const;

export class CandidateLabel {
  @Shown('ai-ml') value: string;
  @Shown(0.84) confidence: number;
}

export class ClassifyingNeighbour {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('svc_fraud-scoring', { ...NULLABLE_TEXT, description: 'Null for a text that was told by feedback.' })
  key: string | null;
  @Shown('Scores payments for fraud', NULLABLE_TEXT) title: string | null;
  @Shown(0.71, { description: 'Cosine with the text.' }) similarity: number;
}

export class LabelVerdict {
  @Shown('ai-ml', { ...NULLABLE_TEXT, description: 'Null when no word of the text is known.' }) value: string | null;
  @Shown(0.84, { description: '0 to 1: of answers that say 0.9, about 90 % are right, where `calibrated` is true.' })
  confidence: number;
  @ApiProperty({
    type: String,
    enum: METHODS,
    nullable: true,
    description: 'What it rests on most.',
    example: 'neighbours',
  })
  method: (typeof METHODS)[number] | null;
  @Shown('4 of the 15 nearest are ai-ml', { description: 'Why, for people.' }) reason: string;
  @Shown(null, { ...NULLABLE_TEXT, description: 'The expression, or the word of the title, that decided.' })
  rule: string | null;
  @ApiProperty({
    type: [ClassifyingNeighbour],
    description: 'The nearest that speak for it, at most 5.',
    example: [
      {
        id: '0192f0c1-7c3a-7a10-9d5e-0242ac120002',
        key: 'svc_fraud-scoring',
        title: 'Scores payments for fraud',
        similarity: 0.71,
      },
    ],
  })
  neighbours: ClassifyingNeighbour[];
  @ApiProperty({
    type: [CandidateLabel],
    description: 'The likeliest, best first, at most 5.',
    example: [{ value: 'ai-ml', confidence: 0.84 }],
  })
  candidates: CandidateLabel[];
}

export class ClassifyResult {
  @ApiProperty({ type: LabelVerdict, description: 'One of the 26 categories.' }) category: LabelVerdict;
  @ApiProperty({ type: LabelVerdict, description: 'A feature category.' }) feature: LabelVerdict;
  @Shown('static-en-384@753d53be8bda') model: string;
  @Shown(true, { description: 'Whether the confidences were measured for this model.' }) calibrated: boolean;
}

export class FeedbackCreate {
  @TextField({
    required: true,
    min: 1,
    max: MOST_LETTERS,
    trim: false,
    description: 'What was classified. Of the same text the last word holds.',
    example: 'Nightly job that books card payments into the ledger',
  })
  text: string;
  @EnumField(CATEGORIES, { description: 'What it is; one of category and feature at least.', example: 'pipeline' })
  category?: string | null;
  @TextField({
    max: 128,
    lowerCase: true,
    pattern: NAME_PATTERN,
    rule: 'must be a name of a-z 0-9 . _ + -',
    description: 'The feature category it belongs to.',
    example: 'data-engineering',
  })
  feature?: string | null;
}

export class FeedbackShown {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('Nightly job that books card payments into the ledger') text: string;
  @Shown('pipeline', NULLABLE_TEXT) category: string | null;
  @Shown('data-engineering', NULLABLE_TEXT) feature: string | null;
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { description: 'Id of the key that told it.' }) actor: string;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) created_at: string;
}

export class FeedbackQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_ROWS, default: DEFAULT_ROWS, example: 50 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MOST_ROWS)
  limit: number = DEFAULT_ROWS;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: 10_000, default: 0, example: 0 })
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(10_000)
  offset: number = 0;
}

export class AiIndexShown {
  @Shown('static-en-384@753d53be8bda') model: string;
  @Shown('serving', { enum: ['filling', 'serving', 'retired'] }) state: string;
}

export class AiCacheShown {
  @ApiProperty({ type: 'integer', example: 120 }) entries: number;
  @ApiProperty({ type: 'integer', example: 208_320 }) bytes: number;
  @Shown(0.4, { type: Number, nullable: true, description: 'Since this process started.' }) hit_rate: number | null;
}

export class AiStatus {
  @Shown('local', { enum: ['local', 'openai', 'transformers', 'none'] }) provider: string;
  @Shown('static-en-384@753d53be8bda', { ...NULLABLE_TEXT, description: 'Null when vectors are switched off.' })
  model: string | null;
  @ApiProperty({ type: 'integer', example: 384 }) dimensions: number;
  @Shown(true, { description: 'Whether the model answers.' }) ok: boolean;
  @Shown(null, NULLABLE_TEXT) detail: string | null;
  @ApiProperty({
    type: 'integer',
    description: 'Entries that wait for a vector; no more than 100,000 are counted.',
    example: 0,
  })
  queue_depth: number;
  @ApiProperty({ type: [AiIndexShown] }) indexes: AiIndexShown[];
  @Shown('static-en-384@753d53be8bda', { description: 'The model that is always here: it summarises.' })
  text_model: string;
  @Shown(true, { description: 'Whether confidences were measured for the model.' }) calibrated: boolean;
  @ApiProperty({ type: 'integer', description: 'Texts told by feedback.', example: 3 }) examples: number;
  @ApiProperty({ type: AiCacheShown }) cache: AiCacheShown;
}
