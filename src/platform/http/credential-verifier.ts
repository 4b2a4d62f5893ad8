import type { Principal } from './request-context.js';

/** Injection token of {@link CredentialVerifier}; the gateway provides it to everyone. */
export const CREDENTIAL_VERIFIER = Symbol('CREDENTIAL_VERIFIER');

/** Checks credentials that do not come as headers of an HTTP request: those of a WebSocket, and of connections that live on. */
export interface CredentialVerifier {
  /**
   * The holder of an API key or token that somebody comes in with, counted as one request. Throws UnauthenticatedError when it
   * does not hold, and a 429 when its quota is spent or too many credentials of the address did not hold.
   */
  admit(credential: string, address?: string): Promise<Principal>;
  /** The same for somebody who is in already: counts nothing. */
  verify(credential: string, address?: string): Promise<Principal>;
  /**
   * Whether the key of a principal's id still holds and has this permission: for connections whose credential is not kept. Of
   * subjects of an outside issuer nothing is known beyond their tokens: they hold.
   */
  holds(principalId: string, permission: string): Promise<boolean>;
  /** Calls back when a key, a role or a token may have changed: who holds connections asks again. The answer stops it. */
  onChange(listener: () => void): () => void;
  /** Whether the principal's permissions include `read:events` and the like, wildcards counted. */
  allows(principal: Principal, permission: string): boolean;
}
