import { Injectable } from '@nestjs/common';
import { EntryRepository } from '../../../entries/entry.repository.js';
import { toEntryResponse } from '../../../entries/entry-response.js';
import { Outbox } from '../../../entries/outbox.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Logger } from '../../../platform/logging/logger.js';
import type { BreakerFact } from './breaker.repository.js';

/** Tells everybody who listens to events that a breaker opened or closed: said by the one process that made it so. */
@Injectable()
export class BreakerEvents {
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly entries: EntryRepository,
    private readonly outbox: Outbox,
    logger: Logger,
  ) {
    this.logger = logger.child('mesh');
  }

  /** Waits for nothing: requests go on whether or not it can be told. */
  changed({ route_id, state }: BreakerFact, before: string): void {
    this.record(route_id, state, before).catch((err: unknown) =>
      this.logger.warn({ err, route_id, state }, 'a change of a circuit breaker could not be told'),
    );
  }

  private async record(routeId: string, state: string, before: string): Promise<void> {
    const row = await this.entries.find(routeId);
    if (!row) return;
    this.logger.info({ route: row.name, from: before, to: state }, 'a circuit breaker changed');
    const payload = { entity: toEntryResponse(row), from: before, to: state };
    await this.uow.run(() => this.outbox.record([{ type: 'circuit_breaker_changed', entryId: routeId, payload }]));
  }
}
