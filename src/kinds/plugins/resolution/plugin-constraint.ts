import semver from 'semver';
import { ConstraintError } from './constraint-error.js';
import type { Need } from './universe.js';

/** A key's prefix may stand before the name; after it `@`, a space or an operator begins the range. */
const SHAPE = /^(?:plugin_)?([a-z0-9](?:[a-z0-9._+-]*[a-z0-9+])?)(\s*@\s*|\s+|(?=[<>=~^*!|]))?(.*)$/i;
const MOST_NAME = 128;

/** Newest first: SemVer's order, builds of one version by their text. */
export const compareSemver = (a: string, b: string): number => semver.compareBuild(a, b);

/**
 * `tensorflow-svc>=2.0.0,<3.0.0`, `name`, `name@^1.2`, `name ~1.2 || ^2`: a name and a range as npm reads it, commas
 * standing for spaces. Without a range any release will do. Pre-releases are taken where the range names one of the same
 * version only (`>=2.0.0-rc.1`).
 * @throws ConstraintError
 */
export function pluginConstraint(text: string): Need {
  const [, name = '', separator = '', rest = ''] = SHAPE.exec(text.trim()) ?? [];
  if (name === '' || name.length > MOST_NAME) throw new ConstraintError('must begin with the name of a plugin');
  const written = rest.trim();
  if (separator.includes('@') && written === '') throw new ConstraintError('must have a range of versions after the @');
  const range = rangeOf(written);
  return { name: name.toLowerCase(), text: text.trim(), accepts: (version) => range.test(version) };
}

function rangeOf(written: string): semver.Range {
  if (written.startsWith(',') || written.endsWith(','))
    throw new ConstraintError('must have a range beside each comma');
  try {
    return new semver.Range(written.replaceAll(',', ' ').replace(/(^|[\s|])==(?!=)/g, '$1='));
  } catch {
    throw new ConstraintError(
      'must be a name and a range of SemVer versions, such as store>=1.2.0,<2.0.0 or store@^1.2',
    );
  }
}
