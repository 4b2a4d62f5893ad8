import { RegistryError } from '../../platform/errors/registry-error.js';
import type { Refusal } from './quota.js';

/** Registered by the IETF's draft on RateLimit header fields. */
const TYPES = 'https://iana.org/assignments/http-problem-types#';

/** Whole seconds that are not too early. */
export const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** 429: the key's quota is spent. Names the windows, and when to try again. */
export class QuotaExceededError extends RegistryError {
  constructor({ violated, waitMs }: Refusal) {
    const seconds = secondsOf(waitMs);
    const windows = violated.map((name) => `"${name}"`).join(', ');
    super(429, 'rate_limit.exceeded', `The quota ${windows} is spent. Try again in ${seconds} s.`, 'Quota exceeded', 'debug', {
      type: `${TYPES}quota-exceeded`,
      extra: { 'violated-policies': violated },
      headers: { 'Retry-After': String(seconds) },
    }); // prettier-ignore
  }
}

/** 503: requests cannot be counted, and RATE_LIMIT_ON_STORE_FAILURE=closed says that none passes uncounted. */
export class ReducedCapacityError extends RegistryError {
  constructor(cause?: unknown) {
    super(503, 'rate_limit.unavailable', 'Requests cannot be counted at the moment.', 'Temporarily reduced capacity', 'warn', {
      type: `${TYPES}temporary-reduced-capacity`,
      headers: { 'Retry-After': '1' },
      cause,
    }); // prettier-ignore
  }
}

/** 429: too many credentials from this address did not hold. */
export class TooManyFailuresError extends RegistryError {
  constructor(waitMs: number) {
    const seconds = secondsOf(waitMs);
    super(
      429,
      'auth.too_many_failures',
      `Too many credentials from your address did not hold. Try again in ${seconds} s.`,
      'Too many requests',
      'info',
      { headers: { 'Retry-After': String(seconds) } },
    );
  }
}
