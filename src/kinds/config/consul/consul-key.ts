import { createHash } from 'node:crypto';
import { NAME_PATTERN } from '../../../entries/entry-key.js';

/** What is remembered of a value that Consul's words are more than ours for, in the metadata of its entry. */
export const CONSUL_MEMBER = 'consul';
const MOST_SLUG = 100;
const HASH_LENGTH = 16;
const HASHED = /\+[0-9a-f]{16}$/;

/** A value as far as its key goes. */
interface Named {
  name: string;
  metadata: Readonly<Record<string, unknown>>;
}

/**
 * The name of the configuration value for a key of Consul. Where nothing but slashes stands in the way they become dots:
 * `app/db/pool` is `app.db.pool`. Any other key (capitals, dots, a slash at its end) has a name made of what can be kept of
 * it and a hash, and stands in the metadata: so two keys never share a name, and no key is too long.
 */
export function nameOfKey(key: string): string {
  const plain = key.replaceAll('/', '.');
  if (!key.includes('.') && NAME_PATTERN.test(plain) && !HASHED.test(plain)) return plain;
  const hash = createHash('sha256').update(key).digest('hex').slice(0, HASH_LENGTH);
  return `${slugOf(key)}+${hash}`;
}

/** The key that a value is known by. */
export function keyOfValue({ name, metadata }: Named): string {
  const { key } = (metadata[CONSUL_MEMBER] ?? {}) as { key?: unknown };
  // What somebody wrote there by hand must not be taken for another's.
  return typeof key === 'string' && nameOfKey(key) === name ? key : name.replaceAll('.', '/');
}

/** What the names of all keys that begin so begin with. */
export function namePrefixOf(keyPrefix: string): string {
  const [same] = /^(?:[a-z0-9][a-z0-9_+/-]*)?/.exec(keyPrefix)!;
  return same.replaceAll('/', '.').slice(0, MOST_SLUG);
}

/** What belongs into the metadata for a key: nothing for one that its name tells. */
export const rememberedKey = (key: string): string | null =>
  nameOfKey(key) === key.replaceAll('/', '.') && !key.includes('.') ? null : key;

/** Begins as the key does, as long as that is made of what names hold. */
const slugOf = (key: string): string =>
  key
    .replaceAll('/', '.')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._+-]/g, '-')
    .slice(0, MOST_SLUG)
    .replace(/^[^a-z0-9]+/, '') || 'key';
