import { Injectable } from '@nestjs/common';
import { toEntryResponse } from '../../../entries/entry-response.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { Outbox } from '../../../entries/outbox.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { NotFoundError } from '../../../platform/errors/registry-error.js';
import { BREAKER_DEFAULTS } from '../definition/breaker-settings.dto.js';
import type { MeshCircuitBreaker } from '../definition/breaker-settings.dto.js';
import { meshRouteKind } from '../mesh-route.kind.js';
import { RouteEdits } from '../route-edits.js';
import { MeshFeed } from '../snapshot/mesh-feed.js';
import { MeshSnapshot } from '../snapshot/mesh-snapshot.js';
import type { MeshBreaker, MeshBreakerTrip } from './breaker.dto.js';
import { BreakerRepository } from './breaker.repository.js';
import type { BreakerRow } from './breaker.repository.js';
import { Breakers } from './breakers.js';

type Check = (row: EntryRow) => void;

/** Tells of breakers, and changes them by hand. */
@Injectable()
export class BreakerChanges {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly kindEntries: KindEntriesService,
    private readonly edits: RouteEdits,
    private readonly repository: BreakerRepository,
    private readonly breakers: Breakers,
    private readonly snapshot: MeshSnapshot,
    private readonly feed: MeshFeed,
    private readonly outbox: Outbox,
  ) {}

  async of(idOrKey: string): Promise<MeshBreaker> {
    const row = await this.kindEntries.get(meshRouteKind, idOrKey);
    await this.breakers.counted();
    return this.shown(row, await this.repository.find(row.id));
  }

  async configure(idOrKey: string, settings: MeshCircuitBreaker, check: Check): Promise<MeshBreaker> {
    const row = await this.edits.set(idOrKey, { circuit_breaker: { ...settings } }, check);
    return this.shown(row, await this.repository.find(row.id));
  }

  reset(idOrKey: string): Promise<MeshBreaker> {
    return this.put(idOrKey, 'closed', { reason: 'reset by hand' });
  }

  trip(idOrKey: string, { open_seconds, reason }: MeshBreakerTrip): Promise<MeshBreaker> {
    return this.put(idOrKey, 'open', { reason: reason || 'tripped by hand', openSeconds: open_seconds ?? undefined });
  }

  private async put(
    idOrKey: string,
    state: 'open' | 'closed',
    { reason, openSeconds }: { reason: string; openSeconds?: number },
  ): Promise<MeshBreaker> {
    await this.feed.settled();
    const row = await this.kindEntries.get(meshRouteKind, idOrKey);
    const settings = this.snapshot.get(row.id)?.breaker ?? BREAKER_DEFAULTS;
    const put = await this.uow.run(async () => {
      const changed = await this.repository.put(row.id, state, {
        reason,
        openSeconds: openSeconds ?? settings.open_seconds,
      });
      if (!changed) throw new NotFoundError(meshRouteKind.name, idOrKey);
      const payload = { entity: toEntryResponse(row), to: state, reason };
      await this.outbox.record([{ type: 'circuit_breaker_changed', entryId: row.id, payload }]);
      return changed;
    });
    this.breakers.apply([put]);
    return this.shown(row, put);
  }

  private async shown(row: EntryRow, found: BreakerRow | undefined): Promise<MeshBreaker> {
    await this.feed.settled();
    if (!found) throw new NotFoundError(meshRouteKind.name, row.name);
    const settings = this.snapshot.get(row.id)?.breaker;
    return {
      route_id: row.uid,
      route: toEntryResponse(row).key,
      enabled: settings !== undefined,
      state: found.state,
      since: found.since.toISOString(),
      reason: found.reason,
      half_open_at: found.state === 'open' ? (found.open_until?.toISOString() ?? null) : null,
      window_started_at: found.window_start.toISOString(),
      requests: found.requests,
      failures: found.failures,
      probes: found.state === 'half_open' ? found.probes_given : 0,
      probes_succeeded: found.state === 'half_open' ? found.probes_ok : 0,
      version: found.version,
      settings: settings ? { enabled: true, ...settings } : null,
    };
  }
}
