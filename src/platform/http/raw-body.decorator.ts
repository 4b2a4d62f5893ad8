import { SetMetadata } from '@nestjs/common';

export const RAW_BODY = 'registry:raw-body';

/**
 * The route takes a body of any media type, or of none, and gets its bytes as `@Body()`, at most BODY_LIMIT of them: for
 * protocols of others, whose clients say what they like of it.
 */
export const RawBody = (): MethodDecorator => SetMetadata(RAW_BODY, true);
