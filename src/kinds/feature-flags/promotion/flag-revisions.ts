import { Injectable } from '@nestjs/common';
import { draftOfRow, EntriesService } from '../../../entries/entries.service.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { Outbox } from '../../../entries/outbox.js';
import { toEntryResponse } from '../../../entries/entry-response.js';
import { currentViewer } from '../../../entries/visibility.js';
import { compareVersions } from '../../../entries/entry-key.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ImpossibleError, InvalidError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { flagKeyOf } from '../definition/flag-definitions.js';
import { FlagReferences } from '../definition/flag-references.js';
import { ENVIRONMENT_NAME } from '../definition/flag-settings.dto.js';
import { featureFlagKind } from '../feature-flag.kind.js';
import { SegmentRepository } from '../segments/segment.repository.js';
import { FlagSnapshotRepository } from '../snapshot/flag-snapshot.repository.js';
import type { FlagRow } from '../snapshot/flag-snapshot.repository.js';
import type { FlagPromotion, FlagPromotionPlan } from './promotion.dto.js';
import { planned, specWith } from './promotion-plan.js';
import type { PlannedFlag } from './promotion-plan.js';
import { RevisionRepository } from './revision.repository.js';

/** Takes settings from where they were: an earlier revision, or another environment. */
@Injectable()
export class FlagRevisions {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly kindEntries: KindEntriesService,
    private readonly entries: EntriesService,
    private readonly revisions: RevisionRepository,
    private readonly flags: FlagSnapshotRepository,
    private readonly segments: SegmentRepository,
    private readonly references: FlagReferences,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Makes an earlier revision's settings the present ones, as a new revision. State, owner and the like stay.
   * @throws NotFoundError `feature_flag.revision_not_found`
   */
  async revert(idOrKey: string, revision: number, check: (row: EntryRow) => void): Promise<EntryRow> {
    const { id, uid } = await this.kindEntries.resolve(featureFlagKind, idOrKey);
    return this.uow.run(async () => {
      const spec = await this.revisions.specOf(id, revision);
      if (!spec) throw new NotFoundError('revision', String(revision), 'feature_flag.revision_not_found');
      const row = await this.entries.revise(uid, check, (present) => ({ ...draftOfRow(present), spec }));
      await this.outbox.record([
        { type: 'flag_reverted', entryId: id, payload: { entity: toEntryResponse(row), reverted_to: revision } },
      ]);
      return row;
    });
  }

  /**
   * Makes one environment answer as another does, flag by flag, all in one transaction; or tells what that would change.
   * @throws ImpossibleError `feature_flag.promotion_impossible` with the plan, when a segment is missing
   */
  async promote({ from, to, keys, dry_run }: FlagPromotion): Promise<FlagPromotionPlan> {
    for (const [field, name] of Object.entries({ from, to }))
      if (!ENVIRONMENT_NAME.test(name)) throw InvalidError.field(field, 'must be the name of an environment');
    if (from === to) throw InvalidError.field('to', 'must be another environment than from');
    return this.uow.run(async () => {
      await this.references.lock();
      const { flags, unknown } = await this.plan(from, to, keys ?? undefined);
      const possible = flags.every(({ missing_segments }) => missing_segments.length === 0);
      const plan = { from, to, dry_run: dry_run === true, applied: false, possible, unknown_keys: unknown };
      const shown = flags.map(({ row: _row, settings: _settings, ...one }) => one);
      if (dry_run) return { ...plan, flags: shown };
      if (!possible)
        throw new ImpossibleError(
          'feature_flag.promotion_impossible',
          'Segments are missing; make them first.',
          undefined,
          { plan: { ...plan, flags: shown } },
        );
      for (const flag of flags) if (flag.action !== 'unchanged') await this.carryOut(flag, from, to);
      return { ...plan, applied: true, flags: shown };
    });
  }

  private async plan(
    from: string,
    to: string,
    keys: readonly string[] | undefined,
  ): Promise<{ flags: PlannedFlag[]; unknown: string[] }> {
    const all = newest(await this.flags.flags());
    const byKey = new Map(all.map((row) => [flagKeyOf(row), row]));
    const segments = new Set((await this.segments.all()).map(({ key }) => key));
    const seen = new Map(all.filter(isSeen).map((row) => [flagKeyOf(row), row]));
    const wanted = keys ? [...new Set(keys)] : [...seen.keys()];
    const rows = wanted.flatMap((key) => seen.get(key) ?? []);
    const flags = rows
      .filter(({ status }) => keys !== undefined || status !== 'archived')
      .map((row) => planned(row, from, to, { segments, flags: byKey }));
    return {
      flags: flags.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
      unknown: wanted.filter((key) => !seen.has(key)),
    };
  }

  private async carryOut(flag: PlannedFlag, from: string, to: string): Promise<void> {
    const row = await this.entries.revise(
      flag.row.uid,
      () => undefined,
      (present) => ({ ...draftOfRow(present), spec: specWith(flag, to) }),
    );
    const told = { from, to, fields: flag.changes.map(({ field }) => field) };
    await this.outbox.record([
      { type: 'flag_promoted', entryId: row.id, payload: { entity: toEntryResponse(row), ...told } },
    ]);
  }
}

const isSeen = ({ readers }: FlagRow): boolean => {
  const viewer = currentViewer();
  return viewer === undefined || readers === null || readers.some((one) => viewer.includes(one));
};

/** Of each flag its newest version. */
function newest(rows: readonly FlagRow[]): FlagRow[] {
  const best = new Map<string, FlagRow>();
  for (const row of rows) {
    const other = best.get(row.name);
    if (!other || compareVersions(other.version, row.version) < 0) best.set(row.name, row);
  }
  return [...best.values()];
}
