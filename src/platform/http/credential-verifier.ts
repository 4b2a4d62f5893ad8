import type { Principal } from './request-context.js';

/** Injection token of {@link CredentialVerifier}; the gateway provides it to everyone. */
export const CREDENTIAL_VERIFIER = Symbol('CREDENTIAL_VERIFIER');

/** Checks credentials that do not come as headers of an HTTP request: those of a WebSocket, and of connections that live on. */
export interface CredentialVerifier {
  /** The holder of an API key or token. Throws UnauthenticatedError when it does not hold (any more). */
  verify(credential: string, address?: string): Promise<Principal>;
  /** Whether the principal's permissions include `read:events` and the like, wildcards counted. */
  allows(principal: Principal, permission: string): boolean;
}
