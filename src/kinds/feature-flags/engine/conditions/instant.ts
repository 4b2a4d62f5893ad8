const RFC3339 = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)?)?$/;

/** Unix milliseconds of a date or time (without a zone: UTC), or of a number of them; undefined when it is neither. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (value instanceof Date) return value.getTime();
  if (typeof value !== 'string' || !RFC3339.test(value)) return undefined;
  const zoned = value.length === 10 || /(?:z|[+-]\d\d:\d\d)$/i.test(value) ? value : `${value}Z`;
  const time = Date.parse(zoned.replace(' ', 'T'));
  return Number.isNaN(time) ? undefined : time;
}
