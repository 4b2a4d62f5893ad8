import lt from 'semver/functions/lt.js';
import valid from 'semver/functions/valid.js';
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
  return valid(one) !== null && valid(other) !== null && lt(one, other);
}
