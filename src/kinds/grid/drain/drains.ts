import { Injectable } from '@nestjs/common';
import { EntriesService } from '../../../entries/entries.service.js';
import { EntryRepository } from '../../../entries/entry.repository.js';
import { LifecycleService } from '../../../entries/kind/lifecycle.service.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ConflictError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { Logger } from '../../../platform/logging/logger.js';
import { gridNodeKind } from '../grid-node.kind.js';
import { GridFeed } from '../snapshot/grid-feed.js';
import { DrainRepository } from './drain.repository.js';
import type { DueDrain } from './drain.repository.js';

/** Ends drains: of nodes whose connections are released, who are given up, or whose grace is over. */
@Injectable()
export class Drains {
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: DrainRepository,
    private readonly entries: EntriesService,
    private readonly rows: EntryRepository,
    private readonly lifecycle: LifecycleService,
    private readonly feed: GridFeed,
    logger: Logger,
  ) {
    this.logger = logger.child('grid');
  }

  /** Every process does; who is second finds nothing left to do. */
  async settle(): Promise<void> {
    const due = await this.repository.due();
    for (const one of due) {
      const drained = await this.finish(one);
      if (drained && one.remove) await this.remove(one);
    }
    if (due.length > 0) await this.feed.refresh();
  }

  private finish({ id, why }: DueDrain): Promise<boolean> {
    return this.uow.run(async () => {
      const row = await this.rows.lock(id);
      if (row?.status !== 'draining' || !(await this.repository.isDue(id))) return false;
      await this.lifecycle.put(gridNodeKind, id, 'drained', 'drained');
      await this.repository.end(id);
      if (why !== 'released') this.logger.warn({ node: row.name, why }, 'drained though it may have connections');
      return true;
    });
  }

  private async remove({ uid }: DueDrain): Promise<void> {
    try {
      await this.entries.remove(uid, false, () => undefined);
    } catch (err) {
      if (!(err instanceof ConflictError || err instanceof NotFoundError)) throw err;
      this.logger.warn({ err, node: uid }, 'a drained node was not removed');
    }
  }
}
