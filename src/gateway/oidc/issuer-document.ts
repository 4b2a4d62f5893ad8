import { createPublicKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { OidcAlgorithm } from '../../platform/env/oidc-env.js';

/** A key that an issuer signs with. */
export interface IssuerKey {
  kid?: string;
  /** What it may be used for, by its kind and by what the issuer says. */
  algorithms: readonly OidcAlgorithm[];
  publicKey: KeyObject;
}

const MOST_KEYS = 100;
const LEAST_RSA_BITS = 2048;
const RSA: readonly OidcAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const CURVES: Readonly<Record<string, OidcAlgorithm>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where an issuer says what it is; OpenID Connect Discovery 1.0, 4. */
export const discoveryUrl = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

/** Where its keys are. Throws when the document is somebody else's, or would have keys fetched less safely than itself. */
export function jwksUriOf(document: unknown, issuer: string): string {
  if (!isObject(document)) throw new Error('The discovery document is no JSON object.');
  if (document.issuer !== issuer)
    throw new Error(`The discovery document is of the issuer ${JSON.stringify(document.issuer)?.slice(0, 200)}.`);
  const { jwks_uri: uri } = document;
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw new Error('The discovery document names no jwks_uri.');
  if (issuer.startsWith('https:') && new URL(uri).protocol !== 'https:') throw new Error('The jwks_uri is not https.');
  return uri;
}

/** The keys of a set (RFC 7517) that can verify a signature; what is not understood is passed over, as the RFC asks. */
export function issuerKeysOf(set: unknown): IssuerKey[] {
  if (!isObject(set) || !Array.isArray(set.keys)) throw new Error('The key set holds no keys.');
  return set.keys.slice(0, MOST_KEYS).flatMap((jwk: unknown) => (isObject(jwk) ? (issuerKeyOf(jwk) ?? []) : []));
}

function issuerKeyOf(jwk: Json): IssuerKey | undefined {
  if (jwk.use !== undefined && jwk.use !== 'sig') return undefined;
  if (Array.isArray(jwk.key_ops) && !jwk.key_ops.includes('verify')) return undefined;
  const publicKey = publicKeyOf(jwk);
  if (!publicKey) return undefined;
  const possible = jwk.kty === 'RSA' ? RSA : [CURVES[jwk.crv as string]];
  const algorithms = jwk.alg === undefined ? possible : possible.filter((algorithm) => algorithm === jwk.alg);
  if (algorithms.length === 0) return undefined;
  return { algorithms, publicKey, ...(typeof jwk.kid === 'string' && { kid: jwk.kid }) };
}

/** Of the public members only: a set that holds a private or a shared key by mistake makes none of it ours. */
function publicKeyOf({ kty, n, e, crv, x, y }: Json): KeyObject | undefined {
  const known = kty === 'RSA' || (kty === 'EC' && typeof crv === 'string' && Object.hasOwn(CURVES, crv));
  if (!known) return undefined;
  try {
    const key = (kty === 'RSA' ? { kty, n, e } : { kty, crv, x, y }) as JsonWebKey;
    const publicKey = createPublicKey({ key, format: 'jwk' });
    const bits = publicKey.asymmetricKeyDetails?.modulusLength;
    return kty === 'RSA' && (bits ?? 0) < LEAST_RSA_BITS ? undefined : publicKey;
  } catch {
    return undefined;
  }
}
