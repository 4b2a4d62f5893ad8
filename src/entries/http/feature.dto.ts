import { ApiProperty } from '@nestjs/swagger';
import { NumberField, Shown, TextField, TextListField } from '../../platform/http/fields.js';
import { PATTERN_LIMIT } from '../classification/rule-pattern.js';
import { NAME_PATTERN } from '../entry-key.js';
import { Classification } from './entry.dto.js';

const NAME = { max: 128, lowerCase: true, pattern: NAME_PATTERN, rule: 'must be a name of a-z 0-9 . _ + -' } as const;
const NULLABLE_TEXT = { type: String, nullable: true } as const;

export class FeatureCategoryCreate {
  @TextField({ ...NAME, required: true, example: 'payments' }) name: string;
  @TextField({ max: 512, example: 'Payments' }) title?: string | null;
  @TextField({ max: 65536, trim: false, example: 'Cards, transfers and ledgers.' }) description?: string | null;
  @TextField({ max: 256, description: 'An emoji or the address of an image.', example: '💳' }) icon?: string | null;
  @TextField({ max: 128, example: 'business' }) category?: string | null;
  @TextField({ max: 128, description: '`ose-<name>` when left out.', example: 'ose-payments' }) namespace?:
    string | null;
}

export class FeatureCategory {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('feature_ai-ml') key: string;
  @Shown('ai-ml') name: string;
  @Shown('AI and machine learning', NULLABLE_TEXT) title: string | null;
  @Shown('Models, training, inference, agents and what serves them.', NULLABLE_TEXT) description: string | null;
  @Shown('🧠', NULLABLE_TEXT) icon: string | null;
  @Shown('intelligence', NULLABLE_TEXT) category: string | null;
  @Shown('ose-ai-ml', NULLABLE_TEXT) namespace: string | null;
  @ApiProperty({ type: 'integer', description: 'How many entries it holds.', example: 412 }) entries: number;
}

export class ClassificationRuleCreate {
  @TextField({
    required: true,
    min: 1,
    max: PATTERN_LIMIT,
    trim: false,
    example: '.*(stripe|adyen|payment).*',
    description:
      'RE2 expression, in any case, over names, tags and (whole words) titles. Alternatives of three letters or fewer match whole words only.',
  })
  match: string;

  @TextField({ ...NAME, required: true, description: 'The feature category it gives.', example: 'payments' })
  feature: string;

  @NumberField({ min: 0, max: 1, description: '0.8 when left out.', example: 0.8 })
  confidence?: number | null;

  @NumberField({
    min: -1000,
    max: 1000,
    description: 'Higher is tried first, then the higher confidence; 0 when left out.',
    example: 10,
  })
  priority?: number | null;
}

export class ClassificationRule {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('.*(stripe|adyen|payment).*') match: string;
  @Shown('payments') feature: string;
  @Shown(0.8) confidence: number;
  @ApiProperty({ type: 'integer', example: 10 }) priority: number;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) created_at: string;
}

export class ClassificationTest {
  @TextField({ max: 512, example: 'my-ai-service' }) name?: string | null;
  @TextField({ max: 512, example: 'Scores card payments' }) title?: string | null;
  @TextListField({ most: 100, max: 128, example: ['payments'] }) tags?: string[] | null;
  @TextField({
    max: PATTERN_LIMIT,
    trim: false,
    description: 'Tries this expression instead of the rules.',
    example: '.*(scor|fraud).*',
  })
  match?: string | null;
}

export class ClassificationTestResult extends Classification {
  @ApiProperty({ type: [Classification], description: 'Every rule that matches, the winner first.' })
  candidates: Classification[];
}
