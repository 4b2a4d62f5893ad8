import semver from 'semver';
import { TYPES_BY_PREFIX, prefixOf } from './entry-types.js';

/** What an entry may be named, after trimming and lower-casing. */
export const NAME_PATTERN = /^[a-z0-9]([a-z0-9._+-]{0,126}[a-z0-9+])?$/;

const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** How a client named an entry: by public id, or by key with or without a version. */
export type EntryReference = { uid: string } | { type: string; name: string; version?: string };

/** The key of an entry: `svc_my-api`, `plugin_tensorflow@2.1.0`. An empty version is none. */
export const keyOf = (type: string, name: string, version: string): string =>
  version === '' ? `${prefixOf(type)}_${name}` : `${prefixOf(type)}_${name}@${version}`;

/**
 * Reads an id or key; undefined when it can be neither. A bare name is a feature category: `ai-ml` stands for
 * `feature_ai-ml` wherever an id is taken.
 */
export function parseReference(text: string): EntryReference | undefined {
  if (text.length > 300) return undefined;
  if (UUID_PATTERN.test(text)) return { uid: text.toLowerCase() };
  const at = text.indexOf('@');
  const path = (at < 0 ? text : text.slice(0, at)).toLowerCase();
  const version = at < 0 ? undefined : text.slice(at + 1);
  if (version === '') return undefined;
  const known = TYPES_BY_PREFIX.find(([prefix]) => path.startsWith(`${prefix}_`));
  const [type, name] = known ? [known[1], path.slice(known[0].length + 1)] : ['feature', path];
  return NAME_PATTERN.test(name) ? { type, name, version } : undefined;
}

/** A name made from free text: `My API (v2)` → `my-api-v2`; undefined when nothing usable is left. */
export function slugOf(title: string): string | undefined {
  const slug = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._+]+/g, '-')
    .slice(0, 100)
    .replace(/^[^a-z0-9]+|[^a-z0-9+]+$/g, '');
  return NAME_PATTERN.test(slug) ? slug : undefined;
}

/** Numbers as numbers, the rest as text: for versions that are no semver (`2.36-9+deb12u10`). */
const natural = new Intl.Collator('en', { numeric: true });

/** Orders versions, older first: semver where both are, else by their parts; no version is oldest. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? -1 : 1;
  if (semver.valid(a) && semver.valid(b)) return semver.compareBuild(a, b);
  return natural.compare(a, b) || (a < b ? -1 : 1);
}
