import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Env } from '../../platform/env/env.js';
import { ConflictError, ImpossibleError } from '../../platform/errors/registry-error.js';
import { currentActor } from '../../platform/http/request-context.js';
import { driverOf } from '../drivers/driver.js';
import { OperationRepository } from '../drivers/operation.repository.js';
import { OperationSignal } from '../drivers/operation-signal.js';
import { toOperationResponse } from '../drivers/operation.js';
import type { EntryRow } from '../entry-response.js';
import { toEntryResponse } from '../entry-response.js';
import { Outbox } from '../outbox.js';

/** What is to be done with the running thing behind an entry. */
export interface DriverAction {
  /** `install`, `start`, `stop`, `restart`, `uninstall` or `scale`. */
  verb: string;
  /** The state it leads to; of `scale` the present one. */
  to: string;
  /** Units wanted, of `scale`. */
  capacity?: number;
  /** What the request asked beside, kept for the hooks of the state that follows. */
  options?: { cascade?: boolean; input?: Readonly<Record<string, unknown>> };
}

/** `done`: the state may be recorded now; `pending`: it follows when the operation has ended. */
export type DriverOutcome = { state: 'done' } | { state: 'pending'; operationId: string };

const KNOWN = ['webhook', 'kubernetes'];

/** Acts on what entries stand for, through the driver each names in `spec.driver`. */
@Injectable()
export class Drivers {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly operations: OperationRepository,
    private readonly signal: OperationSignal,
    private readonly outbox: Outbox,
    private readonly env: Env,
  ) {}

  /**
   * In the transaction of the change and under the lock of its row. What takes time is begun after its commit: until then
   * there is only the operation, with its event (`transition_requested`, `scale_requested`).
   * @throws ConflictError `driver.operation_pending`
   * @throws ImpossibleError `driver.unknown`
   */
  async begin(row: EntryRow, action: DriverAction): Promise<DriverOutcome> {
    const { type = 'manual', timeout_seconds: seconds } = driverOf(row);
    await this.assertIdle(row);
    if (type === 'manual') return { state: 'done' };
    if (!KNOWN.includes(type)) throw new ImpossibleError('driver.unknown', `There is no driver ${type}.`);
    const { verb, to, capacity, options = {} } = action;
    const operation = await this.operations.insert(
      {
        id: uuidv7(),
        entry_id: row.id,
        verb,
        from_state: row.status,
        to_state: to,
        capacity: capacity ?? null,
        driver: type,
        options: { cascade: options.cascade, input: options.input },
        requested_by: currentActor(),
      },
      seconds ?? this.env.driverTimeoutSeconds,
    );
    await this.outbox.record([
      {
        type: verb === 'scale' ? 'scale_requested' : 'transition_requested',
        entryId: row.id,
        payload: {
          entity: toEntryResponse(row),
          verb,
          from: row.status,
          to,
          ...(capacity !== undefined && { capacity }),
          operation: toOperationResponse(operation),
        },
      },
    ]);
    this.uow.afterCommit(() => this.signal.committed());
    return { state: 'pending', operationId: operation.id };
  }

  /** Another number of units for what runs, as {@link begin}; `scale_completed` follows a pending one that succeeds. */
  scale(row: EntryRow, units: number): Promise<DriverOutcome> {
    return this.begin(row, { verb: 'scale', to: row.status, capacity: units });
  }

  /** @throws ConflictError `driver.operation_pending` naming what is under way. */
  async assertIdle(row: EntryRow): Promise<void> {
    const open = await this.operations.openOf(row.id);
    if (!open) return;
    throw new ConflictError('driver.operation_pending', `${open.verb} is under way: operation ${open.id}.`, {
      state: row.status,
      operation: toOperationResponse(open),
    });
  }
}
