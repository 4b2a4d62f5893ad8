import { Module } from '@nestjs/common';
import { ActivityRepository } from './activity/activity.repository.js';
import { SearchActivity } from './activity/search-activity.js';
import { TrendingService } from './activity/trending.service.js';
import { FacetRepository } from './facets/facet.repository.js';
import { FacetsService } from './facets/facets.service.js';
import { HitRepository } from './hit.repository.js';
import { FacetsController } from './http/facets.controller.js';
import { RegistrySearchController } from './http/registry-search.controller.js';
import { RelatedController } from './http/related.controller.js';
import { SearchController } from './http/search.controller.js';
import { SearchUpkeepController } from './http/search-upkeep.controller.js';
import { CandidateRepository } from './hybrid/candidate.repository.js';
import { HybridSearch } from './hybrid/hybrid-search.js';
import { QuestionVectors } from './hybrid/question-vector.js';
import { VectorLeg } from './hybrid/vector-leg.js';
import { QueryCorrector } from './query/query-corrector.js';
import { QueryTermRepository } from './query/query-term.repository.js';
import { RelatedRepository } from './related/related.repository.js';
import { RelatedService } from './related/related.service.js';
import { SearchService } from './search.service.js';
import { RecallService } from './stats/recall.service.js';
import { SearchStatsRepository } from './stats/search-stats.repository.js';
import { SearchStatsService } from './stats/search-stats.service.js';
import { SuggestService } from './suggest/suggest.service.js';
import { NameRepository } from './text/name.repository.js';
import { PinnedNames } from './text/pinned-names.js';
import { StageRanking } from './text/stage-ranking.js';
import { TextLeg } from './text/text-leg.js';
import { TextSearchRepository } from './text/text-search.repository.js';
import { CorpusRepository } from './upkeep/corpus.repository.js';
import { CorpusStatistics } from './upkeep/corpus-statistics.js';
import { Popularity } from './upkeep/popularity.js';
import { Reindexing } from './upkeep/reindexing.js';
import { SearchUpkeep } from './upkeep/search-upkeep.js';
import { Speller } from './vocabulary/speller.js';
import { VocabularyHandler } from './vocabulary/vocabulary.handler.js';
import { VocabularyRepository } from './vocabulary/vocabulary.repository.js';

/** Search by words, meaning and filters, autocomplete, what is related, and the indexes and statistics all live on. */
@Module({
  controllers: [
    SearchController,
    FacetsController,
    SearchUpkeepController,
    RelatedController,
    RegistrySearchController,
  ],
  providers: [
    ActivityRepository,
    CandidateRepository,
    CorpusRepository,
    CorpusStatistics,
    FacetRepository,
    FacetsService,
    HitRepository,
    HybridSearch,
    NameRepository,
    PinnedNames,
    Popularity,
    QueryCorrector,
    QueryTermRepository,
    QuestionVectors,
    RecallService,
    Reindexing,
    RelatedRepository,
    RelatedService,
    SearchActivity,
    SearchService,
    SearchStatsRepository,
    SearchStatsService,
    SearchUpkeep,
    Speller,
    StageRanking,
    SuggestService,
    TextLeg,
    TextSearchRepository,
    TrendingService,
    VectorLeg,
    VocabularyHandler,
    VocabularyRepository,
  ],
  exports: [SearchService, CorpusStatistics],
})
export class SearchModule {}
