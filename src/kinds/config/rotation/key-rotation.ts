import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { EntrySecrets } from '../../../entries/secrets/entry-secrets.js';
import { AuditTrail } from '../../../platform/audit/audit-trail.js';
import { CURRENT_FOR_MS } from '../../../platform/crypto/data-keys.js';
import { SecretBox } from '../../../platform/crypto/secret-box.js';
import type { SecretPlace } from '../../../platform/crypto/secret-box.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ConflictError, UnavailableError } from '../../../platform/errors/registry-error.js';
import { currentActor } from '../../../platform/http/request-context.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { draftPlace } from '../drafts/draft-place.js';
import { versionPlace } from '../versions/config-history.js';
import { RotationRepository, SEAL_SOURCES } from './rotation.repository.js';
import type { OldSeal, RotationRow, SealSource } from './rotation.repository.js';

/** How soon a process takes up a rotation that was begun, here or in one that is gone. */
const EVERY_MS = 1000;
/** What was sealed by a process that had not heard of the new key yet. */
const UPKEEP_MS = 600_000;
const BATCH = 100;
/** When every process seals with the new key, transactions that were under way included. */
const HEARD_MS = 2 * CURRENT_FOR_MS;

/**
 * Moves every sealed value of configuration to a new data key, a few in a transaction, while everything goes on: the old
 * keys still open. What is left is seen in the rows themselves, so a restart takes it up where it was.
 */
@Injectable()
export class KeyRotation implements OnModuleInit {
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: RotationRepository,
    private readonly box: SecretBox,
    private readonly secrets: EntrySecrets,
    private readonly audit: AuditTrail,
    private readonly jobs: Jobs,
    logger: Logger,
  ) {
    this.logger = logger.child('config');
  }

  onModuleInit(): void {
    this.jobs.every('config-rotation', EVERY_MS, () => this.proceed(), { lock: true });
    this.jobs.every('config-seals', UPKEEP_MS, () => this.upkeep(), { lock: true });
  }

  /** @throws ConflictError `config.rotation_running` */
  begin(): Promise<RotationRow> {
    return this.uow.run(async () => {
      const last = await this.repository.latest();
      if (last && !last.finished_at)
        throw new ConflictError('config.rotation_running', 'Values are being moved to a new key already.', {
          done: last.done,
          total: last.total,
        });
      const version = await this.box.rotate();
      const row = await this.repository.insert(version, await this.repository.countOlder(version), currentActor());
      await this.audit.record({
        action: 'config.rotate_keys',
        subject: { type: 'data_key', id: String(version) },
        details: { secrets: row.total },
      });
      return row;
    });
  }

  latest(): Promise<RotationRow | undefined> {
    return this.repository.latest();
  }

  /** Moves what is left of a rotation that has not ended. */
  async proceed(): Promise<void> {
    const rotation = await this.repository.latest();
    if (!rotation || rotation.finished_at) return;
    const { key_version: version } = rotation;
    // What another process has begun: this one seals with the key before until it has heard of the new one.
    if ((await this.box.version()) < version) return;
    const failed = await this.move(version, (done) => this.repository.advance(version, done));
    // Where it was when the process was told to end, the next one goes on.
    if (failed === undefined) return;
    // Until every process has heard of the new key, more may be written under the one before: that is moved the next time.
    if (rotation.age_ms < HEARD_MS || (await this.repository.countOlder(version)) > failed) return;
    await this.repository.finish(version, failed);
    this.logger.info({ key_version: version, failed }, 'configuration is sealed with a new key');
  }

  private async upkeep(): Promise<void> {
    if (!(await this.repository.latest())) return;
    await this.move(await this.box.version(), () => Promise.resolve());
  }

  /** Answers how many could not be opened; undefined when the process ends before it is through. */
  private async move(version: number, note: (done: number) => Promise<void>): Promise<number | undefined> {
    let failed = 0;
    for (const source of SEAL_SOURCES)
      for (let after: OldSeal | undefined; ;) {
        if (this.jobs.stopping) return undefined;
        const from = after;
        const step = await this.uow.run(() => this.batch(source, version, from, note));
        failed += step.failed;
        if (!step.next) break;
        after = step.next;
      }
    return failed;
  }

  private async batch(
    source: SealSource,
    version: number,
    after: OldSeal | undefined,
    note: (done: number) => Promise<void>,
  ): Promise<{ failed: number; next?: OldSeal }> {
    const old = await this.repository.older(source, version, after, BATCH);
    let [done, failed] = [0, 0];
    for (const seal of old) {
      try {
        if (await this.repository.reseal(source, seal, await this.resealed(source, seal))) done++;
      } catch (err) {
        if (!(err instanceof UnavailableError)) throw err;
        failed++;
        this.logger.error({ err, source, name: seal.name }, 'a value cannot be opened, and stays under its key');
      }
    }
    if (done > 0) await note(done);
    return { failed, next: old.length === BATCH ? old.at(-1) : undefined };
  }

  private async resealed(source: SealSource, { name, scope, place: at, sealed }: OldSeal): Promise<string> {
    if (source === 'value')
      return this.secrets.resealed({ entry_id: '', uid: at, field: 'spec/value', sealed, fingerprint: '' });
    const place: SecretPlace = source === 'draft' ? draftPlace(at) : versionPlace({ name, scope, version: Number(at) });
    return this.box.seal(place, await this.box.open(place, sealed));
  }
}
