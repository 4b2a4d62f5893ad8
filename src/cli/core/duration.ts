import { usageError } from './errors.js';

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `30`, `30s`, `500ms`, `2m`, `1h` → milliseconds; a bare number is seconds. */
export function parseDuration(text: string, flag: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
  const milliseconds = match ? Number(match[1]) * (UNITS[match[2] ?? 's'] ?? 1000) : Number.NaN;
  if (!(milliseconds > 0) || milliseconds > 86_400_000) {
    throw usageError(`${flag} ${JSON.stringify(text)} is not a duration`, {
      reason: 'write 500ms, 30s, 2m or 1h, at most 24h',
    });
  }
  return milliseconds;
}

const YEAR_SECONDS = 31_536_000;
const DATE = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/i;
const SPANS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `90`, `15m`, `24h`, `30d`, `2w` → whole seconds; a bare number is seconds. */
export function parseSeconds(text: string, flag: string, min: number, max: number): number {
  const match = /^(\d{1,12})([smhdw])?$/.exec(text.trim());
  const seconds = match ? Number(match[1]) * (SPANS[match[2] ?? 's'] ?? 1) : Number.NaN;
  if (seconds >= min && seconds <= max) return seconds;
  throw usageError(`${flag} ${JSON.stringify(text)} is not a duration that fits`, {
    reason: `write 90s, 15m, 24h, 30d or 2w, from ${spanText(min)} to ${spanText(max)}`,
  });
}

/** `3600` → `1h`: seconds in the largest unit that tells them whole. */
export function spanText(seconds: number): string {
  const unit = (['d', 'h', 'm'] as const).find((one) => seconds > 0 && seconds % (SPANS[one] ?? 1) === 0) ?? 's';
  return `${seconds / (SPANS[unit] ?? 1)}${unit}`;
}

/** `1000/1h`, `50/s`, `200/2s` → so many in so long a window. */
export function parseRate(text: string, flag: string): { limit: number; window_seconds: number } {
  const match = /^(\d{1,10})\/(\d{0,12}[smhdw]?)$/.exec(text.trim());
  if (!match?.[2]) {
    throw usageError(`${flag} ${JSON.stringify(text)} is not a rate`, { reason: 'write 1000/1h, 50/s or 200/2s' });
  }
  const window = /^\d/.test(match[2]) ? match[2] : `1${match[2]}`;
  return {
    limit: parseCount(match[1] ?? '', flag, 1, 1_000_000_000),
    window_seconds: parseSeconds(window, flag, 1, YEAR_SECONDS),
  };
}

/** `30d` from now, `2030-01-01` (UTC) or a whole date and time → RFC 3339. */
export function parseMoment(text: string, flag: string, now = Date.now()): string {
  return moment(text, flag, now, 1);
}

/** `7d` before now; dates as `parseMoment` takes them. */
export function parsePastMoment(text: string, flag: string, now = Date.now()): string {
  return moment(text, flag, now, -1);
}

function moment(text: string, flag: string, now: number, direction: 1 | -1): string {
  const word = text.trim();
  if (/^\d+[smhdw]$/.test(word))
    return timestamp(now + direction * parseSeconds(word, flag, 1, 50 * YEAR_SECONDS) * 1000);
  const day = DATE.exec(word)?.[1];
  // A day that does not exist, such as 31 February, would quietly become another one.
  const exists = day !== undefined && !Number.isNaN(Date.parse(day)) && timestamp(Date.parse(day)).startsWith(day);
  if (exists && !Number.isNaN(Date.parse(word))) return timestamp(Date.parse(word));
  throw usageError(`${flag} ${JSON.stringify(text)} is not a time`, {
    reason: 'write 12h, 30d, 2030-01-01 or 2030-01-01T12:00:00Z',
  });
}

function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function parseCount(text: string, flag: string, min: number, max: number): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw usageError(`${flag} ${JSON.stringify(text)} is not a whole number from ${min} to ${max}`);
  }
  return value;
}
