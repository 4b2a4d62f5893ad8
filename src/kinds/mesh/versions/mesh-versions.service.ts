import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { EntriesService, draftOfRow } from '../../../entries/entries.service.js';
import { keyOf } from '../../../entries/entry-key.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { NotFoundError } from '../../../platform/errors/registry-error.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { meshRouteKind } from '../mesh-route.kind.js';
import { MeshSettingsRepository } from '../settings/mesh-settings.repository.js';
import { MeshFeed } from '../snapshot/mesh-feed.js';
import { MeshVersionRepository } from './mesh-version.repository.js';
import type { StateRow } from './mesh-version.repository.js';
import type { MeshDiff, MeshRollback, MeshVersion, MeshVersionRoutes } from './mesh-versions.dto.js';
import { differences } from './route-differences.js';

const FORGET_MS = 3_600_000;

/** The whole set of routes as it was, what has changed since, and the way back. */
@Injectable()
export class MeshVersions implements OnModuleInit {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: MeshVersionRepository,
    private readonly settings: MeshSettingsRepository,
    private readonly entries: EntriesService,
    private readonly feed: MeshFeed,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('mesh-versions-kept', FORGET_MS, () => this.repository.forgetOld(), { lock: true });
  }

  async list(limit: number, before?: number): Promise<MeshVersion[]> {
    const rows = await this.repository.list(limit, before);
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }

  async at(version: number): Promise<MeshVersionRoutes> {
    const states = await this.states(version);
    return {
      version,
      routes: states.map(({ uid, name, state: { status, spec } }) => ({ id: uid, name, status, spec })),
    };
  }

  async diff(from: number, to?: number): Promise<MeshDiff> {
    const last = to ?? (await this.repository.head());
    return { from, to: last, differences: differences(await this.states(from), await this.states(last)) };
  }

  /** Makes status and spec of every route what they were: one transaction, and a version of its own. */
  async rollback(version: number, dryRun: boolean): Promise<MeshRollback> {
    const run = (): Promise<MeshRollback> => this.restore(version, dryRun);
    const done = await (dryRun ? this.uow.tryOut(run) : this.uow.run(run));
    if (dryRun) return done;
    await this.feed.settled();
    return { ...done, version: await this.repository.head() };
  }

  private async restore(version: number, dry_run: boolean): Promise<MeshRollback> {
    const head = await this.repository.head();
    const [wanted, present] = [await this.states(version), await this.states(head)];
    const found = differences(present, wanted);
    await this.settings.speak(`rollback to ${version}`);
    for (const { id, change } of found) {
      if (change === 'removed') await this.entries.remove(id, true, () => undefined);
      else await this.write(wanted.find(({ uid }) => uid === id)!);
    }
    return { from: head, to: version, differences: found, version: head, dry_run };
  }

  private async write({ state }: StateRow): Promise<void> {
    const there = await this.entries.find(keyOf(meshRouteKind.name, state.name, state.version));
    if (!there) await this.entries.register({ ...state, type: meshRouteKind.name });
    else
      await this.entries.revise(there.uid, () => undefined, (row) => ({
        ...draftOfRow(row),
        status: state.status,
        spec: state.spec,
      })); // prettier-ignore
  }

  private async states(version: number): Promise<StateRow[]> {
    if (!(await this.repository.exists(version))) throw new NotFoundError('mesh version', String(version));
    return this.repository.statesAt(version);
  }
}
