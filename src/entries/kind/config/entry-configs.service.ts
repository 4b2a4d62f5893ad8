import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { InvalidError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { currentActor } from '../../../platform/http/request-context.js';
import { OBJECT_LIMIT } from '../../entry-draft.js';
import { EntryRepository } from '../../entry.repository.js';
import { toEntryResponse } from '../../entry-response.js';
import { Outbox } from '../../outbox.js';
import { EntryConfigRepository } from './entry-config.repository.js';
import type { ConfigRow } from './entry-config.repository.js';

/** @throws InvalidError when something is not the settings of an entry */
export function assertConfig(config: unknown): asserts config is object {
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw InvalidError.field('body', 'must be a JSON object');
  const bytes = Buffer.byteLength(JSON.stringify(config));
  if (bytes > OBJECT_LIMIT)
    throw InvalidError.field('body', `holds ${bytes} bytes of JSON, more than the limit of ${OBJECT_LIMIT}`);
}

/** What was never written. */
const NONE = { config: {}, revision: 0, updated_at: null, updated_by: null };
export type EntryConfig = ConfigRow | typeof NONE;

/** The settings of entries: a free object each, with a revision of its own. Takes inside ids. */
@Injectable()
export class EntryConfigs {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: EntryConfigRepository,
    private readonly entries: EntryRepository,
    private readonly outbox: Outbox,
  ) {}

  async get(entryId: string): Promise<EntryConfig> {
    return (await this.repository.find(entryId)) ?? NONE;
  }

  /**
   * Replaces it whole. `check` sees what it is, under the entry's lock. The event tells the revision, not the settings.
   * Takes what {@link assertConfig} has let through. @throws NotFoundError
   */
  async replace(entryId: string, config: object, check: (present: EntryConfig) => void): Promise<EntryConfig> {
    return this.uow.run(async () => {
      const row = await this.entries.lock(entryId);
      if (!row) throw new NotFoundError('entity', entryId);
      const before = await this.get(entryId);
      check(before);
      const saved = await this.repository.save(entryId, config, currentActor());
      if (!saved) return before;
      const payload = { entity: toEntryResponse(row), config_revision: saved.revision };
      const change = { before: { config_revision: before.revision }, after: { config_revision: saved.revision } };
      await this.outbox.record([{ type: 'config_changed', entryId, payload, change }]);
      return saved;
    });
  }
}
