import { randomBytes } from 'node:crypto';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 4 × 62: bytes from here on are drawn again, since `% 62` over all 256 would favour the first eight digits. */
const FAIR_BELOW = 248;

/** Random digits and letters, each equally likely: 5.95 bits a character. */
export function randomBase62(length: number): string {
  let out = '';
  while (out.length < length) {
    for (const byte of randomBytes(length + 8)) {
      if (byte < FAIR_BELOW && out.length < length) out += DIGITS[byte % 62];
    }
  }
  return out;
}

/** A whole number in base 62, padded with `0` on the left. */
export function toBase62(value: number, width: number): string {
  let out = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) out = DIGITS[rest % 62] + out;
  return out.padStart(width, '0');
}
