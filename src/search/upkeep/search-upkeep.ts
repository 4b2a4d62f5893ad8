import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Jobs } from '../../platform/jobs/jobs.js';
import { CorpusRepository } from './corpus.repository.js';
import { CorpusStatistics } from './corpus-statistics.js';
import { Popularity } from './popularity.js';
import { Reindexing } from './reindexing.js';
import { Settling } from './settling.js';

/** How soon a grown catalog is noticed. Where nothing has grown, a round is two look-ups. */
const EVERY_MS = 30_000;
/** How soon a reindexing that was asked for begins. */
const REINDEX_EVERY_MS = 2000;

/** The periodic work that keeps ranking true, by one replica at a time. */
@Injectable()
export class SearchUpkeep implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: Jobs,
    private readonly corpus: CorpusRepository,
    private readonly statistics: CorpusStatistics,
    private readonly popularity: Popularity,
    private readonly reindexing: Reindexing,
  ) {}

  onApplicationBootstrap(): void {
    this.settled('search-statistics', () => this.statistics.refreshStale());
    this.settled('search-popularity', () => this.popularity.refreshStale());
    this.jobs.every('search-reindex', REINDEX_EVERY_MS, () => this.reindexing.runAsked(), { lock: true });
  }

  private settled(name: string, refresh: () => Promise<unknown>): void {
    const settling = new Settling();
    const work = async (): Promise<void> => {
      if (settling.settled(await this.corpus.size())) await refresh();
    };
    this.jobs.every(name, EVERY_MS, work, { lock: true });
  }
}
