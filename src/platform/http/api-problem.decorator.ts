import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { problemTypeOf, problemTypeUri } from './problem-types.js';
import { Problem } from './problem.js';

/** The codes a client is most likely to meet, as examples. */
const CODES: Record<number, string> = {
  400: 'request.invalid',
  401: 'auth.invalid_credential',
  403: 'auth.forbidden',
  404: 'entity.not_found',
  409: 'conflict.duplicate',
  412: 'request.stale',
  413: 'request.too_large',
  415: 'request.unsupported_media_type',
  422: 'request.impossible',
  429: 'rate_limit.exceeded',
  503: 'database.unavailable',
};

/** An error answer of an operation, as it stands in the OpenAPI document. */
export function problemResponse(status: number): {
  description: string;
  content: Record<string, { schema: { $ref: string }; example: object }>;
} {
  const { title, meaning } = problemTypeOf(status);
  return {
    description: `${title}. ${meaning}`,
    content: {
      'application/problem+json': {
        schema: { $ref: getSchemaPath(Problem) },
        example: {
          type: problemTypeUri(status),
          title,
          status,
          detail: meaning,
          instance: '/api/v1/entities',
          code: CODES[status] ?? 'internal',
          request_id: '5c2ab0ff-6f1c-4b60-9d3e-4a8a0e2a7a11',
          ...(status === 400 && { errors: [{ field: 'name', message: 'must be a string' }] }),
        },
      },
    },
  };
}

/** Documents every error an operation can answer with. 401, 403, 429 and 503 are added to every closed operation by itself. */
export const ApiProblems = (...statuses: number[]): MethodDecorator & ClassDecorator =>
  applyDecorators(
    ApiExtraModels(Problem),
    ...statuses.map((status) => ApiResponse({ status, ...problemResponse(status) })),
  );
