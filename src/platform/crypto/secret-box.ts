import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { UnavailableError } from '../errors/registry-error.js';
import { Logger } from '../logging/logger.js';
import { decrypt, encrypt } from './aes-gcm.js';
import { DataKeys } from './data-keys.js';
import type { DataKeyState } from './data-keys.js';

/** Where a sealed text stands. `row` is the row's public id and `field` the path within it; neither may change later. */
export interface SecretPlace {
  table: string;
  row: string;
  field: string;
}

const SEALED = /^enc:v1:([1-9]\d{0,8}):([\w-]{38,})$/;

/** Authenticated beside the text: moved to another row or field, or marked with another version, it does not open. */
const contextOf = ({ table, row, field }: SecretPlace, version: number): string =>
  JSON.stringify(['enc:v1', version, table, row, field]);

/** Whether a text has the form of what {@link SecretBox.seal} answers. */
export const isSealed = (text: unknown): text is string => typeof text === 'string' && SEALED.test(text);

/**
 * Secrets that the service itself must be able to open: AES-256-GCM under a data key, as `enc:v1:<key version>:<base64url>`.
 * May be used inside of a transaction.
 */
@Injectable()
export class SecretBox implements OnApplicationBootstrap {
  private readonly logger: Logger;

  constructor(
    private readonly keys: DataKeys,
    logger: Logger,
  ) {
    this.logger = logger.child('secrets');
  }

  /** Moves data keys to the first of the master keys, when that has changed. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      const moved = await this.keys.rewrap();
      if (moved > 0) this.logger.info({ keys: moved }, 'data keys are wrapped by another master key now');
    } catch (error) {
      // Everything but secrets works without, and says what is wrong when one is asked for.
      this.logger.error({ err: error }, 'secrets cannot be opened');
    }
  }

  /** @throws ImpossibleError `secrets.no_master_key` when there is nothing to encrypt with */
  async seal(place: SecretPlace, plain: string): Promise<string> {
    const { version, key } = await this.keys.current('seal');
    const sealed = encrypt(Buffer.from(plain), key, contextOf(place, version));
    return `enc:v1:${version}:${sealed.toString('base64url')}`;
  }

  /** @throws UnavailableError when it was not sealed for this place, or its key cannot be had */
  async open(place: SecretPlace, sealed: string): Promise<string> {
    const [, version, text] = SEALED.exec(sealed) ?? [];
    const key = version && (await this.keys.find(Number(version)));
    const plain = key && decrypt(Buffer.from(text, 'base64url'), key, contextOf(place, Number(version)));
    if (plain) return plain.toString('utf8');
    throw new UnavailableError(
      'secrets.unreadable',
      `The secret ${place.field} of ${place.table} ${place.row} cannot be opened: it was changed or moved.`,
    );
  }

  /**
   * Tells equal secrets of one place from different ones without opening them: HMAC-SHA256 under a key that is never
   * rotated, so that it says the same for good. Shown to somebody, it helps nobody guess.
   */
  async fingerprint({ table, row, field }: SecretPlace, plain: string): Promise<string> {
    const { key } = await this.keys.current('fingerprint');
    return createHmac('sha256', key)
      .update(JSON.stringify([table, row, field, plain]))
      .digest('base64url');
  }

  /** Whether there is a master key, so that something can be sealed without making one. */
  available(): Promise<boolean> {
    return this.keys.available();
  }

  /** Version of the data key that secrets are sealed with now. */
  async version(): Promise<number> {
    return (await this.keys.current('seal')).version;
  }

  /** The data keys, without what they are. */
  dataKeys(): Promise<DataKeyState[]> {
    return this.keys.list();
  }

  /** New secrets are sealed with a new data key from now on; the old ones open as before. */
  rotate(): Promise<number> {
    return this.keys.rotate();
  }
}
