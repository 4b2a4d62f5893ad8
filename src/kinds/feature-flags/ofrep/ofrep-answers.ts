import type { Evaluation } from '../engine/evaluation.js';
import type { OfrepErrorCode, OfrepEvaluation, OfrepFailure } from './ofrep.dto.js';

/** OFREP's codes are fewer than OpenFeature's. */
const CODES: Readonly<Record<string, OfrepErrorCode>> = {
  PARSE_ERROR: 'PARSE_ERROR',
  TARGETING_KEY_MISSING: 'TARGETING_KEY_MISSING',
  INVALID_CONTEXT: 'INVALID_CONTEXT',
  FLAG_NOT_FOUND: 'FLAG_NOT_FOUND',
};

/** An answer as OFREP writes it: a success, or a failure where it has an error code. */
export function toOfrep(answer: Evaluation): OfrepEvaluation | OfrepFailure {
  const { key, value, variant, reason, metadata, errorCode, errorDetails } = answer;
  if (errorCode !== undefined || reason === 'ERROR')
    return {
      key,
      errorCode: CODES[errorCode ?? ''] ?? 'GENERAL',
      ...(errorDetails !== undefined && { errorDetails }),
      ...(metadata && { metadata }),
    };
  return {
    key,
    // Of nothing, and of what JSON calls null, the caller's own default is meant.
    ...(value !== undefined && value !== null && { value }),
    reason,
    ...(variant !== undefined && { variant }),
    ...(metadata && { metadata }),
  };
}

export const isFailure = (answer: OfrepEvaluation | OfrepFailure): answer is OfrepFailure => 'errorCode' in answer;
