import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Jobs } from '../platform/jobs/jobs.js';

const FLUSH_EVERY = 10_000;
/** Distinct entries remembered between two flushes; reads beyond that go uncounted rather than filling the memory. */
const MOST_REMEMBERED = 50_000;

interface Reads {
  count: number;
  at: Date;
}

/** Notes which entries are read, and writes it down in one statement every ten seconds: reading stays a read. */
@Injectable()
export class EntryAccess implements OnModuleInit, BeforeApplicationShutdown {
  private reads = new Map<string, Reads>();

  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('entry-access', FLUSH_EVERY, () => this.flush());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Takes an inside id. */
  note(id: string): void {
    const known = this.reads.get(id);
    if (known) {
      known.count++;
      known.at = new Date();
    } else if (this.reads.size < MOST_REMEMBERED) this.reads.set(id, { count: 1, at: new Date() });
  }

  async flush(): Promise<void> {
    if (this.reads.size === 0) return;
    // In id order, as every replica's flush, so that two of them never wait for each other in a circle.
    const reads = [...this.reads].toSorted(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1));
    this.reads = new Map();
    await this.uow.query(
      `WITH read AS MATERIALIZED (
         SELECT r.* FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS r(entry_id, reads, accessed_at)
         WHERE EXISTS (SELECT FROM entry e WHERE e.id = r.entry_id) ORDER BY r.entry_id
       ), hours AS (
         INSERT INTO entry_read AS h (hour, entry_id, n)
         SELECT date_trunc('hour', accessed_at), entry_id, reads FROM read
         ON CONFLICT (hour, entry_id) DO UPDATE SET n = h.n + excluded.n
       )
       INSERT INTO entry_access AS a (entry_id, reads, accessed_at) SELECT * FROM read
       ON CONFLICT (entry_id) DO UPDATE
       SET reads = a.reads + excluded.reads, accessed_at = greatest(a.accessed_at, excluded.accessed_at)`,
      [reads.map(([id]) => id), reads.map(([, read]) => read.count), reads.map(([, read]) => read.at)],
    );
  }
}
