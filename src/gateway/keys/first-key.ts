import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Env } from '../../platform/env/env.js';
import { Logger } from '../../platform/logging/logger.js';
import { ApiKeyRepository } from './api-key.repository.js';
import type { ApiKeyRow } from './api-key.repository.js';
import { keyTypeOf, makeKey } from './key-format.js';
import { readKeyFile, writeKeyFile } from '../../platform/crypto/key-file.js';
import { keySubject } from './key-record.js';
import { KeyHasher } from './key-hasher.js';
import { KeysService } from './keys.service.js';

/** What the start has to say about the admin key. */
export interface FirstKeyAnnouncement {
  /** A key made at this start: to be shown once, it is stored nowhere else (but in `file`, where there is one). */
  key?: string;
  /** Where the key stands for the CLI (embedded database only). */
  file?: string;
  /** A sentence for the operator. */
  note?: string;
}

/** Who revoked a key that another one took the place of. */
const REPLACED = 'system:replaced';
const SETTINGS = {
  permissions: [],
  role: 'admin',
  role_permissions: null,
  allowed_ips: [],
  rate_limit: null,
  rate_window_seconds: null,
  metadata: {},
  expires_at: null,
};

/**
 * Sees to it at start that there is an admin key: REGISTRY_ADMIN_KEY's, or one made here and shown once. The table's lock
 * makes one process decide when many start together.
 */
@Injectable()
export class FirstKey implements OnApplicationBootstrap {
  private said: FirstKeyAnnouncement = {};
  private readonly file: string;
  private readonly logger: Logger;

  constructor(
    private readonly env: Env,
    private readonly uow: UnitOfWork,
    private readonly repository: ApiKeyRepository,
    private readonly keys: KeysService,
    private readonly hasher: KeyHasher,
    private readonly audit: AuditTrail,
    logger: Logger,
  ) {
    this.file = join(env.dataDir, 'admin.key');
    this.logger = logger.child('first-key');
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.env.adminKey) this.said = await this.useGiven(this.env.adminKey);
    else this.said = this.uow.embedded ? await this.ensureFile() : await this.ensureOne();
  }

  /** What this start did; a key in it is to be printed once and not logged. */
  announcement(): FirstKeyAnnouncement {
    return this.said;
  }

  /** Another value of REGISTRY_ADMIN_KEY takes the place of the former one. */
  private async useGiven(key: string): Promise<FirstKeyAnnouncement> {
    if (keyTypeOf(key) !== 'admin_key')
      throw new Error(
        'REGISTRY_ADMIN_KEY is mistyped: its last six characters do not fit the rest. `npm run admin-key` makes one.',
      );
    return this.uow.run(async () => {
      await this.repository.lockTable();
      const row = await this.repository.findByHash(this.hasher.candidates(key));
      if (row?.revoked_at && (row.revoked_by !== REPLACED || row.leaked_at)) {
        const note = `REGISTRY_ADMIN_KEY (…${row.last_four}) was revoked on ${row.revoked_at.toISOString()} and stays so: set another one.`;
        this.logger.warn(note);
        return { note };
      }
      const former = (await this.repository.liveOfOrigin('env')).filter((id) => id !== row?.id);
      await this.keys.end(former, REPLACED);
      if (row?.revoked_at) await this.restore(row);
      if (!row) await this.keys.store('admin_key', { ...SETTINGS, name: 'REGISTRY_ADMIN_KEY' }, 'env', { given: key });
      return {};
    });
  }

  /** On a database of its own: one key is made when nobody can administer, and whoever made it prints it. */
  private async ensureOne(): Promise<FirstKeyAnnouncement> {
    return this.uow.run(async () => {
      await this.repository.lockTable();
      const admins = await this.repository.lockUnrestricted();
      if (admins.length > 0) return {};
      return { key: await this.make() };
    });
  }

  /** Embedded, who can read the folder owns the data: a lost file is answered by a new key, and the lost one ends. */
  private async ensureFile(): Promise<FirstKeyAnnouncement> {
    const { file } = this;
    const present = await readKeyFile(file);
    const holds = present !== undefined && (await this.repository.findLiveByHash(this.hasher.candidates(present)));
    if (holds) return { file };
    const key = await this.uow.run(async () => {
      await this.repository.lockTable();
      await this.keys.end(await this.repository.liveOfOrigin('first'), REPLACED);
      return this.make();
    });
    try {
      await writeKeyFile(file, key);
      return { key, file };
    } catch (error) {
      this.logger.warn({ err: error }, `the admin key could not be written to ${file}`);
      return { key, note: `${file} could not be written: keep this key, the next start makes another.` };
    }
  }

  private async make(): Promise<string> {
    const key = makeKey('admin_key');
    await this.keys.store('admin_key', { ...SETTINGS, name: 'First admin key' }, 'first', { given: key });
    return key;
  }

  private async restore(row: ApiKeyRow): Promise<void> {
    await this.repository.restore(row.id);
    const change = { before: { status: 'revoked', revoked_by: row.revoked_by }, after: { status: 'active' } };
    await this.audit.record({ action: 'key.restore', subject: keySubject(row), ...change });
  }
}
