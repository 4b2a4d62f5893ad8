import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ConflictError, NotFoundError } from '../../platform/errors/registry-error.js';
import { EntriesService } from '../entries.service.js';
import { EntryRepository } from '../entry.repository.js';
import { toEntryResponse } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import { Outbox } from '../outbox.js';
import type { OperationRow } from '../drivers/operation.js';
import { toOperationResponse } from '../drivers/operation.js';
import { Drivers } from './drivers.js';
import { transitionOf, verbsFrom } from './kind.js';
import type { Kind, Transition } from './kind.js';
import { KindCatalog } from './kind-catalog.js';
import { KindEntriesService } from './kind-entries.service.js';
import type { TransitionStep } from './kind-hooks.js';

export interface TransitionOptions {
  /** Says what would happen, and changes nothing. */
  dryRun?: boolean;
  cascade?: boolean;
  input?: Readonly<Record<string, unknown>>;
  /** Sees the locked row first, for preconditions. */
  check?: (row: EntryRow) => void;
}

/** What a dry run answers. */
export interface TransitionPlan {
  verb: string;
  from: string;
  to: string;
}

/** What a request for a transition came to: the row, moved unless an operation has to end first. */
export interface Requested {
  row: EntryRow;
  operationId?: string;
}

/** Moves entries along their kind's lifecycle, one transaction with its events each. */
@Injectable()
export class LifecycleService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly kindEntries: KindEntriesService,
    private readonly entries: EntriesService,
    private readonly repository: EntryRepository,
    private readonly catalog: KindCatalog,
    private readonly outbox: Outbox,
    private readonly drivers: Drivers,
  ) {}

  /** As {@link request}, for whom the row is all that matters. */
  async transition(kind: Kind, idOrKey: string, verb: string, options: TransitionOptions = {}): Promise<EntryRow> {
    return (await this.request(kind, idOrKey, verb, options)).row;
  }

  /**
   * @throws ConflictError `lifecycle.not_allowed` with the present state and the verbs it allows;
   * `driver.operation_pending` for a driven one while another is under way
   * @throws NotFoundError `<kind>.not_found`
   */
  async request(kind: Kind, idOrKey: string, verb: string, options: TransitionOptions = {}): Promise<Requested> {
    const { id } = await this.kindEntries.resolve(kind, idOrKey);
    return this.uow.run(() => this.begin(kind, id, verb, options));
  }

  /** What a transition would do; what refuses it, refuses this too. */
  async plan(kind: Kind, idOrKey: string, verb: string, options: TransitionOptions = {}): Promise<TransitionPlan> {
    const { id } = await this.kindEntries.resolve(kind, idOrKey);
    return this.uow.tryOut(async () => {
      const before = await this.locked(kind, id);
      await this.step(kind, id, verb, options);
      return { verb, from: before.status, to: transitionOf(kind, verb)![1].to };
    });
  }

  /**
   * Inside of a transaction, for hooks that move other entries along with theirs. Takes an inside id. The row is as it was
   * while a driver works on it.
   */
  async step(kind: Kind, id: string, verb: string, options: TransitionOptions = {}): Promise<EntryRow> {
    return (await this.begin(kind, id, verb, options)).row;
  }

  /**
   * Puts an entry into a state whatever the table says: what is observed of the running thing (`failed`). Inside of a
   * transaction; takes an inside id.
   */
  async put(kind: Kind, id: string, to: string, verb: string): Promise<EntryRow> {
    const row = await this.locked(kind, id);
    if (row.status === to) return row;
    return this.move(row, { verb, from: row.status, to });
  }

  /** Records the state that an operation has led to, in the transaction that ends it and under the lock of the row. */
  async conclude(kind: Kind, row: EntryRow, operation: OperationRow): Promise<void> {
    const { verb, to_state: target, options, message } = operation;
    const from = row.status;
    const told = { operation: toOperationResponse(operation) };
    if (operation.state === 'failed') {
      // Where a kind knows no such state, what it was is all that is known.
      const to = kind.lifecycle.states.includes('failed') ? 'failed' : from;
      await this.move(row, { verb, from, to }, { ...told, reason: message });
      return;
    }
    const step = { row, verb, from, to: target, cascade: options.cascade ?? false, input: options.input ?? {} };
    const moved = await this.move(row, step, told);
    await this.catalog.hooksOf(kind.name).afterTransition?.(step, moved);
  }

  private async begin(kind: Kind, id: string, verb: string, options: TransitionOptions): Promise<Requested> {
    const row = await this.locked(kind, id);
    options.check?.(row);
    // That something is under way says more than that the state does not allow the verb yet.
    if (transitionOf(kind, verb)?.[1].driven) await this.drivers.assertIdle(row);
    const [name, transition] = this.allowed(kind, row, verb);
    const step = stepOf(row, name, transition, options);
    const hooks = this.catalog.hooksOf(kind.name);
    await hooks.beforeTransition?.(step);
    if (transition.driven) {
      const { cascade, input } = step;
      const outcome = await this.drivers.begin(row, { verb: name, to: step.to, options: { cascade, input } });
      if (outcome.state === 'pending') return { row, operationId: outcome.operationId };
    }
    const moved = await this.move(row, step);
    await hooks.afterTransition?.(step, moved);
    return { row: moved };
  }

  private async move(row: EntryRow, step: TransitionPlan, told: object = {}): Promise<EntryRow> {
    const moved = await this.entries.restate(row, step.to);
    await this.outbox.record([
      {
        type: 'transition',
        entryId: row.id,
        payload: { entity: toEntryResponse(moved), verb: step.verb, from: step.from, to: step.to, ...told },
      },
    ]);
    return moved;
  }

  private allowed(kind: Kind, row: EntryRow, verb: string): [string, Transition] {
    const found = transitionOf(kind, verb);
    if (!found) throw new Error(`A ${kind.name} knows no ${verb}.`);
    if (found[1].from.includes(row.status)) return found;
    const allowed = verbsFrom(kind, row.status);
    throw new ConflictError(
      'lifecycle.not_allowed',
      `${verb} is not possible while it is ${row.status}; possible is ${allowed.join(', ') || 'nothing'}.`,
      { state: row.status, allowed },
    );
  }

  private async locked(kind: Kind, id: string): Promise<EntryRow> {
    const row = await this.repository.lock(id);
    if (!row) throw new NotFoundError(kind.name, id);
    return row;
  }
}

const stepOf = (row: EntryRow, verb: string, { to }: Transition, options: TransitionOptions): TransitionStep => ({
  row,
  verb,
  from: row.status,
  to,
  cascade: options.cascade ?? false,
  input: options.input ?? {},
});
