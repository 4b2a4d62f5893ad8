const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const WHOLE = /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/;
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;

/** `1m30s` in milliseconds, as Go reads it; undefined when it is none. */
export function goDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (text.length > 64 || !WHOLE.test(text)) return undefined;
  let ms = 0;
  for (const [, number, unit] of text.matchAll(PART)) ms += Number(number) * UNITS[unit];
  return ms;
}
