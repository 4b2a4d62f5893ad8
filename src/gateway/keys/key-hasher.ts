import { Injectable } from '@nestjs/common';
import { hmacSha256, sha256 } from '../../platform/crypto/digest.js';
import { Env } from '../../platform/env/env.js';

/** How a key's stored hash was made: 0 is SHA-256, 1 is HMAC-SHA256 with a pepper that only the service knows. */
export interface KeyHash {
  hash: Buffer;
  version: 0 | 1;
}

/**
 * Keys are 256 random bits, so a fast hash is enough: there is nothing to guess, and a slow one would only help to
 * exhaust the service. A pepper (API_KEY_PEPPER) makes a stolen table useless even for checking a key found elsewhere.
 */
@Injectable()
export class KeyHasher {
  private readonly peppers: readonly string[];

  constructor(env: Env) {
    this.peppers = (env.apiKeyPepper ?? '')
      .split(',')
      .map((pepper) => pepper.trim())
      .filter((pepper) => pepper !== '');
  }

  /** The hash a key is stored under from now on. */
  hash(key: string): KeyHash {
    return this.candidates(key)[0];
  }

  /** Every hash this key may be stored under, the present way first: former peppers and none still work. */
  candidates(key: string): KeyHash[] {
    const peppered = this.peppers.map((pepper): KeyHash => ({ hash: hmacSha256(pepper, key), version: 1 }));
    return [...peppered, { hash: sha256(key), version: 0 }];
  }
}
