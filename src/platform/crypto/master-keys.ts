import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Env } from '../env/env.js';
import { ImpossibleError, UnavailableError } from '../errors/registry-error.js';
import { hmacSha256 } from './digest.js';
import { writeKeyFile } from './key-file.js';

const KEY_BYTES = 32;

/** A key that wraps data keys, and the name its wrappings are marked with (which tells nothing of it). */
export interface MasterKey {
  id: string;
  key: Buffer;
}

export const masterKeyOf = (key: Buffer): MasterKey => ({
  id: hmacSha256(key, 'master key id').toString('hex').slice(0, 16),
  key,
});

/**
 * The keys of REGISTRY_MASTER_KEY, the first of which wraps; on the embedded database after them that of
 * `DATA_DIR/master.key`, which is made when the first secret is stored. They never reach the database.
 */
@Injectable()
export class MasterKeys {
  private readonly given: readonly MasterKey[];
  private readonly file: string;
  private loading?: Promise<readonly MasterKey[]>;

  constructor(
    env: Env,
    private readonly uow: UnitOfWork,
  ) {
    this.given = env.masterKeys.map(masterKeyOf);
    this.file = join(env.dataDir, 'master.key');
  }

  /** All there are, the one that wraps first. */
  all(): Promise<readonly MasterKey[]> {
    this.loading ??= this.load().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  /**
   * The key that wraps, made when there is none and nothing depends on one that was lost.
   * @throws ImpossibleError `secrets.no_master_key` on a database of its own without REGISTRY_MASTER_KEY
   */
  async wrapping(mayMake: boolean): Promise<MasterKey> {
    const [first] = await this.all();
    if (first) return first;
    if (!this.uow.embedded || !mayMake)
      throw new ImpossibleError(
        'secrets.no_master_key',
        this.uow.embedded
          ? `The master key is not there: restore ${this.file} or set REGISTRY_MASTER_KEY.`
          : 'No secret can be stored before REGISTRY_MASTER_KEY is set: 32 bytes in base64 (openssl rand -base64 32).',
      );
    const made = masterKeyOf(randomBytes(KEY_BYTES));
    await writeKeyFile(this.file, made.key.toString('base64'));
    this.loading = Promise.resolve([made]);
    return made;
  }

  private async load(): Promise<readonly MasterKey[]> {
    const own = this.uow.embedded ? await this.ofFile() : undefined;
    return own && !this.given.some(({ id }) => id === own.id) ? [...this.given, own] : this.given;
  }

  /** Only a file that is not there is none: one that cannot be read must not be written over. */
  private async ofFile(): Promise<MasterKey | undefined> {
    try {
      const key = Buffer.from((await readFile(this.file, 'utf8')).trim(), 'base64');
      if (key.length === KEY_BYTES) return masterKeyOf(key);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new UnavailableError('secrets.master_key_unreadable', `${this.file} cannot be read.`, error);
    }
    throw new UnavailableError('secrets.master_key_unreadable', `${this.file} does not hold 32 bytes in base64.`);
  }
}
