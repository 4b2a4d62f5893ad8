import { Injectable } from '@nestjs/common';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import type { VectorIndexSize, VectorIndexState } from '../../entries/vectors/vector-search.js';
import { Reindexing } from '../upkeep/reindexing.js';
import type { ReindexState } from '../upkeep/reindexing.js';
import { RecallService } from './recall.service.js';
import type { RecallSample } from './recall.service.js';
import { SearchStatsRepository } from './search-stats.repository.js';
import type { TextIndexStats, VocabularyStats } from './search-stats.repository.js';

export interface SearchStatsAnswer {
  text: TextIndexStats;
  vocabulary: VocabularyStats;
  vectors: { state: VectorIndexState['state']; model: string | null; indexes: VectorIndexSize[] };
  recall: RecallSample | null;
  reindex: ReindexState;
}

/** How large and how true the indexes are. */
@Injectable()
export class SearchStatsService {
  constructor(
    private readonly repository: SearchStatsRepository,
    private readonly vectors: VectorSearch,
    private readonly recall: RecallService,
    private readonly reindexing: Reindexing,
  ) {}

  /** With a sample the vector index is judged by so many entries now; without, the last judgement of this process is told. */
  async read(sample: number): Promise<SearchStatsAnswer> {
    const { text, vocabulary } = await this.repository.read();
    const { state, model } = await this.vectors.state();
    return {
      text,
      vocabulary,
      vectors: { state, model: model ?? null, indexes: await this.vectors.sizes() },
      recall: sample > 0 ? await this.recall.measure(sample) : this.recall.last,
      reindex: await this.reindexing.state(),
    };
  }
}
