import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AuditSubject } from '../audit/audit-record.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { UnavailableError } from '../errors/registry-error.js';
import { decrypt, encrypt } from './aes-gcm.js';
import { MasterKeys } from './master-keys.js';
import type { MasterKey } from './master-keys.js';

/** What a data key is for: sealing, where a newer one takes over, or fingerprints, which must stay comparable. */
export type DataKeyPurpose = 'seal' | 'fingerprint';

export interface DataKey {
  version: number;
  key: Buffer;
}

interface DataKeyRow {
  version: number;
  purpose: DataKeyPurpose;
  wrapped: Buffer;
  master_key_id: string;
}

/** A data key as it may be shown: everything but the key. */
export interface DataKeyState {
  version: number;
  purpose: DataKeyPurpose;
  /** Newest of its purpose. */
  current: boolean;
  master_key_id: string;
  /** Whether this process was given the master key that wraps it. */
  available: boolean;
  created_at: Date;
  wrapped_at: Date;
}

/**
 * How long another replica's rotation may go unnoticed; until then this one seals with the key before, which stays good.
 * Whoever moves what is sealed to a new key waits longer than that before it says that it is done.
 */
export const CURRENT_FOR_MS = 5000;
const ATTEMPTS = 5;
const KEY_BYTES = 32;
const COLUMNS = 'version, purpose, wrapped, master_key_id';

/** A wrapped key moved to another row does not open. */
const contextOf = (purpose: DataKeyPurpose, version: number): string => `data_key:${purpose}:${version}`;

/**
 * The keys that secrets are sealed with: in the database wrapped by a master key, in clear in memory only. A key made in a
 * transaction is remembered when that has committed, since it is gone when it has not.
 */
@Injectable()
export class DataKeys {
  private readonly known = new Map<number, Buffer>();
  private readonly newest = new Map<DataKeyPurpose, { key: DataKey; at: number }>();

  constructor(
    private readonly uow: UnitOfWork,
    private readonly masters: MasterKeys,
    private readonly audit: AuditTrail,
  ) {}

  /** Whether there is a master key to wrap with. */
  async available(): Promise<boolean> {
    return (await this.masters.all()).length > 0;
  }

  /** The key to use now; the first one is made when it is asked for. */
  async current(purpose: DataKeyPurpose): Promise<DataKey> {
    const newest = this.newest.get(purpose);
    if (newest && performance.now() - newest.at < CURRENT_FOR_MS) return newest.key;
    const [row] = await this.uow.query<DataKeyRow & object>(
      `SELECT ${COLUMNS} FROM data_key WHERE purpose = $1 ORDER BY version DESC LIMIT 1`,
      [purpose],
    );
    const key = row ? await this.unwrapped(row) : await this.make(purpose);
    this.remember(purpose, key);
    return key;
  }

  /** The key of something sealed; undefined when there never was one of this version. */
  async find(version: number): Promise<Buffer | undefined> {
    const known = this.known.get(version);
    if (known) return known;
    const sql = `SELECT ${COLUMNS} FROM data_key WHERE version = $1`;
    const [row] = await this.uow.query<DataKeyRow & object>(sql, [version]);
    if (!row) return undefined;
    const { key } = await this.unwrapped(row);
    this.uow.afterCommit(() => this.known.set(version, key));
    return key;
  }

  /** From now on secrets are sealed with a new key. What was sealed before stays as it is and opens as before. */
  async rotate(): Promise<number> {
    const { version } = await this.uow.run(async () => {
      const key = await this.make('seal', (await this.current('seal')).version);
      this.remember('seal', key);
      return key;
    });
    return version;
  }

