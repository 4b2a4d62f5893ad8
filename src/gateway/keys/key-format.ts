import { crc32 } from 'node:zlib';
import { randomBase62, toBase62 } from '../../platform/crypto/base62.js';

export const KEY_TYPES = ['api_key', 'service_key', 'admin_key'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

const PREFIXES: Record<KeyType, string> = { api_key: 'ureg_', service_key: 'svc_', admin_key: 'admin_' };
const FORMAT = /^(ureg|svc|admin)_[0-9A-Za-z]{49}$/;
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

const checksumOf = (text: string): string => toBase62(crc32(text), CHECKSUM_LENGTH);

export const prefixOf = (type: KeyType): string => PREFIXES[type];

/**
 * A new key: prefix, 43 random characters (256 bits), and the CRC-32 of all that in base 62. The checksum lets a mistyped
 * key be refused without a look-up and a scanner tell a key from a look-alike; it guards nothing.
 */
export const makeKey = (type: KeyType): string => makeSecret(PREFIXES[type]);

function makeSecret(prefix: string): string {
  const body = prefix + randomBase62(SECRET_LENGTH);
  return body + checksumOf(body);
}

const isWhole = (secret: string): boolean =>
  checksumOf(secret.slice(0, -CHECKSUM_LENGTH)) === secret.slice(-CHECKSUM_LENGTH);

/** What a well-formed key is for, by its prefix; undefined when it is no key at all or mistyped. */
export function keyTypeOf(text: string): KeyType | undefined {
  if (!FORMAT.test(text) || !isWhole(text)) return undefined;
  return KEY_TYPES.find((type) => text.startsWith(PREFIXES[type]));
}

/** What may be shown of a key for ever: which one it is, never what it is (the last four are of the checksum). */
export const lastFourOf = (key: string): string => key.slice(-4);

/** Of the same form as a key, so that scanners and the log's redaction know it. */
const REFRESH_PREFIX = 'refresh_';
const REFRESH_FORMAT = /^refresh_[0-9A-Za-z]{49}$/;

export const makeRefreshToken = (): string => makeSecret(REFRESH_PREFIX);

/** Whether it can be a refresh token at all: a mistyped one is refused without a look-up. */
export const isRefreshToken = (text: string): boolean => REFRESH_FORMAT.test(text) && isWhole(text);
