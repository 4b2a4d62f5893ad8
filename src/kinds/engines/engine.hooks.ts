import { Injectable } from '@nestjs/common';
import type { EntryRow } from '../../entries/entry-response.js';
import { HooksFor } from '../../entries/kind/kind-hooks.js';
import type { KindHooks } from '../../entries/kind/kind-hooks.js';
import { ConflictError } from '../../platform/errors/registry-error.js';
import { WorkloadRepository } from './workloads/workload.repository.js';

/**
 * A stopped engine leases nothing, which the lease statement itself sees; what runs may end. Its workloads go with an
 * engine, by their foreign key.
 */
@Injectable()
@HooksFor('engine')
export class EngineHooks implements KindHooks {
  constructor(private readonly workloads: WorkloadRepository) {}

  async beforeRemove(row: EntryRow, force: boolean): Promise<void> {
    const running = force ? 0 : await this.workloads.running(row.id);
    if (running > 0)
      throw new ConflictError(
        'engine.workloads_running',
        `${running} of its workloads are running; force=true removes it all the same.`,
        { running },
      );
  }
}
