import type { ExportRoute, ExportTest } from './route-set.js';

/** A text as a regular expression that matches it alone. */
export const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, (sign) => (sign === '/' || sign === '-' ? sign : `\\${sign}`)); // prettier-ignore

/** What a whole path must match, for proxies whose prefixes are none of whole segments. */
export function pathPattern({ type, value }: ExportRoute['path']): string {
  if (type === 'regex') return value;
  if (type === 'exact') return literal(value);
  const prefix = withoutSlash(value);
  return prefix === '' ? '/.*' : `${literal(prefix)}(/.*)?`;
}

export const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

/** What the whole of a header must match. Cookies are looked for within theirs. */
export function headerPattern(test: ExportTest): string {
  const value = valuePattern(test);
  return test.on === 'header' ? value : `(.*;\\s*)?${literal(test.name)}=${value}(;.*)?`;
}

function valuePattern({ on, match, value }: ExportTest): string {
  const any = on === 'cookie' ? '[^;]*' : '.*';
  if (match === 'present') return any;
  if (match === 'prefix') return `${literal(value)}${any}`;
  return match === 'exact' ? literal(value) : `(?:${value})`;
}

export const headerName = ({ on, name }: ExportTest): string => (on === 'cookie' ? 'cookie' : name);

/** Whether every request's path is taken. */
export const isEveryPath = ({ type, value }: ExportRoute['path']): boolean => type === 'prefix' && value === '/';
