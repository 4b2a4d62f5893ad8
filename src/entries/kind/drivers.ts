import { Injectable } from '@nestjs/common';
import { ImpossibleError } from '../../platform/errors/registry-error.js';
import type { EntryRow } from '../entry-response.js';

/** What is to be done with the running thing behind an entry. */
export interface DriverAction {
  /** `install`, `start`, `stop`, `restart`, `uninstall` or `scale`. */
  verb: string;
  /** The state it leads to; of `scale` the present one. */
  to: string;
  /** Units wanted, of `scale`. */
  capacity?: number;
}

/** `done`: the state may be recorded now; `pending`: it follows when the operation has ended. */
export type DriverOutcome = { state: 'done' } | { state: 'pending'; operationId: string };

/** Acts on what entries stand for, through the driver each names in `spec.driver`. */
@Injectable()
export class Drivers {
  /** In the transaction of the change: what takes time is begun after its commit. */
  async begin(row: EntryRow, _action: DriverAction): Promise<DriverOutcome> {
    const { type = 'manual' } = (row.spec.driver ?? {}) as { type?: string };
    if (type !== 'manual') throw new ImpossibleError('driver.unknown', `There is no driver ${type}.`);
    return { state: 'done' };
  }
}
