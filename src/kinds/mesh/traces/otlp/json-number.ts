/** A number as JSON carries it exactly; else its text (`NaN`, `9223372036854775807`). */
export function jsonNumber(value: number | bigint): number | string {
  const number = Number(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(number) ? number : String(value);
  return Number.isFinite(value) ? value : String(value);
}
