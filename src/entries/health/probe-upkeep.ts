import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Env } from '../../platform/env/env.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { HandlesEvents } from '../event-handler.js';
import type { EventHandler, SequencedEvent } from '../event-handler.js';
import type { EntryRow } from '../entry-response.js';
import { isToRun, ProbePlan } from './probe-plan.js';
import { ProbeStateRepository } from './probe-state.repository.js';

const PAGE = 500;
const REBUILD_MS = 10 * 60_000;
const FIRST_REBUILD_MS = 1000;

/**
 * Lets the probes follow the entries: by their events, and by a look at all of them at the start and now and then, so that
 * rows that are missing (an older database, a kind that is probed only now) are made.
 */
@Injectable()
@HandlesEvents('probe-state', ['entity_created', 'entity_updated', 'transition'], { from: 'newest' })
export class ProbeUpkeep implements EventHandler, OnApplicationBootstrap {
  private rebuilt = false;

  constructor(
    private readonly plan: ProbePlan,
    private readonly states: ProbeStateRepository,
    private readonly jobs: Jobs,
    private readonly env: Env,
  ) {}

  onApplicationBootstrap(): void {
    if (this.env.role === 'api') return;
    this.jobs.every('probe-rebuild', REBUILD_MS, () => this.rebuild(), { lock: true });
    this.jobs.every('probe-first-rebuild', FIRST_REBUILD_MS, async () => {
      if (this.rebuilt) return;
      await this.rebuild();
      this.rebuilt = true;
    });
  }

  /** Looks at the entries as they are now, so an event that comes twice, or late, does no harm. */
  async handle(events: SequencedEvent[]): Promise<void> {
    const kinds = this.plan.kinds;
    const ids = [...new Set(events.flatMap(({ entryId }) => (entryId === null ? [] : [entryId])))];
    if (kinds.length === 0 || ids.length === 0) return;
    const moved = new Set(events.filter(({ type }) => type === 'transition').map(({ entryId }) => entryId));
    await this.follow(await this.states.rows(ids, kinds), { changed: true, moved });
  }

  /** Makes what is missing, and ends what is not to be any more. */
  async rebuild(): Promise<void> {
    const kinds = this.plan.kinds;
    if (kinds.length === 0) return;
    for (let after = '0'; ;) {
      const rows = await this.states.page(after, kinds, PAGE);
      await this.follow(rows, { changed: false, moved: new Set() });
      if (rows.length < PAGE) return;
      after = rows.at(-1)!.id;
    }
  }

  private async follow(
    rows: readonly EntryRow[],
    { changed, moved }: { changed: boolean; moved: ReadonlySet<string | null> },
  ): Promise<void> {
    const duties = await Promise.all(rows.map(async (row) => ({ row, probe: await this.plan.duty(row) })));
    await this.states.schedule(
      duties.flatMap(({ row, probe }) => (probe ? [{ entryId: row.id, probe }] : [])),
      changed,
    );
    const idle = duties.filter(({ probe }) => !probe).map(({ row }) => row);
    // What was stopped on purpose need not report any more.
    const silent = idle.filter((row) => moved.has(row.id) && !isToRun(row));
    await this.states.stop(
      idle.map(({ id }) => id),
      silent.map(({ id }) => id),
    );
  }
}
