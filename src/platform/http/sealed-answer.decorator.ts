import { SetMetadata } from '@nestjs/common';

export const SEALED_ANSWER = 'registry:sealed-answer';

/**
 * The answer holds a secret that is shown once. Under an Idempotency-Key it is stored encrypted by the caller's own
 * credential, which the service does not keep: only who made the request can have it replayed.
 */
export const SealedAnswer = (): MethodDecorator => SetMetadata(SEALED_ANSWER, true);
