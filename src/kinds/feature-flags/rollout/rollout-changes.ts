import { Injectable } from '@nestjs/common';
import { EntriesService } from '../../../entries/entries.service.js';
import { EntryRepository } from '../../../entries/entry.repository.js';
import { toEntryResponse } from '../../../entries/entry-response.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { verbsFrom } from '../../../entries/kind/kind.js';
import { LifecycleService } from '../../../entries/kind/lifecycle.service.js';
import { Outbox } from '../../../entries/outbox.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ConflictError, ImpossibleError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { FlagReferences } from '../definition/flag-references.js';
import { featureFlagKind } from '../feature-flag.kind.js';
import { FlagFeed } from '../snapshot/flag-feed.js';
import type { FlagPause, FlagResume, FlagRolloutChange } from './rollout.dto.js';
import { EVERYWHERE, ownSettings, percentagePatch } from './rollout-plan.js';
import type { RolloutRow } from './rollout.repository.js';
import { Rollouts } from './rollouts.js';

type Check = (row: EntryRow) => void;

/** Changes how far flags are rolled out, pauses them and lets them go on: each one transaction with its events. */
@Injectable()
export class RolloutChanges {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly kindEntries: KindEntriesService,
    private readonly entries: EntriesService,
    private readonly repository: EntryRepository,
    private readonly lifecycle: LifecycleService,
    private readonly references: FlagReferences,
    private readonly rollouts: Rollouts,
    private readonly outbox: Outbox,
    private readonly feed: FlagFeed,
  ) {}

  /**
   * Makes the percentage this one; the flag is `rollout` below 100 and `enabled` from then on.
   * @throws ConflictError `lifecycle.not_allowed` of an archived one
   */
  async change(idOrKey: string, body: FlagRolloutChange, check: Check): Promise<EntryRow> {
    const { id } = await this.kindEntries.resolve(featureFlagKind, idOrKey);
    return this.uow.run(async () => {
      const row = await this.locked(id);
      check(row);
      if (row.status === 'archived')
        throw new ConflictError('lifecycle.not_allowed', 'rollout is not possible while it is archived.', {
          state: row.status,
          allowed: verbsFrom(featureFlagKind, row.status),
        });
      assertNative(row);
      const environment = body.environment ?? EVERYWHERE;
      const present = ownSettings(row, environment).strategy ?? ownSettings(row, EVERYWHERE).strategy ?? 'instant';
      const strategy = body.strategy ?? (present === 'instant' ? 'gradual' : present);
      return this.percentage(row, { environment, percentage: body.percentage, more: { strategy } });
    });
  }

  /** Holds a rollout: it goes no further by itself until it is resumed. */
  async pause(idOrKey: string, { reason, environment }: FlagPause, check: Check): Promise<EntryRow> {
    return this.under(idOrKey, check, (row) =>
      this.hold(row, environment ?? EVERYWHERE, { reason: reason || 'Paused by hand.' }),
    );
  }

  /** @throws ConflictError `feature_flag.not_paused` */
  async resume(idOrKey: string, { environment }: FlagResume, check: Check): Promise<EntryRow> {
    return this.under(idOrKey, check, async (row) => {
      const rollout = await this.rollouts.of(row.id, environment ?? EVERYWHERE);
      if (!rollout.paused_at) throw new ConflictError('feature_flag.not_paused', 'Its rollout is not paused.');
      const { reason } = rollout;
      await this.rollouts.put({ ...rollout, paused_at: null, reason: null, resumed_at: new Date() });
      await this.rollouts.planned(row);
      await this.tell('rollout_resumed', row, { environment: rollout.environment, reason });
      return row;
    });
  }

  /** In a transaction and under the lock of the row. */
  async hold(
    row: EntryRow,
    environment: string,
    told: { reason: string; [detail: string]: unknown },
  ): Promise<EntryRow> {
    const rollout = await this.rollouts.of(row.id, environment);
    if (rollout.paused_at) return row;
    await this.rollouts.put({ ...rollout, paused_at: new Date(), reason: told.reason });
    await this.tell('rollout_paused', row, { environment, ...told });
    return row;
  }

  /** In a transaction and under the lock of the row: another percentage in one place, and the state that goes with it. */
  async percentage(
    row: EntryRow,
    { environment, percentage, more = {} }: { environment: string; percentage: number; more?: object },
  ): Promise<EntryRow> {
    const before = ownSettings(row, environment).percentage ?? null;
    const patch = { spec: percentagePatch(environment, percentage, more) };
    let changed = await this.entries.patch(row.uid, patch, () => undefined);
    const to = percentage < 100 ? 'rollout' : 'enabled';
    // An environment's rollout says nothing of the others; a flag that is tested goes on being tested, unless somebody says so.
    if (environment === EVERYWHERE && changed.status !== to)
      changed = await this.lifecycle.put(featureFlagKind, row.id, to, 'rollout');
    await this.rollouts.planned(changed);
    await this.tell('rollout_changed', changed, { environment, from: before, to: percentage });
    this.feed.changing();
    return changed;
  }

  /** In a transaction. Undefined when the flag has gone. */
  async lock(id: string): Promise<EntryRow | undefined> {
    await this.references.lock();
    return this.repository.lock(id);
  }

  rolloutOf(flagId: string, environment: string): Promise<RolloutRow> {
    return this.rollouts.of(flagId, environment);
  }

  private async under(idOrKey: string, check: Check, work: (row: EntryRow) => Promise<EntryRow>): Promise<EntryRow> {
    const { id } = await this.kindEntries.resolve(featureFlagKind, idOrKey);
    return this.uow.run(async () => {
      const row = await this.locked(id);
      check(row);
      return work(row);
    });
  }

  private async locked(id: string): Promise<EntryRow> {
    const row = await this.lock(id);
    if (!row) throw new NotFoundError('feature flag', id);
    return row;
  }

  private async tell(type: string, row: EntryRow, told: object): Promise<void> {
    await this.outbox.record([{ type, entryId: row.id, payload: { entity: toEntryResponse(row), ...told } }]);
  }
}

/** How far an imported flag is rolled out stands in its own definition. */
function assertNative({ spec }: EntryRow): void {
  const { dialect = 'native' } = spec as { dialect?: string };
  if (dialect !== 'native')
    throw new ImpossibleError(
      'feature_flag.foreign_dialect',
      `It keeps the rules of ${dialect}: its percentage stands in its definition.`,
    );
}
