import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { UnavailableError } from '../../platform/errors/registry-error.js';
import { Logger } from '../../platform/logging/logger.js';

/** A place in the chain and the hash there. */
export interface ChainPlace {
  seq: number;
  hash: Buffer;
}

/** There are signed places, and this process was not given the master key to sign the next. */
export class NoSigningKeyError extends Error {}

/**
 * Signs the end of the chain with a key that only a holder of the master key has: who can write to the database and not
 * more may compute every hash anew, but not this. Where no master key was given nothing is signed.
 */
@Injectable()
export class AuditCheckpoints {
  private readonly logger: Logger;
  private signedBefore = false;
  private told = false;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly box: SecretBox,
    logger: Logger,
  ) {
    this.logger = logger.child('audit');
  }

  /** Whether this process can sign and check signatures: it was given the master key, and the right one. */
  async available(): Promise<boolean> {
    try {
      if (!(await this.box.available())) return false;
      await this.mac({ seq: 0, hash: Buffer.alloc(0) });
      return true;
    } catch (error) {
      if (error instanceof UnavailableError) return false;
      throw error;
    }
  }

  /** Whether nothing is signed yet and this process could. */
  async canBegin(): Promise<boolean> {
    if (!(await this.available())) return false;
    return (await this.uow.query('SELECT 1 FROM audit_checkpoint LIMIT 1')).length === 0;
  }

  mac({ seq, hash }: ChainPlace): Promise<string> {
    return this.box.fingerprint({ table: 'audit_seal', row: String(seq), field: 'hash' }, hash.toString('hex'));
  }

  /**
   * Signs `end`, in the transaction that made the chain reach from `start` to there. An unsigned start is left so: whoever
   * changed the chain would have it signed with the next row.
   * @throws NoSigningKeyError when others sign
   */
  async sign(start: ChainPlace, end: ChainPlace, keyed: boolean): Promise<void> {
    const [{ mac, any }] = await this.uow.query<{ mac: string | null; any: boolean }>(
      `SELECT (SELECT mac FROM audit_checkpoint WHERE seq = $1) AS mac, EXISTS (SELECT FROM audit_checkpoint) AS any`,
      [start.seq],
    );
    if (!keyed) {
      if (any) throw new NoSigningKeyError('The audit trail is signed, and the master key is not there.');
      return;
    }
    const sound = any ? mac === (await this.mac(start)) : !this.signedBefore;
    if (!sound) this.tell(start);
    else
      await this.uow.query(
        'INSERT INTO audit_checkpoint (seq, mac) VALUES ($1, $2) ON CONFLICT (seq) DO NOTHING',
        [end.seq, await this.mac(end)],
        'audit-checkpoint-add',
      );
    this.uow.afterCommit(() => (this.signedBefore ||= sound));
  }

  private tell({ seq }: ChainPlace): void {
    if (!this.told) this.logger.error({ seq }, 'the audit trail was changed: its end is not signed and stays so');
    this.told = true;
  }
}
