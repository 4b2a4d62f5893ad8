import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsOptional, ValidateBy } from 'class-validator';
import { BooleanField, EnumField, IntegerField, NestedField, NumberField, ObjectField, TextField, TextListField } from '../../../platform/http/fields.js'; // prettier-ignore

export const RETRY_WORDS = ['reset', 'connect_failure', 'timeout', '5xx'] as const;
export type RetryOn = number | (typeof RETRY_WORDS)[number];

const isRetryOn = (value: unknown): boolean =>
  (RETRY_WORDS as readonly unknown[]).includes(value) ||
  (Number.isInteger(value) && (value as number) >= 400 && (value as number) <= 599);

const RetryOnField = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      type: 'array',
      items: {
        anyOf: [
          { type: 'integer', minimum: 400, maximum: 599 },
          { type: 'string', enum: [...RETRY_WORDS] },
        ],
      },
      required: false,
      nullable: true,
      maxItems: 50,
      description: '502, 503, 504, reset and connect_failure when left out.',
      example: [502, 503, 504, 'reset'],
    } as never),
    IsOptional(),
    IsArray(),
    ArrayMaxSize(50),
    ValidateBy(
      {
        name: 'isRetryOn',
        validator: {
          validate: isRetryOn,
          defaultMessage: () =>
            `each value in $property must be a status from 400 to 599 or one of ${RETRY_WORDS.join(', ')}`,
        },
      },
      { each: true },
    ),
  );

export class MeshBackoff {
  @IntegerField({ min: 0, max: 60_000, description: '25 when left out; doubled each time.', example: 25 })
  base_ms?: number | null;
  @IntegerField({ min: 0, max: 60_000, description: '250 when left out.', example: 250 }) max_ms?: number | null;
}

/** Only what changes nothing when done twice is sent again, and only while nothing of its body was sent. */
export class MeshRetry {
  @IntegerField({
    required: true,
    min: 0,
    max: 10,
    description: 'Beside the first. 0: none.',
    example: 2,
  })
  attempts: number;
  @IntegerField({ min: 1, max: 3_600_000, description: 'Until the head of the answer.', example: 1000 })
  per_try_timeout_ms?: number | null;
  @NestedField(() => MeshBackoff) backoff?: MeshBackoff | null;
  @RetryOnField() retry_on?: RetryOn[] | null;
  @NumberField({
    min: 0,
    max: 100,
    description: 'Retries are at most this share of the requests under way, but for three; 20 when left out.',
    example: 20,
  })
  budget_percent?: number | null;
}

/** Counted in each replica of the registry by itself. */
export class MeshRateLimit {
  @IntegerField({ required: true, min: 1, max: 10_000_000, example: 100 }) requests: number;
  @NumberField({ min: 0.1, max: 86_400, description: '1 when left out.', example: 1 }) per_seconds?: number | null;
  @IntegerField({ min: 1, max: 10_000_000, description: 'At once; requests when left out.', example: 200 })
  burst?: number | null;
}

/** How the first host:port of the destinations is checked, for the health of the route. Instances have checks of their own. */
export class MeshHealthCheck {
  @EnumField(['http', 'tcp'], { description: 'http when left out.', example: 'http' }) type?: 'http' | 'tcp' | null;
  @TextField({ min: 1, max: 2048, pattern: /^\//, rule: 'must begin with /', example: '/healthz' })
  path?: string | null;
  @IntegerField({ min: 1, max: 86_400, description: 'Seconds; 30 when left out.', example: 10 })
  interval?: number | null;
  @IntegerField({ min: 1, max: 300, description: 'Seconds; 5 when left out.', example: 2 }) timeout?: number | null;
  @IntegerField({ min: 1, max: 100, description: 'Failures in a row; 3 when left out.', example: 3 })
  unhealthy_after?: number | null;
  @IntegerField({ min: 1, max: 100, description: 'Successes in a row; 2 when left out.', example: 2 })
  healthy_after?: number | null;
}

export class MeshRewrite {
  @TextField({
    min: 1,
    max: 2048,
    pattern: /^\//,
    rule: 'must begin with /',
    description: 'Takes the place of the prefix that matched, or of the whole path where that is exact or a regex.',
    example: '/v2/orders',
  })
  path?: string | null;
  @TextField({ min: 1, max: 253, description: 'The Host that destinations see; their own when left out.', example: 'orders.internal' }) // prettier-ignore
  host?: string | null;
  @ObjectField({ mostBytes: 8192, description: 'Headers of the request that are set.', example: { 'x-mesh': 'on' } })
  set_headers?: Record<string, unknown> | null;
  @TextListField({ most: 50, max: 256, description: 'Headers of the request that are taken out.', example: ['cookie'] })
  remove_headers?: string[] | null;
}

/** A copy of some requests, whose answers nobody waits for. Only of requests without a body. */
export class MeshMirror {
  @TextField({ required: true, min: 1, max: 300, description: 'Name of a destination of the route, or a service.', example: 'shadow' }) // prettier-ignore
  destination: string;
  @NumberField({ min: 0, max: 100, description: '100 when left out.', example: 5 }) percentage?: number | null;
}

export class MeshTracing {
  @BooleanField({ required: true, example: true }) enabled: boolean;
  @NumberField({ min: 0, max: 100, description: 'Of requests that bring no decision; 100 when left out.', example: 10 })
  sample_percent?: number | null;
  @IntegerField({
    min: 0,
    max: 100_000,
    description: 'Traced at most, by each replica; 50 when left out.',
    example: 50,
  })
  per_second?: number | null;
}
