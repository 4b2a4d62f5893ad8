import { CliError } from './errors.js';

export interface Versions {
  /** This program's. */
  own: string;
  /** As the answer itself says, and as one before it did. */
  answered?: string;
  remembered?: string;
}

/**
 * What is said of a route of this program's own that the server does not have: that the server is older, if it is, and what
 * to do. A server that does not say its version is from before they did.
 */
export function explainedByAge(error: CliError, route: string, { own, answered, remembered }: Versions): CliError {
  const older = (version: string | undefined): boolean => version !== undefined && isOlder(version, own);
  const server = answered ?? (older(remembered) ? remembered : undefined);
  if (server !== undefined && !older(server)) return error;
  const is = server === undefined ? 'the server does not tell its version' : `the server is version ${server}`;
  const use = server === undefined ? "use the server's own ureg" : `use ureg ${server}`;
  return new CliError(error.code, `the server does not know ${route}`, {
    ...error,
    reason: `${is}, this ureg is ${own}: the command needs a newer server; upgrade it, or ${use}`,
    next: undefined,
    cause: error.cause,
  });
}

/** Whether one comes before the other by Semantic Versioning 2.0.0, 11; what is no version is not older than anything. */
export function isOlder(one: string, other: string): boolean {
  const [a, b] = [parsed(one), parsed(other)];
  return a !== undefined && b !== undefined && compare(a, b) < 0;
}

type Part = number | string;
type Parsed = readonly [release: readonly Part[], pre: readonly Part[]];

function parsed(version: string): Parsed | undefined {
  const [, release, pre] = /^v?(\d+\.\d+\.\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/.exec(version) ?? [];
  if (release === undefined) return undefined;
  const parts = (text: string): Part[] => text.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return [parts(release), pre === undefined ? [] : parts(pre)];
}

function compare([one, onePre]: Parsed, [other, otherPre]: Parsed): number {
  const release = compareParts(one, other);
  if (release !== 0 || onePre.length === 0 || otherPre.length === 0)
    return release || Number(otherPre.length > 0) - Number(onePre.length > 0) || 0;
  return compareParts(onePre, otherPre);
}

function compareParts(one: readonly Part[], other: readonly Part[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const [a, b] = [one[index], other[index]];
    if (a === b) continue;
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    if (typeof a === typeof b) return a < b ? -1 : 1;
    return typeof a === 'number' ? -1 : 1;
  }
  return 0;
}
