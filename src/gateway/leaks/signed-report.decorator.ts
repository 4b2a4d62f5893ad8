import { SetMetadata } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';

const SIGNED_REPORT = 'registry:signed-report';

/**
 * Lets a request with a signature and without a credential pass the gateway, in the place of the stated permission. The
 * handler verifies the signature before anything else: there is no caller then.
 */
export const OrSigned = (): MethodDecorator => SetMetadata(SIGNED_REPORT, true);

export const SIGNATURE_HEADER = 'github-public-key-signature';
export const IDENTIFIER_HEADER = 'github-public-key-identifier';

/** Whether a request claims to be opened by its signature. */
export const claimsSignature = (handler: object, headers: IncomingHttpHeaders): boolean =>
  headers[SIGNATURE_HEADER] !== undefined &&
  headers['x-api-key'] === undefined &&
  headers.authorization === undefined &&
  Reflect.hasMetadata(SIGNED_REPORT, handler);
