/** One way to satisfy a dependency: `libc6 (>= 2.36)`. */
export interface Alternative {
  name: string;
  op?: string;
  version?: string;
}

/** Alternatives of which any one will do: `a | b`. */
export type Group = readonly Alternative[];

export interface Provided {
  name: string;
  version?: string;
}

/** What an index says of one binary package, whichever form it came in. */
export interface DebianPackage {
  name: string;
  version: string;
  section?: string;
  summary?: string;
  description?: string;
  maintainer?: string;
  homepage?: string;
  tags?: readonly string[];
  /** KiB, as Debian counts it. */
  installedSize?: number;
  depends: readonly Group[];
  recommends: readonly Group[];
  provides: readonly Provided[];
}

/** A line or paragraph that is no package; the message says why, without its position. */
export class BrokenPackageError extends Error {}

const NONE: readonly never[] = [];

/** A line of the JSON form. */
export function parsePackageLine(text: string): DebianPackage {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new BrokenPackageError(`not valid JSON: ${(error as Error).message}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new BrokenPackageError('not a JSON object');
  return {
    name: required(value, 'name'),
    version: required(value, 'version'),
    section: optionalText(value, 'section'),
    summary: optionalText(value, 'summary'),
    description: optionalText(value, 'description'),
    maintainer: optionalText(value, 'maintainer'),
    homepage: optionalText(value, 'homepage'),
    tags: value.tags === undefined ? undefined : texts(value.tags, 'tags'),
    installedSize: optionalNumber(value, 'installedSize'),
    depends: groups(value.depends, 'depends'),
    recommends: groups(value.recommends, 'recommends'),
    provides: provided(value.provides),
  };
}

function required(value: Record<string, unknown>, field: string): string {
  const found = value[field];
  if (typeof found === 'string' && found !== '') return found;
  throw new BrokenPackageError(`${field} is missing or no text`);
}

function optionalText(value: Record<string, unknown>, field: string): string | undefined {
  const found = value[field];
  if (found === undefined || found === null || found === '') return undefined;
  if (typeof found === 'string') return found;
  throw new BrokenPackageError(`${field} is no text`);
}

function optionalNumber(value: Record<string, unknown>, field: string): number | undefined {
  const found = value[field];
  if (found === undefined || found === null) return undefined;
  if (typeof found === 'number' && Number.isFinite(found) && found >= 0) return found;
  throw new BrokenPackageError(`${field} is no number`);
}

function texts(found: unknown, field: string): string[] {
  if (Array.isArray(found) && found.every((item) => typeof item === 'string')) return found;
  throw new BrokenPackageError(`${field} is no list of texts`);
}

function groups(found: unknown, field: string): readonly Group[] {
  if (found === undefined || found === null) return NONE;
  if (!Array.isArray(found)) throw new BrokenPackageError(`${field} is no list`);
  for (const group of found as unknown[]) {
    if (!Array.isArray(group) || group.length === 0)
      throw new BrokenPackageError(`${field} holds a group without alternatives`);
    for (const alternative of group as unknown[]) assertAlternative(alternative, field);
  }
  return found as Group[];
}

function assertAlternative(found: unknown, field: string): void {
  const { name, op, version } = (found ?? {}) as Partial<Record<'name' | 'op' | 'version', unknown>>;
  const sound = typeof name === 'string' && name !== '' && isTextOrNone(op) && isTextOrNone(version);
  if (!sound) throw new BrokenPackageError(`${field} holds an alternative without a name`);
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

function provided(found: unknown): readonly Provided[] {
  if (found === undefined || found === null) return NONE;
  if (!Array.isArray(found)) throw new BrokenPackageError('provides is no list');
  return found.map((item: unknown): Provided => {
    if (typeof item === 'string' && item !== '') return { name: item };
    const { name, version } = (item ?? {}) as Partial<Record<'name' | 'version', unknown>>;
    if (typeof name !== 'string' || name === '')
      throw new BrokenPackageError('provides holds something without a name');
    return typeof version === 'string' ? { name, version } : { name };
  });
}
