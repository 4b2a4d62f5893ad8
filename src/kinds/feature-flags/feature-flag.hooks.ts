import { Injectable } from '@nestjs/common';
import type { EntryDraft } from '../../entries/entry-draft.js';
import type { EntryRow } from '../../entries/entry-response.js';
import { HooksFor } from '../../entries/kind/kind-hooks.js';
import type { KindHooks } from '../../entries/kind/kind-hooks.js';
import { checkFlag } from './definition/definition-checks.js';
import { FlagReferences } from './definition/flag-references.js';
import { Rollouts } from './rollout/rollouts.js';
import { FlagFeed } from './snapshot/flag-feed.js';

/** What flags must be when they are written, and who hears of it. */
@Injectable()
@HooksFor('feature_flag')
export class FeatureFlagHooks implements KindHooks {
  constructor(
    private readonly references: FlagReferences,
    private readonly rollouts: Rollouts,
    private readonly feed: FlagFeed,
  ) {}

  beforeLock(): Promise<void> {
    return this.references.lock();
  }

  async beforeSave(draft: EntryDraft): Promise<void> {
    checkFlag(draft);
    await this.references.lock();
  }

  async afterSave(row: EntryRow): Promise<void> {
    await this.references.check(row);
    await this.rollouts.planned(row);
    this.feed.changing();
  }

  async afterTransition(_step: unknown, row: EntryRow): Promise<void> {
    await this.rollouts.planned(row);
    this.feed.changing();
  }

  beforeRemove(): void {
    this.feed.changing();
  }

  shown(rows: readonly EntryRow[]): Promise<ReadonlyMap<string, object>> {
    return this.rollouts.shown(rows);
  }
}
