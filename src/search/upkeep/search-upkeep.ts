import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Jobs } from '../../platform/jobs/jobs.js';
import { CorpusStatistics } from './corpus-statistics.js';
import { Popularity } from './popularity.js';

/** How soon a grown catalog is noticed. Where nothing has grown, a round is two look-ups. */
const EVERY_MS = 60_000;

/** The periodic work that keeps ranking true, by one replica at a time. */
@Injectable()
export class SearchUpkeep implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: Jobs,
    private readonly statistics: CorpusStatistics,
    private readonly popularity: Popularity,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.every('search-statistics', EVERY_MS, () => this.statistics.refreshStale(), { lock: true });
    this.jobs.every('search-popularity', EVERY_MS, async () => void (await this.popularity.refreshStale()), {
      lock: true,
    });
  }
}
