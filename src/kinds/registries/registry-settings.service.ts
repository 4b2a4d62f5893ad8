import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { OBJECT_LIMIT } from '../../entries/entry-draft.js';
import { EntryRepository } from '../../entries/entry.repository.js';
import { toEntryResponse } from '../../entries/entry-response.js';
import { KindEntriesService } from '../../entries/kind/kind-entries.service.js';
import { MembershipRepository } from '../../entries/membership/membership.repository.js';
import { effectiveDefaults } from '../../entries/membership/memberships.js';
import { Outbox } from '../../entries/outbox.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { InvalidError, NotFoundError } from '../../platform/errors/registry-error.js';
import { currentActor } from '../../platform/http/request-context.js';
import type { RegistryDefaultsAnswer, RegistryDefaultsPut, SyncRequest } from './registry.dto.js';
import { registryKind } from './registry.kind.js';
import { SyncRequestRepository } from './sync-request.repository.js';
import type { SyncRequestRow } from './sync-request.repository.js';

const toSyncRequest = ({ uid, state, mode, requested_by, requested_at }: SyncRequestRow): SyncRequest => ({
  id: uid,
  state,
  mode,
  requested_by,
  requested_at: requested_at.toISOString(),
});

/** What a registry gives to the entries made in it, and the synchronisations asked of it. */
@Injectable()
export class RegistrySettingsService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly kindEntries: KindEntriesService,
    private readonly rows: EntryRepository,
    private readonly memberships: MembershipRepository,
    private readonly requests: SyncRequestRepository,
    private readonly outbox: Outbox,
  ) {}

  async defaults(idOrKey: string): Promise<RegistryDefaultsAnswer> {
    const { id } = await this.kindEntries.resolve(registryKind, idOrKey);
    return this.answer(id);
  }

  /** Replaces the registry's own defaults; entries that are there already stay as they are. */
  async replaceDefaults(idOrKey: string, body: RegistryDefaultsPut): Promise<RegistryDefaultsAnswer> {
    const after = { owner: body.owner ?? null, tags: [...new Set(body.tags ?? [])], config: body.config ?? {} };
    const bytes = Buffer.byteLength(JSON.stringify(after.config));
    if (bytes > OBJECT_LIMIT)
      throw InvalidError.field('config', `holds ${bytes} bytes of JSON, more than the limit of ${OBJECT_LIMIT}`);
    const { id } = await this.kindEntries.resolve(registryKind, idOrKey);
    return this.uow.run(async () => {
      const row = await this.rows.lock(id);
      if (!row) throw new NotFoundError(registryKind.name, idOrKey);
      const before = await this.memberships.ownDefaults(id);
      await this.memberships.saveDefaults(id, after);
      await this.outbox.record([
        {
          type: 'defaults_changed',
          entryId: id,
          payload: { entity: toEntryResponse(row), defaults: after },
          change: { before: { defaults: before }, after: { defaults: after } },
        },
      ]);
      return this.answer(id);
    });
  }

  async requestSync(idOrKey: string): Promise<SyncRequest> {
    const { id } = await this.kindEntries.resolve(registryKind, idOrKey);
    return this.uow.run(async () => {
      const row = await this.rows.lock(id);
      if (!row) throw new NotFoundError(registryKind.name, idOrKey);
      const mode = typeof row.spec.sync_mode === 'string' ? row.spec.sync_mode : 'pull';
      const request = toSyncRequest(
        await this.requests.record({ uid: uuidv7(), entryId: id, mode, requestedBy: currentActor() }),
      );
      await this.outbox.record([
        { type: 'sync_requested', entryId: id, payload: { entity: toEntryResponse(row), request } },
      ]);
      return request;
    });
  }

  /** The newest first. */
  async syncRequests(idOrKey: string, limit: number): Promise<SyncRequest[]> {
    const { id } = await this.kindEntries.resolve(registryKind, idOrKey);
    return (await this.requests.list(id, limit)).map(toSyncRequest);
  }

  private async answer(id: string): Promise<RegistryDefaultsAnswer> {
    const own = await this.memberships.ownDefaults(id);
    return { own, effective: effectiveDefaults(await this.memberships.defaultsUp(id)) };
  }
}
