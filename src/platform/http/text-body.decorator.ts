import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';

export const TEXT_BODY = 'registry:text-body';

/**
 * Beside JSON the route takes a body in one of these media types: it gets the text as it is, as `@Body()`, at most
 * BODY_LIMIT of it, read before its handler runs.
 */
export const OrTextBody = (...mediaTypes: string[]): MethodDecorator =>
  applyDecorators(SetMetadata(TEXT_BODY, mediaTypes), ApiConsumes('application/json', ...mediaTypes));
