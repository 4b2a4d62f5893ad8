import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ConflictError, NotFoundError } from '../../platform/errors/registry-error.js';
import { EntriesService } from '../entries.service.js';
import { EntryRepository } from '../entry.repository.js';
import { toEntryResponse } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import { Outbox } from '../outbox.js';
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

/** Thrown to undo what a dry run has tried out. */
class Undo extends Error {
  constructor(readonly plan: TransitionPlan) {
    super('dry run');
  }
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
  ) {}

  /**
   * @throws ConflictError `lifecycle.not_allowed` with the present state and the verbs it allows
   * @throws NotFoundError `<kind>.not_found`
   */
  async transition(kind: Kind, idOrKey: string, verb: string, options: TransitionOptions = {}): Promise<EntryRow> {
    const { id } = await this.kindEntries.resolve(kind, idOrKey);
    return this.uow.run(() => this.step(kind, id, verb, options));
  }

  /** What a transition would do; what refuses it, refuses this too. */
  async plan(kind: Kind, idOrKey: string, verb: string, options: TransitionOptions = {}): Promise<TransitionPlan> {
    const { id } = await this.kindEntries.resolve(kind, idOrKey);
    try {
      return await this.uow.run(async () => {
        const before = await this.locked(kind, id);
        await this.step(kind, id, verb, options);
        throw new Undo({ verb, from: before.status, to: transitionOf(kind, verb)![1].to });
      });
    } catch (error) {
      if (error instanceof Undo) return error.plan;
      throw error;
    }
  }

  /** Inside of a transaction, for hooks that move other entries along with theirs. Takes an inside id. */
  async step(kind: Kind, id: string, verb: string, options: TransitionOptions = {}): Promise<EntryRow> {
    const row = await this.locked(kind, id);
    options.check?.(row);
    const [name, transition] = this.allowed(kind, row, verb);
    const step = stepOf(row, name, transition, options);
    const hooks = this.catalog.hooksOf(kind.name);
    await hooks.beforeTransition?.(step);
    const moved = await this.move(row, step);
    await hooks.afterTransition?.(step, moved);
    return moved;
  }

  /**
   * Puts an entry into a state whatever the table says: what a driver reports of the running thing (`failed`). Inside of a
   * transaction; takes an inside id.
   */
  async put(kind: Kind, id: string, to: string, verb: string): Promise<EntryRow> {
    const row = await this.locked(kind, id);
    if (row.status === to) return row;
    return this.move(row, { row, verb, from: row.status, to, cascade: false, input: {} });
  }

  private async move(row: EntryRow, step: TransitionStep): Promise<EntryRow> {
    const moved = await this.entries.restate(row, step.to);
    await this.outbox.record([
      {
        type: 'transition',
        entryId: row.id,
        payload: { entity: toEntryResponse(moved), verb: step.verb, from: step.from, to: step.to },
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
