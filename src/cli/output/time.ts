const STEPS: readonly (readonly [limit: number, size: number, unit: string])[] = [
  [60, 1, 's'],
  [3600, 60, 'm'],
  [86_400, 3600, 'h'],
  [86_400 * 60, 86_400, 'd'],
  [86_400 * 730, 86_400 * 30, 'mo'],
  [Number.POSITIVE_INFINITY, 86_400 * 365, 'y'],
];

/** `3m`, `2h`, `5d`: how long ago, for a person. */
export function age(timestamp: unknown, now = Date.now()): string {
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(at)) return '-';
  return span(Math.max(0, Math.floor((now - at) / 1000)), Math.floor);
}

/** `in 30d`, `2h ago`: a moment before or after now, for a person; `fallback` when there is none. */
export function relative(timestamp: unknown, fallback: string, now = Date.now()): string {
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(at)) return fallback;
  const seconds = Math.round((at - now) / 1000);
  // What was made a moment ago to end in 30 days ends in 30 days, not in 29.
  return seconds > 0 ? `in ${span(seconds, Math.round)}` : `${span(-seconds, Math.floor)} ago`;
}

function span(seconds: number, whole: (value: number) => number): string {
  for (const [limit, size, unit] of STEPS) if (seconds < limit) return `${whole(seconds / size)}${unit}`;
  return '-';
}

/** `4.2 s`, `1 m 05 s`. */
export function elapsed(milliseconds: number): string {
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`;
}

export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
