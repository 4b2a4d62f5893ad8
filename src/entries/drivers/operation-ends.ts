import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { EntryRepository } from '../entry.repository.js';
import { toEntryResponse } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import { KindCatalog } from '../kind/kind-catalog.js';
import { LifecycleService } from '../kind/lifecycle.service.js';
import { Outbox } from '../outbox.js';
import { toOperationResponse } from './operation.js';
import type { OperationEnd, OperationRow } from './operation.js';
import { OperationRepository } from './operation.repository.js';

/** Ends operations: with the state they lead to and one event, in one transaction. */
@Injectable()
export class OperationEnds {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly operations: OperationRepository,
    private readonly entries: EntryRepository,
    private readonly lifecycle: LifecycleService,
    private readonly catalog: KindCatalog,
    private readonly outbox: Outbox,
  ) {}

  /** Undefined when somebody else has ended it, or its entry is gone. */
  end(
    { id, entry_id: entryId }: OperationRow,
    state: OperationEnd,
    message?: string,
  ): Promise<OperationRow | undefined> {
    return this.uow.run(async () => {
      // The entry first, as those who begin operations do.
      const row = await this.entries.lock(entryId);
      const ended = row && (await this.operations.end(id, state, message ?? null));
      if (ended) await this.record(row, ended);
      return ended;
    });
  }

  private async record(row: EntryRow, operation: OperationRow): Promise<void> {
    const kind = this.catalog.find(row.kind);
    if (operation.verb === 'scale') return this.tell(row, operation, 'scale_completed', 'scale_failed');
    // Disabled meanwhile, for instance: what was decided since stands.
    if (!kind || row.status !== operation.from_state)
      return this.tell(row, operation, 'operation_succeeded', 'operation_failed');
    return this.lifecycle.conclude(kind, row, operation);
  }

  private tell(row: EntryRow, operation: OperationRow, succeeded: string, failed: string): Promise<void> {
    const { verb, capacity, message, state } = operation;
    const payload = {
      entity: toEntryResponse(row),
      verb,
      ...(capacity !== null && { capacity }),
      ...(state === 'failed' && { reason: message }),
      operation: toOperationResponse(operation),
    };
    const type = state === 'succeeded' ? succeeded : failed;
    return this.outbox.record([{ type, entryId: row.id, payload }]);
  }
}
