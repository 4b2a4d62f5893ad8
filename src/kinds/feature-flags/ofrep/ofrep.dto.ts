import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Shown } from '../../../platform/http/fields.js';
import type { JsonValue } from '../engine/json-value.js';

/** As OFREP 0.3 names them. */
export const OFREP_ERROR_CODES = [
  'PARSE_ERROR',
  'TARGETING_KEY_MISSING',
  'INVALID_CONTEXT',
  'GENERAL',
  'FLAG_NOT_FOUND',
] as const;
export type OfrepErrorCode = (typeof OFREP_ERROR_CODES)[number];

const METADATA = { type: Object, additionalProperties: true, example: { team: 'checkout' } } as const;

export class OfrepRequest {
  @ApiPropertyOptional({
    type: Object,
    additionalProperties: true,
    example: { targetingKey: 'user-17', email: 'ada@example.com' },
  })
  context?: Record<string, unknown>;
}

export class OfrepEvaluation {
  @Shown('new-checkout') key: string;
  @ApiPropertyOptional({
    anyOf: [
      { type: 'boolean' },
      { type: 'string' },
      { type: 'number' },
      { type: 'object', additionalProperties: true },
      { type: 'array', items: {} },
    ],
    example: 'green',
    description: "Absent: the application's own default is meant.",
  })
  value?: JsonValue;
  @Shown('TARGETING_MATCH', { enum: ['STATIC', 'TARGETING_MATCH', 'SPLIT', 'DEFAULT', 'DISABLED', 'UNKNOWN'] })
  reason: string;
  @ApiPropertyOptional({ type: String, example: 'green' }) variant?: string;
  @ApiPropertyOptional(METADATA) metadata?: object;
}

export class OfrepFailure {
  @Shown('new-checkout') key: string;
  @Shown('TARGETING_KEY_MISSING', { enum: OFREP_ERROR_CODES }) errorCode: OfrepErrorCode;
  @ApiPropertyOptional({ type: String, example: 'The context has no usable targetingKey.' }) errorDetails?: string;
  @ApiPropertyOptional(METADATA) metadata?: object;
}

/** Of a bulk request, and of a server in trouble. */
export class OfrepProblem {
  @ApiPropertyOptional({ enum: OFREP_ERROR_CODES, example: 'INVALID_CONTEXT' }) errorCode?: OfrepErrorCode;
  @ApiPropertyOptional({ type: String, example: 'context must be an object' }) errorDetails?: string;
}

export class OfrepEndpoint {
  @Shown('/ofrep/v1/event-streams?token=eyJl…', { description: 'On the origin that was asked.' }) requestUri: string;
}

export class OfrepEventStream {
  @Shown('sse') type: string;
  @ApiProperty({ type: OfrepEndpoint }) endpoint: OfrepEndpoint;
  @Shown(120, { type: 'integer' }) inactivityDelaySec: number;
}

export class OfrepBulk {
  @ApiProperty({
    type: 'array',
    items: { anyOf: [{ $ref: '#/components/schemas/OfrepEvaluation' }, { $ref: '#/components/schemas/OfrepFailure' }] },
    description: 'Every flag, in the order of their keys.',
  })
  flags: (OfrepEvaluation | OfrepFailure)[];
  @ApiProperty({ type: Object, additionalProperties: true, example: { version: 'tqIZ0sBwCeLqQfVZ' } }) metadata: object;
  @ApiProperty({
    type: [OfrepEventStream],
    example: [
      {
        type: 'sse',
        endpoint: { requestUri: '/ofrep/v1/event-streams?token=eyJl…' },
        inactivityDelaySec: 120,
      },
    ],
  })
  eventStreams: OfrepEventStream[];
}
