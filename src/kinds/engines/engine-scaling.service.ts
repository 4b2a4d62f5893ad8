import { Injectable } from '@nestjs/common';
import { EntriesService } from '../../entries/entries.service.js';
import { EntryRepository } from '../../entries/entry.repository.js';
import { toEntryResponse } from '../../entries/entry-response.js';
import type { EntryRow } from '../../entries/entry-response.js';
import { Drivers } from '../../entries/kind/drivers.js';
import type { DriverOutcome } from '../../entries/kind/drivers.js';
import { KindEntriesService } from '../../entries/kind/kind-entries.service.js';
import { verbsFrom } from '../../entries/kind/kind.js';
import { Outbox } from '../../entries/outbox.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ConflictError, ImpossibleError, NotFoundError } from '../../platform/errors/registry-error.js';
import { capacityOf } from './engine-capacity.js';
import { engineKind } from './engine.kind.js';

/** An engine as it is now, and whether it has as many units as were asked for or will get them. */
export interface Scaled {
  row: EntryRow;
  outcome: DriverOutcome;
}

/** Gives engines more or fewer units, through their drivers. */
@Injectable()
export class EngineScaling {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly kindEntries: KindEntriesService,
    private readonly entries: EntriesService,
    private readonly repository: EntryRepository,
    private readonly drivers: Drivers,
    private readonly outbox: Outbox,
  ) {}

  /**
   * `check` sees the locked row first.
   * @throws ConflictError `engine.not_running`
   * @throws ImpossibleError `engine.capacity_out_of_range`
   */
  async scale(idOrKey: string, wanted: number, check: (row: EntryRow) => void = () => undefined): Promise<Scaled> {
    const { id } = await this.kindEntries.resolve(engineKind, idOrKey);
    return this.uow.run(async () => {
      const row = await this.repository.lock(id);
      if (!row) throw new NotFoundError('engine', idOrKey);
      check(row);
      assertScalable(row, wanted);
      const outcome = await this.drivers.begin(row, { verb: 'scale', to: row.status, capacity: wanted });
      return { row: outcome.state === 'done' ? await this.note(row, wanted) : row, outcome };
    });
  }

  /** Writes down how many units an engine has by now. */
  async record(idOrKey: string, units: number): Promise<EntryRow> {
    const { id } = await this.kindEntries.resolve(engineKind, idOrKey);
    return this.uow.run(async () => {
      const row = await this.repository.lock(id);
      if (!row) throw new NotFoundError('engine', idOrKey);
      return this.note(row, units);
    });
  }

  private async note(row: EntryRow, units: number): Promise<EntryRow> {
    if (row.spec.capacity && capacityOf(row).current === units) return row;
    const scaled = await this.entries.patch(row.uid, { spec: { capacity: { current: units } } }, () => undefined);
    const payload = { entity: toEntryResponse(scaled), from: capacityOf(row).current, to: units };
    await this.outbox.record([{ type: 'engine_scaled', entryId: row.id, payload }]);
    return scaled;
  }
}

function assertScalable(row: EntryRow, wanted: number): void {
  const { status } = row;
  if (status !== 'running')
    throw new ConflictError('engine.not_running', `It is ${status}; only a running engine is scaled.`, {
      state: status,
      allowed: verbsFrom(engineKind, status),
    });
  const { min, max } = capacityOf(row);
  if (wanted < min || wanted > max)
    throw new ImpossibleError('engine.capacity_out_of_range', `capacity must be from ${min} to ${max}`, [
      { field: 'capacity', message: `must be from ${min} to ${max}` },
    ]);
}
