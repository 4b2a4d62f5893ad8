import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../platform/jobs/jobs.js';
import { ActivityRepository } from './activity.repository.js';

const FLUSH_EVERY_MS = 10_000;
const PRUNE_EVERY_MS = 3_600_000;
/** Distinct queries remembered between two flushes; more go uncounted rather than filling the memory. */
const MOST_REMEMBERED = 10_000;
/** A longer one is a text, not what people search for. */
const LONGEST_QUERY = 100;

/** Notes what is searched for, and writes it down in one statement every ten seconds: searching stays a read. */
@Injectable()
export class SearchActivity implements OnModuleInit, BeforeApplicationShutdown {
  private queries = new Map<string, number>();

  constructor(
    private readonly repository: ActivityRepository,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('search-activity', FLUSH_EVERY_MS, () => this.flush());
    this.jobs.every('search-activity-prune', PRUNE_EVERY_MS, () => this.repository.prune(), { lock: true });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Of a search that found something. */
  noteSearch(query: string): void {
    const text = query.trim().toLowerCase().replace(/\s+/g, ' ');
    if (text === '' || text.length > LONGEST_QUERY) return;
    const known = this.queries.get(text);
    if (known !== undefined || this.queries.size < MOST_REMEMBERED) this.queries.set(text, (known ?? 0) + 1);
  }

  async flush(): Promise<void> {
    if (this.queries.size === 0) return;
    const noted = [...this.queries].toSorted(([a], [b]) => (a < b ? -1 : 1));
    this.queries = new Map();
    await this.repository.add(noted);
  }
}