  /** All there are, the newest first. */
  async list(): Promise<DataKeyState[]> {
    const rows = await this.uow.query<Omit<DataKeyState, 'available'>>(
      `SELECT version, purpose, master_key_id, created_at, wrapped_at,
         version = max(version) OVER (PARTITION BY purpose) AS current
       FROM data_key ORDER BY version DESC`,
    );
    const given = new Set((await this.masters.all()).map(({ id }) => id));
    return rows.map((row) => ({ ...row, available: given.has(row.master_key_id) }));
  }

  /** Wraps every data key that another master key wraps by the first one of REGISTRY_MASTER_KEY. Answers how many. */
  rewrap(): Promise<number> {
    return this.uow.run(async () => {
      const [first] = await this.masters.all();
      if (!first) return 0;
      const rows = await this.uow.query<DataKeyRow & object>(
        `SELECT ${COLUMNS} FROM data_key WHERE master_key_id <> $1 ORDER BY version FOR UPDATE`,
        [first.id],
      );
      for (const row of rows) {
        const { key } = await this.unwrapped(row);
        await this.uow.query(
          'UPDATE data_key SET wrapped = $2, master_key_id = $3, wrapped_at = clock_timestamp() WHERE version = $1',
          [row.version, encrypt(key, first.key, contextOf(row.purpose, row.version)), first.id],
        );
        await this.audit.record({
          action: 'data_key.rewrap',
          subject: subjectOf(row.version),
          before: { master_key_id: row.master_key_id },
          after: { master_key_id: first.id },
        });
      }
      return rows.length;
    });
  }

  private remember(purpose: DataKeyPurpose, key: DataKey): void {
    this.uow.afterCommit(() => {
      this.known.set(key.version, key.key);
      this.newest.set(purpose, { key, at: performance.now() });
    });
  }

  /** A new key after `former`; the one that another process made meanwhile, when it was faster. */
  private async make(purpose: DataKeyPurpose, former = 0): Promise<DataKey> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const [{ last, any }] = await this.uow.query<{ last: number; any: boolean }>(
        'SELECT coalesce(max(version), 0)::integer AS last, count(*) > 0 AS any FROM data_key',
      );
      const master = await this.masters.wrapping(!any);
      const key = randomBytes(KEY_BYTES);
      const version = last + 1;
      if (await this.insert(purpose, { version, key }, master)) return { version, key };
      const [row] = await this.uow.query<DataKeyRow & object>(
        `SELECT ${COLUMNS} FROM data_key WHERE purpose = $1 AND version > $2 ORDER BY version DESC LIMIT 1`,
        [purpose, former],
      );
      if (row) return this.unwrapped(row);
    }
    throw new UnavailableError('secrets.busy', 'Others are making keys at this moment: try again.');
  }

  /** False when another process has made a key of this version. */
  private insert(purpose: DataKeyPurpose, { version, key }: DataKey, master: MasterKey): Promise<boolean> {
    return this.uow.run(async () => {
      const made = await this.uow.query(
        `INSERT INTO data_key (version, purpose, wrapped, master_key_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING RETURNING 1`,
        [version, purpose, encrypt(key, master.key, contextOf(purpose, version)), master.id],
      );
      if (made.length === 0) return false;
      const after = { purpose, master_key_id: master.id };
      await this.audit.record({ action: 'data_key.create', subject: subjectOf(version), after });
      return true;
    });
  }

  private async unwrapped(row: DataKeyRow): Promise<DataKey> {
    const { version, purpose, wrapped } = row;
    const context = contextOf(purpose, version);
    for (const master of candidates(await this.masters.all(), row)) {
      const key = decrypt(wrapped, master.key, context);
      if (key) return { version, key };
    }
    throw new UnavailableError(
      'secrets.master_key_missing',
      `Data key ${version} is wrapped by master key ${row.master_key_id}, which this process was not given.`,
    );
  }
}

const subjectOf = (version: number): AuditSubject => ({ type: 'data_key', id: String(version) });

const candidates = (masters: readonly MasterKey[], row: DataKeyRow): MasterKey[] =>
  masters.filter(({ id }) => id === row.master_key_id);
