import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { StaleError } from '../../../platform/errors/registry-error.js';
import { ConfigFeed } from '../snapshot/config-feed.js';
import { ConfigSnapshot } from '../snapshot/config-snapshot.js';
import type { ConfigTarget, Precondition } from './config-target.js';

/**
 * Lets the writers of one key in this process come one after the other: who waits holds no connection, and who has lost by
 * then is told so from memory. What decides is the lock and the row in the database all the same.
 */
@Injectable()
export class ConfigTurns {
  private readonly last = new Map<string, Promise<void>>();

  constructor(
    private readonly uow: UnitOfWork,
    private readonly feed: ConfigFeed,
    private readonly snapshot: ConfigSnapshot,
  ) {}

  /** @throws StaleError when the value is at another revision already */
  async take<T>(target: ConfigTarget, when: Precondition, write: () => Promise<T>): Promise<T> {
    // Inside of a transaction nothing but the database is waited for.
    if (this.uow.inTransaction) return write();
    await this.assertNotLost(target, when);
    const key = target.uid ?? target.name;
    const before = this.last.get(key);
    let end!: () => void;
    const mine = new Promise<void>((resolve) => (end = resolve));
    this.last.set(key, mine);
    try {
      if (before) {
        await before;
        await this.assertNotLost(target, when);
      }
      return await write();
    } finally {
      end();
      if (this.last.get(key) === mine) this.last.delete(key);
    }
  }

  private async assertNotLost(target: ConfigTarget, { revision }: Precondition): Promise<void> {
    if (revision === undefined) return;
    await this.feed.fresh();
    if (this.lostTo(target, revision) === undefined) return;
    // Another process may have written what is not known here yet.
    if (!this.uow.embedded) await this.feed.catchUp();
    const current = this.lostTo(target, revision);
    if (current !== undefined) throw new StaleError(current);
  }

  /** The other revision a value is at; undefined also of what is not there: what that means is for the change to say. */
  private lostTo({ uid, name, scopeText }: ConfigTarget, revision: number): number | undefined {
    const known = uid ? this.snapshot.findByUid(uid) : this.snapshot.find(name, scopeText);
    return known && known.revision !== revision ? known.revision : undefined;
  }
}
