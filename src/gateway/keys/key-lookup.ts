import { Injectable } from '@nestjs/common';
import type { Grant } from '../caller.js';
import { grantOfKey } from '../caller.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { keyTypeOf } from './key-format.js';
import { KeyHasher } from './key-hasher.js';

/** What a raw API key allows. A mistyped one never reaches the database. */
@Injectable()
export class KeyLookup {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly hasher: KeyHasher,
  ) {}

  async grant(key: string): Promise<Grant | undefined> {
    const type = keyTypeOf(key);
    if (!type) return undefined;
    const candidates = this.hasher.candidates(key);
    const match = await this.keys.findLiveByHash(candidates);
    // The prefix is bound to the type: a row that says otherwise was not written by us.
    if (!match || match.row.type !== type) return undefined;
    // Only now is the key at hand in clear: move it to the present pepper.
    if (match.found !== candidates[0]) await this.keys.rehash(match.row.id, candidates[0]);
    return grantOfKey(match.row);
  }
}
