/** Payload of a token whose signature, issuer, audience and time have been checked. */
export type Payload = Readonly<Record<string, unknown>>;

/** Visible ASCII, with spaces inside; as long as OpenID Connect lets a subject be. */
const SUBJECT = /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/;
/** What tokens of other uses call themselves in their payload, where their header is an access token's. */
const OTHER_USES = /^(id|refresh|offline|logout)$/i;
const ACCESS_TOKEN = /^(application\/)?(at\+)?jwt$/i;
/** Nothing that a Date could not hold. */
const LATEST_SECONDS = 1e12;
/** By how much the issuer's clock and ours may differ. */
export const CLOCK_TOLERANCE_SECONDS = 30;
const MOST_NAME = 200;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Whether a header is that of an access token, without extensions that would have to be understood. */
export const isAccessTokenHeader = ({ typ, crit, b64 }: Payload): boolean =>
  (typ === undefined || (typeof typ === 'string' && ACCESS_TOKEN.test(typ))) && crit === undefined && b64 === undefined;

/** Why a rightly signed token does not hold all the same; undefined when it does. */
export function objectionTo(payload: Payload, clients: readonly string[], now = Date.now() / 1000): string | undefined {
  const { sub, exp, iat, azp, typ, cnf } = payload;
  if (typeof sub !== 'string' || !SUBJECT.test(sub)) return 'it names no usable subject';
  if (typeof exp !== 'number' || exp > LATEST_SECONDS) return 'it has no usable end';
  if (iat !== undefined && (typeof iat !== 'number' || iat > now + CLOCK_TOLERANCE_SECONDS))
    return 'it was issued in the future';
  if (typeof typ === 'string' && OTHER_USES.test(typ)) return 'it is no access token';
  // Only ID tokens carry hashes of what they were issued with.
  if (payload.at_hash !== undefined || payload.c_hash !== undefined) return 'it is an ID token';
  // Its holder would have to prove more than that they have it, and nobody here asks.
  if (cnf !== undefined) return 'it is bound to a key of its holder';
  if (azp !== undefined && (typeof azp !== 'string' || azp === '')) return 'its client is malformed';
  if (clients.length > 0 && !clients.includes(clientOf(payload) ?? '')) return 'its client is not among OIDC_CLIENTS';
  return undefined;
}

/** The client that the token was issued to. */
function clientOf({ azp, client_id: client }: Payload): string | undefined {
  const named = azp ?? client;
  return typeof named === 'string' ? named : undefined;
}

/** What to call the holder: never trusted, only shown. */
export function nameOf(payload: Payload): string {
  const candidates = [payload.name, payload.preferred_username, payload.email, payload.client_id, payload.azp];
  const found = candidates.find((value) => typeof value === 'string' && value.trim() !== '') ?? payload.sub;
  return String(found).replace(CONTROL, ' ').trim().slice(0, MOST_NAME);
}

/** The names of the roles that a token's values of the role claim are mapped to; other values give nothing. */
export function rolesOf(payload: Payload, claim: string, map: ReadonlyMap<string, string>): string[] {
  const roles = valuesAt(payload, claim).map((value) => map.get(value));
  return [...new Set(roles.filter((role) => role !== undefined))];
}

function valuesAt(payload: Payload, claim: string): string[] {
  const value = claimAt(payload, claim);
  if (Array.isArray(value)) return value.filter((one): one is string => typeof one === 'string');
  if (typeof value !== 'string') return [];
  // RFC 8693: scopes are one text, with spaces between.
  return /(^|[./])(scope|scp)$/.test(claim) ? value.split(' ') : [value];
}

/** By JSON pointer, by its whole name (which may hold dots, as URLs do), or else by a path of names. */
function claimAt(payload: Payload, claim: string): unknown {
  if (claim.startsWith('/')) {
    const steps = claim.slice(1).split('/');
    return follow(payload, steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))); // prettier-ignore
  }
  return Object.hasOwn(payload, claim) ? payload[claim] : follow(payload, claim.split('.'));
}

function follow(value: unknown, steps: readonly string[]): unknown {
  let at = value;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Payload)[step];
  }
  return at;
}
