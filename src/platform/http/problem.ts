import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { FieldError, RegistryError } from '../errors/registry-error.js';
import { problemTypeUri } from './problem-types.js';

export class ProblemField implements FieldError {
  @ApiProperty({ description: 'Path of the wrong field.', example: 'metadata.owner' })
  field: string;

  @ApiProperty({ example: 'must be a string' })
  message: string;
}

/** Every error answer: `application/problem+json` (RFC 9457). */
export class Problem {
  @ApiProperty({
    format: 'uri-reference',
    description: 'What kind of problem it is.',
    example: '/problems/invalid-request',
  })
  type: string;

  @ApiProperty({ example: 'Invalid request' })
  title: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, example: 400 })
  status: number;

  @ApiProperty({ description: 'What is wrong this time.', example: 'name must be a string' })
  detail: string;

  @ApiProperty({ format: 'uri-reference', description: 'The path that was asked.', example: '/api/v1/entities' })
  instance: string;

  @ApiProperty({ description: 'Stable and machine-readable.', example: 'request.invalid' })
  code: string;

  @ApiProperty({ description: 'Names this request in the log.', example: '5c2ab0ff-6f1c-4b60-9d3e-4a8a0e2a7a11' })
  request_id: string;

  @ApiPropertyOptional({ type: [ProblemField], description: 'With 400: every wrong field.' })
  errors?: ProblemField[];
}

/** The problem document of an error. Further members of its own never replace the standard ones. */
export function problemOf(error: RegistryError, path: string, requestId: string): Problem {
  return {
    ...error.extra,
    type: error.type ?? problemTypeUri(error.status),
    title: error.title,
    status: error.status,
    detail: error.message,
    instance: path,
    code: error.code,
    request_id: requestId,
    ...(error.errors && { errors: error.errors }),
  };
}
