import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Jobs } from '../../platform/jobs/jobs.js';

const FLUSH_MS = 10_000;

interface Use {
  count: number;
  at: number;
  address: string | null;
}

/** When, whence and how often each key is used: counted in memory, written every ten seconds and at shutdown. */
@Injectable()
export class KeyUsage implements OnModuleInit, BeforeApplicationShutdown {
  private uses = new Map<string, Use>();

  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('key-usage', FLUSH_MS, () => this.flush());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  record(keyId: string, address: string | undefined): void {
    const use = this.uses.get(keyId);
    if (!use) {
      this.uses.set(keyId, { count: 1, at: Date.now(), address: address ?? null });
      return;
    }
    use.count++;
    use.at = Date.now();
    use.address = address ?? use.address;
  }

  /** A replica that was slow to write never moves the time of last use back. */
  async flush(): Promise<void> {
    if (this.uses.size === 0) return;
    const taken = this.uses;
    this.uses = new Map();
    const ids = [...taken.keys()];
    const uses = [...taken.values()];
    try {
      await this.uow.run(() =>
        this.uow.query(
          `UPDATE api_key k SET use_count = k.use_count + used.n,
             last_used_ip = CASE WHEN k.last_used_at > used.at THEN k.last_used_ip ELSE coalesce(used.ip, k.last_used_ip) END,
             last_used_at = greatest(k.last_used_at, used.at)
           FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::bigint[]) AS used (id, at, ip, n)
           WHERE k.id = used.id`,
          [ids, uses.map(({ at }) => new Date(at)), uses.map(({ address }) => address), uses.map(({ count }) => count)],
        ),
      );
    } catch (error) {
      for (const [id, use] of taken) this.giveBack(id, use);
      throw error;
    }
  }

  private giveBack(id: string, use: Use): void {
    const later = this.uses.get(id);
    if (later) later.count += use.count;
    else this.uses.set(id, use);
  }
}
