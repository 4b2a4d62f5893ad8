import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const SALT = 16;
const IV = 12;
const TAG = 16;

const keyFrom = (secret: string, salt: Buffer, context: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, context, 32));

/**
 * Encrypts with AES-256-GCM under a key derived (HKDF-SHA256, salt of its own) from a secret of high entropy, such as
 * an API key; never from a password. `context` binds the purpose: it must be the same when opened.
 */
export function seal(plain: string, secret: string, context: string): Buffer {
  const salt = randomBytes(SALT);
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', keyFrom(secret, salt, context), iv);
  cipher.setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), sealed]);
}

/** The text that was sealed; undefined with another secret or context, or when a byte of it was changed. */
export function unseal(sealed: Buffer, secret: string, context: string): string | undefined {
  if (sealed.length < SALT + IV + TAG) return undefined;
  const key = keyFrom(secret, sealed.subarray(0, SALT), context);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(SALT, SALT + IV), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(SALT + IV, SALT + IV + TAG));
  try {
    return decipher.update(sealed.subarray(SALT + IV + TAG), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
