const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const REPEATABLE_STATUS = new Set([502, 503, 504]);
const NEVER_CURED = new Set(['ENOTFOUND', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'EPROTO', 'ETIMEDOUT']);
const BASE_DELAY_MS = 200;
const MAX_DELAY_MS = 10_000;

/** What came of one attempt; `inFlight`: an earlier one under the same idempotency key is still being worked on. */
export type Outcome =
  | { kind: 'status'; status: number; retryAfter?: string; inFlight?: boolean }
  | { kind: 'transport'; code: string; sent: boolean };

/** True when asking again can help and cannot do the work twice. */
export function mayRepeat(method: string, repeatable: boolean, outcome: Outcome): boolean {
  if (outcome.kind === 'status') {
    if (outcome.status === 429 || outcome.inFlight) return true;
    return (repeatable || SAFE_METHODS.has(method)) && REPEATABLE_STATUS.has(outcome.status);
  }
  if (NEVER_CURED.has(outcome.code)) return false;
  return !outcome.sent || repeatable || SAFE_METHODS.has(method);
}

/** Milliseconds to wait before attempt `attempt` + 1 (first attempt: 0): what the server says, else doubling with jitter. */
export function retryDelay(
  attempt: number,
  outcome: Outcome,
  now: number = Date.now(),
  random: () => number = Math.random,
): number {
  const told = outcome.kind === 'status' ? parseRetryAfter(outcome.retryAfter, now) : undefined;
  if (told !== undefined) return told;
  const full = Math.min(BASE_DELAY_MS * 2 ** attempt, MAX_DELAY_MS);
  return Math.round(full / 2 + (random() * full) / 2);
}

/** `Retry-After` as seconds or as an HTTP date (RFC 9110, 10.2.3) → milliseconds from now. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
