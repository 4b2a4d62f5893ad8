import { BooleanField, IntegerField, NumberField } from '../../../platform/http/fields.js';

/** What of a breaker is left out becomes this. */
export const BREAKER_DEFAULTS = {
  enabled: true,
  failure_threshold: 5,
  success_threshold: 2,
  half_open_requests: 2,
  open_seconds: 30,
  window_seconds: 60,
  min_requests: 1,
  failure_rate_percent: 50,
} as const;

/** When a route stops sending, and how it tries again. One state, shared by all replicas of the registry. */
export class MeshCircuitBreaker {
  @BooleanField({ description: 'true when left out.', example: true }) enabled?: boolean | null;
  @IntegerField({
    min: 1,
    max: 100_000,
    description: 'It opens at so many failures within the window; 5 when left out.',
    example: 5,
  })
  failure_threshold?: number | null;
  @IntegerField({
    min: 1,
    max: 1000,
    description: 'It closes after so many successes while half open; 2 when left out.',
    example: 2,
  })
  success_threshold?: number | null;
  @IntegerField({
    min: 1,
    max: 1000,
    description:
      'So many requests go through each time it is half open, of all replicas together; success_threshold when left out, and never fewer.',
    example: 2,
  })
  half_open_requests?: number | null;
  @NumberField({
    min: 0.05,
    max: 86_400,
    description: 'It is half open so long after it opened; 30 when left out.',
    example: 30,
  })
  open_seconds?: number | null;
  @NumberField({ min: 0.1, max: 86_400, description: '60 when left out.', example: 60 }) window_seconds?: number | null;
  @IntegerField({
    min: 1,
    max: 1_000_000,
    description: 'Fewer requests within the window open nothing; 1 when left out.',
    example: 10,
  })
  min_requests?: number | null;
  @NumberField({
    min: 0,
    max: 100,
    description: 'A smaller share of failures within the window opens nothing; 50 when left out.',
    example: 50,
  })
  failure_rate_percent?: number | null;
}
