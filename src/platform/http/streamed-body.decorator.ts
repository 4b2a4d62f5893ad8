import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiConsumes, ApiExtension } from '@nestjs/swagger';

export const STREAMED_BODY = 'registry:streamed-body';
/** Says so in the OpenAPI document. */
export const STREAMED = 'x-streamed-body';
/** Of a route that passes on whatever body there is. */
export const ANY_BODY = '*/*';

/**
 * The route reads its body itself (`readItems` of ndjson.ts), in one of these media types. All other routes take a JSON
 * body of at most BODY_LIMIT, read and parsed before their handler runs.
 */
export const StreamedBody = (...mediaTypes: string[]): MethodDecorator =>
  applyDecorators(SetMetadata(STREAMED_BODY, mediaTypes), ApiConsumes(...mediaTypes), ApiExtension(STREAMED, true));
