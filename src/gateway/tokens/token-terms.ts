/** What every token of this service says and what is asked of it; pinned on both sides. */
export const ALGORITHM = 'RS256';
export const ISSUER = 'universal-registry';
export const AUDIENCE = 'universal-registry-api';
export const LONGEST_TOKEN_SECONDS = 3600;
export const USUAL_TOKEN_SECONDS = 900;
/** A refresh token that nobody uses ends by then; each use gives a new one. */
export const REFRESH_SECONDS = 7 * 86_400;
/** However often it is used: by then somebody has to come with the key again. */
export const LONGEST_FAMILY_SECONDS = 30 * 86_400;

/** Payload of an access token. `sub` is the id of the key it was made from. */
export interface TokenClaims {
  iss: string;
  aud: string;
  sub: string;
  jti: string;
  iat: number;
  exp: number;
  permissions: string[];
  /** The family of refresh tokens it was made with. */
  fam?: string;
}
