import { Injectable } from '@nestjs/common';
import { EntryRepository } from '../../../entries/entry.repository.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { LifecycleService } from '../../../entries/kind/lifecycle.service.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { NotFoundError } from '../../../platform/errors/registry-error.js';
import { DEFAULT_GRACE, gridNodeKind } from '../grid-node.kind.js';
import { GridSnapshot } from '../snapshot/grid-snapshot.js';
import { DrainRepository } from './drain.repository.js';

/** States in which a node may have work that is to be waited for. */
const AT_WORK = new Set(['active', 'draining']);

/** Removes nodes: one that has connections is drained first. */
@Injectable()
export class NodeRemoval {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly kindEntries: KindEntriesService,
    private readonly rows: EntryRepository,
    private readonly lifecycle: LifecycleService,
    private readonly snapshot: GridSnapshot,
    private readonly repository: DrainRepository,
  ) {}

  /** The node that is drained first; undefined when it is gone. `check` sees the locked row first. */
  async remove(idOrKey: string, force: boolean, check: (row: EntryRow) => void): Promise<EntryRow | undefined> {
    const draining = force ? undefined : await this.drained(idOrKey, check);
    if (!draining) await this.kindEntries.remove(gridNodeKind, idOrKey, force, check);
    return draining;
  }

  /** Connections that stand in the way of a node's end. */
  async connectionsOf({ id, status }: Pick<EntryRow, 'id' | 'status'>): Promise<number> {
    if (!AT_WORK.has(status)) return 0;
    return Math.max(await this.repository.connections(id), this.snapshot.get(id)?.load.connections ?? 0);
  }

  private async drained(idOrKey: string, check: (row: EntryRow) => void): Promise<EntryRow | undefined> {
    const { id } = await this.kindEntries.resolve(gridNodeKind, idOrKey);
    return this.uow.run(async () => {
      const row = await this.rows.lock(id);
      if (!row) throw new NotFoundError(gridNodeKind.name, idOrKey);
      check(row);
      if ((await this.connectionsOf(row)) === 0) return undefined;
      const moved = row.status === 'active' ? await this.lifecycle.step(gridNodeKind, id, 'drain') : row;
      await this.repository.removeAfter(id, DEFAULT_GRACE);
      return moved;
    });
  }
}
