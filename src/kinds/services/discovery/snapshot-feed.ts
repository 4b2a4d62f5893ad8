import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { OutboxSignal } from '../../../entries/outbox-signal.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { ServiceSnapshot } from './service-snapshot.js';
import { SnapshotRepository } from './snapshot.repository.js';

/** How soon another process's change is seen. The embedded database has one process, which hears of its own at once. */
const POLL_MS = 200;
const EMBEDDED_POLL_MS = 1000;
/** Cut off for longer, the end of a service may have been missed: all is read again. */
const MISSED_MS = 60_000;
/** A burst of commits here is one question. */
const SOON_MS = 20;
const GONE_MS = 300_000;
/** Above every transaction: no change is after it. */
const NONE = '18446744073709551615';

/**
 * Keeps the snapshot fresh: its own process's changes at once, those of others by asking for changed versions five times a
 * second. One load at a time, so that an older answer never takes the place of a newer one.
 */
@Injectable()
export class SnapshotFeed implements OnApplicationBootstrap {
  private readonly wanted = new Set<string>();
  private readonly logger: Logger;
  private since = NONE;
  private tail: Promise<unknown> = Promise.resolve();
  private next?: Promise<void>;
  private freshAt = -Infinity;
  private polling?: Promise<void>;
  private soon?: NodeJS.Timeout;

  constructor(
    private readonly repository: SnapshotRepository,
    private readonly snapshot: ServiceSnapshot,
    private readonly signal: OutboxSignal,
    private readonly jobs: Jobs,
    private readonly uow: UnitOfWork,
    logger: Logger,
  ) {
    this.logger = logger.child('services');
  }

  async onApplicationBootstrap(): Promise<void> {
    // A database that is away now is asked again by the job; until then nothing is known, and every miss asks the catalog.
    await this.poll().catch((err: unknown) => this.logger.warn({ err }, 'the services are not known yet, trying on'));
    this.signal.onCommitted(this.pollSoon);
    this.jobs.every('service-changes', this.uow.embedded ? EMBEDDED_POLL_MS : POLL_MS, () => this.poll());
    this.jobs.every('services-gone', GONE_MS, () => this.repository.forgetGone(), { lock: true });
  }

  /** Milliseconds since the snapshot was known to be right. */
  age(now = performance.now()): number {
    return now - this.freshAt;
  }

  /** Resolves when these services are known as they are now, or later. */
  refresh(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.wanted.add(id);
    this.next ??= this.inTurn(() => {
      this.next = undefined;
      return this.load();
    });
    return this.next;
  }

  /** Asks for what has changed since the last time. */
  poll(): Promise<void> {
    this.polling ??= this.ask().finally(() => (this.polling = undefined));
    return this.polling;
  }

  /** Not within the context of the request whose commit it was. */
  private readonly pollSoon = AsyncResource.bind(() => {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      // What was committed while it was asked is not in that answer. What fails, the job asks again and tells of.
      const before = this.polling?.catch(() => undefined) ?? Promise.resolve();
      before.then(() => this.poll()).catch(() => undefined);
    }, SOON_MS).unref();
  });

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.tail.then(work);
    this.tail = done.catch(() => undefined);
    return done;
  }

  private async ask(): Promise<void> {
    const asked = performance.now();
    if (asked - this.freshAt > MISSED_MS) await this.loadAll();
    else {
      const { services, since, guardUntil } = await this.repository.changes(this.since);
      this.snapshot.guardUntil = guardUntil;
      const changed = services.filter(({ id, index }) => (this.snapshot.get(id)?.index ?? 0) < index);
      if (changed.length > 0) await this.refresh(changed.map(({ id }) => id));
      this.since = since;
    }
    this.freshAt = asked;
  }

  private async loadAll(): Promise<void> {
    const { since } = await this.repository.changes(NONE);
    await this.inTurn(async () => {
      const { rows } = await this.repository.load();
      this.snapshot.put(rows);
      this.snapshot.keepOnly(rows);
    });
    this.since = since;
  }

  private async load(): Promise<void> {
    const ids = [...this.wanted];
    this.wanted.clear();
    try {
      const { rows, gone } = await this.repository.load(ids);
      this.snapshot.put(rows);
      this.snapshot.remove(gone);
    } catch (error) {
      for (const id of ids) this.wanted.add(id);
      throw error;
    }
  }
}
