import { hkdfSync, randomBytes } from 'node:crypto';
import { decrypt, encrypt } from './aes-gcm.js';

const SALT = 16;

const keyFrom = (secret: string, salt: Buffer, context: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, context, 32));

/**
 * Encrypts under a key derived (HKDF-SHA256, salt of its own) from a secret of high entropy that the caller brings, such
 * as an API key; never from a password. `context` binds the purpose: it must be the same when opened. What the service
 * itself must be able to open is sealed by SecretBox.
 */
export function seal(plain: string, secret: string, context: string): Buffer {
  const salt = randomBytes(SALT);
  return Buffer.concat([salt, encrypt(Buffer.from(plain), keyFrom(secret, salt, context), context)]);
}

/** The text that was sealed; undefined with another secret or context, or when a byte of it was changed. */
export function unseal(sealed: Buffer, secret: string, context: string): string | undefined {
  const key = keyFrom(secret, sealed.subarray(0, SALT), context);
  return decrypt(sealed.subarray(SALT), key, context)?.toString('utf8');
}
