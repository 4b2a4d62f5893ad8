import type { Env } from '../../platform/env/env.js';
import type { Rate } from '../../platform/env/variable.js';
import type { Caller } from '../caller.js';
import type { LimitWindow } from './sliding-window.js';

const NAMES: Record<number, string> = { 1: 'second', 60: 'minute', 3600: 'hour', 86_400: 'day' };

type Settings = Pick<Env, 'rateLimitDefault' | 'rateLimitBurst'>;

const windowOf = ({ limit, seconds }: Rate, name = NAMES[seconds] ?? `${seconds}s`): LimitWindow => ({
  name,
  limit,
  seconds,
});

/** Whose quota a caller spends: that of its key, of its tokens and of all the key took the place of. */
export const quotaOwner = (caller: Caller): string => caller.lineage;

/** The windows of a caller, sorted by name; none for an admin key without a limit of its own. */
export function windowsOf({ type, rateLimit }: Pick<Caller, 'type' | 'rateLimit'>, settings: Settings): LimitWindow[] {
  const rate = rateLimit ?? (type === 'admin_key' ? null : settings.rateLimitDefault);
  if (!rate) return [];
  const burst = settings.rateLimitBurst;
  return [windowOf(rate), ...(burst ? [windowOf(burst, 'burst')] : [])].sort((a, b) => (a.name < b.name ? -1 : 1));
}
