import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { UnavailableError } from '../../platform/errors/registry-error.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { DriverSecrets } from '../drivers/driver-secrets.js';
import { EntrySecrets } from './entry-secrets.js';
import { EntrySecretRepository } from './entry-secret.repository.js';
import type { OldSecret } from './entry-secret.repository.js';

const EVERY_MS = 600_000;
const BATCH = 200;

type Place = Pick<OldSecret, 'entry_id' | 'field'>;

/**
 * Seals what is left under older data keys with the newest one, a few at a time: secrets of entries, and those that calls
 * to their drivers are signed with. So a key that leaked ends being of use. */
@Injectable()
export class SecretUpkeep implements OnModuleInit {
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: Jobs,
    private readonly box: SecretBox,
    private readonly secrets: EntrySecrets,
    private readonly repository: EntrySecretRepository,
    private readonly drivers: DriverSecrets,
    logger: Logger,
  ) {
    this.logger = logger.child('secrets');
  }

  onModuleInit(): void {
    this.jobs.every('entry-secrets', EVERY_MS, async () => void (await this.reseal()), { lock: true });
  }

  /** How many were sealed anew. One that cannot be opened stays as it is, and is told of. */
  async reseal(): Promise<number> {
    const [ofEntries, ofDrivers] = [await this.repository.any(), await this.drivers.any()];
    // Nothing asks for a master key, or makes one, where nothing is sealed.
    if (!ofEntries && !ofDrivers) return 0;
    const version = await this.box.version();
    return (await this.resealEntries(version)) + (await this.resealDrivers(version));
  }

  private async resealEntries(version: number): Promise<number> {
    let place: Place | undefined = { entry_id: '0', field: '' };
    let done = 0;
    while (place) {
      const from: Place = place;
      const step = await this.uow.run(() => this.batch(version, from));
      done += step.done;
      place = step.next;
    }
    return done;
  }

  private async resealDrivers(version: number): Promise<number> {
    let place: string | undefined = '0';
    let done = 0;
    while (place) {
      const from: string = place;
      const step = await this.uow.run(() => this.drivers.reseal(version, BATCH, from));
      for (const { uid, err } of step.failures)
        this.logger.error({ err, entry: uid }, "the secret of an entry's driver cannot be opened");
      done += step.done;
      place = step.next;
    }
    return done;
  }

  private async batch(version: number, after: Place): Promise<{ done: number; next?: Place }> {
    const old = await this.repository.sealedBefore(version, BATCH, after);
    let done = 0;
    for (const secret of old) {
      try {
        await this.repository.reseal(secret.entry_id, secret.field, await this.secrets.resealed(secret));
        done++;
      } catch (err) {
        if (!(err instanceof UnavailableError)) throw err;
        this.logger.error({ err, entry: secret.uid, field: secret.field }, 'a secret cannot be opened');
      }
    }
    return { done, next: old.length === BATCH ? old.at(-1) : undefined };
  }
}
